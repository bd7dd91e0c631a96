/** @file The library's door: each room is a namespace. */
export * as engine from './engine';
export * as random from './random';
