/** @file What several tests of the engine need: the place of a marked line, and numbers that are the same each time. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { tf } from '../../src/lib/engine';
import { Generator } from '../../src/lib/random';

/** `file.test.ts:12`: the line of `file` that bears `marker` in a comment. */
export function lineMarked(file: string, marker: string): string {
  const lines = readFileSync(file, 'utf8').split('\n');
  const index = lines.findIndex((line) => line.includes(`// ${marker}`));
  if (index < 0) throw new Error(`no line of ${file} is marked ${marker}`);
  return `${basename(file)}:${index + 1}`;
}

/** Normal numbers of the given deviation, from a seed. */
export function normalNumbers(shape: number[], seed: number, deviation = 1): Float32Array {
  const generator = new Generator(seed, 'test numbers');
  return Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => deviation * generator.normal());
}

export function normalTensor(shape: number[], seed: number, deviation = 1): tf.Tensor {
  return tf.tensor(normalNumbers(shape, seed, deviation), shape);
}

/** What `call` throws or rejects with; fails where it does not. */
export async function errorOf(call: () => unknown): Promise<Error> {
  try {
    await call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('no error was thrown');
}
