/**
 * @file The data room: record formats and their reader, splits, batches, picture conditions, ceilings, readers
 * of public data sets, and the generated scene world. It knows no model.
 */
export * from './batches';
export * from './ceiling';
export * from './check-pictures';
export * from './conditions';
export { type ConvertOptions, type ConvertReport, convert, FORMATS } from './formats/convert';
export { type JsonLine, jsonLines } from './json-lines';
export * from './labels';
export * from './read-records';
export * from './records';
export * from './splits';
export { writeRecords } from './write-records';
