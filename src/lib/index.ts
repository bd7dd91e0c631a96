/** @file The library's door: each room is a namespace. */
export * as augmentation from './augmentation';
export * as data from './data';
export * as decoding from './decoding';
export * as engine from './engine';
export * as experiments from './experiments';
export * as exporting from './export';
export * as figures from './figures';
export * as fusion from './fusion';
export * as nn from './nn';
export * as places from './places';
export * as random from './random';
export * as tasks from './tasks';
export * as text from './text';
export * as training from './training';
export * as vision from './vision';
