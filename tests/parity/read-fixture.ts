/** @file Reads what `networks.py` wrote: arrays in base64, by name. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { tf } from '../../src/lib/engine';
import type { ParameterArrays } from '../../src/lib/nn';

interface Packed {
  dtype: 'float32' | 'int32';
  shape: number[];
  data: string;
}

export interface NetworkFixture {
  versions: Record<string, string>;
  config: Record<string, unknown>;
  parameters: Record<string, Packed>;
  inputs: Record<string, Packed>;
  outputs: Record<string, Packed>;
  gradients: Record<string, Packed>;
  loss: number;
  adamw: { lr: number; betas: [number, number]; eps: number; weight_decay: number; losses: number[] };
  /** Pictures [B, H, W, 3] in [0, 1], before normalization (ViT). */
  pixels?: Packed;
}

export function readFixture(name: string): NetworkFixture {
  return JSON.parse(readFileSync(resolve(__dirname, 'fixtures', `${name}.json`), 'utf8')) as NetworkFixture;
}

export function values(packed: Packed): Float32Array | Int32Array {
  const bytes = Uint8Array.from(Buffer.from(packed.data, 'base64'));
  return packed.dtype === 'float32' ? new Float32Array(bytes.buffer) : new Int32Array(bytes.buffer);
}

export function tensor(packed: Packed | undefined): tf.Tensor {
  if (!packed) throw new Error('the fixture lacks an array that the test asks for');
  return tf.tensor(values(packed), packed.shape, packed.dtype);
}

export function arrays(packed: Record<string, Packed>): ParameterArrays {
  return new Map(
    Object.entries(packed).map(([name, one]) => [
      name,
      { shape: one.shape, data: values(one) as Float32Array },
    ]),
  );
}
