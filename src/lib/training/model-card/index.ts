/** @file The model card of an export. */
export { type CardSettings, type ExportFacts, modelCard } from './card';
export { autoClassOf } from './loading';
