/**
 * @file The data room: record formats and their reader, splits, batches, picture conditions, ceilings, readers
 * of public data sets, and the generated scene world. It knows no model.
 */
export {
  type Anchor,
  type AnchorReport,
  exactly,
  holds,
  percentage,
  type Skipped,
} from './anchors/anchor';
export * from './anchors/data-anchors';
export * from './anchors/nlvr-anchors';
export { noiseScheduleAnchors } from './anchors/noise-schedule';
export * from './batches';
export * from './ceiling';
export * from './check-pictures';
export * from './conditions';
export { type EntityCeiling, entityCeiling } from './entity-ceiling';
export { clusters, type Fold, type FoldOptions, folds } from './folds';
export { FORMATS } from './formats/all';
export { type ConvertOptions, type ConvertReport, convert } from './formats/convert';
export { generateNlvrLike, type NlvrLikeOptions, planNlvrLike } from './generated/nlvr-like';
export { generateShapes, planShapes, type ShapesOptions } from './generated/shapes';
export { answerShapes, parseShapesQuery, type ShapeGrid, type ShapeQuery } from './generated/shapes-logic';
export { generateSortOfClevr, planSortOfClevr, type SortOfClevrOptions } from './generated/sort-of-clevr';
export type { GeneratedPart, GeneratedRecords, GeneratedReport } from './generated/write';
export { type JsonLine, jsonLines } from './json-lines';
export * from './labels';
export * from './matching';
export { preparedConversion, preparedGenerated, preparedScenes } from './prepared';
export * from './read-records';
export * from './records';
export {
  generateScenes,
  planScenes,
  SCENE_TASKS,
  type SceneOptions,
  type SceneReport,
} from './scene/generate';
export { drawProgram, parseProgram, programFacts } from './scene/generation/program';
export { GENERATION_KINDS, type GenerationKind } from './scene/generation/task';
export * from './splits';
export { type TextOnlyBound, textOnlyBound } from './text-only-bound';
export * from './tokens';
export { linkPictures, type UnitedRecord, uniteRecords } from './united-records';
export { type ValueFloor, valueFloor } from './value-floor';
export { type FoldsReport, type WriteFoldsOptions, writeFolds } from './write-folds';
export { writeRecords } from './write-records';
export { exampleText, type LabelledText, parseExampleText } from './written-example';
export {
  type WrittenRecordsOptions,
  type WrittenRecordsReport,
  writeWrittenRecords,
} from './written-records';
