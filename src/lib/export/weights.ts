/**
 * @file A named tree of parameters to and from `model.safetensors`. Parameters are float32 in the kit; a file
 * may hold them as F32, F16, BF16 or F64.
 */
import { InputError } from '../errors';
import { float32ToBfloat16, float32ToFloat16 } from './half';
import type { SafetensorsFile } from './safetensors-read';
import { tensorToFloat32 } from './safetensors-read';
import { openSafetensors } from './safetensors-sharded';
import type { SafeTensor } from './safetensors-types';
import { writeSafetensors } from './safetensors-write';

/** Parameters by name; `data` is row-major with as many numbers as the product of `shape`. */
export type Weights = Map<string, { shape: readonly number[]; data: Float32Array }>;

/** Which tensors are expected, and which departures are allowed. */
export interface LoadOptions {
  /** Names and shapes; without it, everything in the file is taken. */
  expected?: ReadonlyMap<string, readonly number[]>;
  /** Names that are expected, but absent, are left out of the result. */
  allowMissing?: boolean;
  /** Names that are not expected are passed over. */
  allowExtra?: boolean;
}

/** Writes `path` atomically. F16 and BF16 round to nearest even. Throws `InvalidTensor` where data and shape differ. */
export async function saveWeights(
  path: string,
  weights: ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>,
  options: { dtype?: 'F32' | 'F16' | 'BF16'; metadata?: Record<string, string> } = {},
): Promise<void> {
  const { dtype = 'F32', metadata = { format: 'pt' } } = options;
  const tensors = new Map<string, SafeTensor>();
  for (const [name, { shape, data }] of weights) {
    const numbers =
      dtype === 'F32' ? data : dtype === 'F16' ? float32ToFloat16(data) : float32ToBfloat16(data);
    tensors.set(name, { dtype, shape, data: numbers });
  }
  await writeSafetensors(path, tensors, { metadata });
}

/**
 * Reads a `.safetensors` file, a sharded index, or the folder of one. Where `expected` gives names and shapes,
 * every missing, extra and wrongly shaped tensor is listed in one `InputError`, before any is read.
 */
export async function loadWeights(path: string, options: LoadOptions = {}): Promise<Weights> {
  const file = await openSafetensors(path);
  try {
    const { expected } = options;
    if (expected) checkNames(file, expected, options);
    const weights: Weights = new Map();
    for (const name of expected?.keys() ?? file.tensors.keys()) {
      if (!file.tensors.has(name)) continue;
      const tensor = await file.read(name);
      weights.set(name, {
        shape: tensor.shape,
        data: tensorToFloat32(tensor, `${path}: tensor ${JSON.stringify(name)}`),
      });
    }
    return weights;
  } finally {
    await file.close();
  }
}

function checkNames(
  file: SafetensorsFile,
  expected: ReadonlyMap<string, readonly number[]>,
  { allowMissing = false, allowExtra = false }: LoadOptions,
): void {
  const faults: string[] = [];
  for (const [name, shape] of expected) {
    const found = file.tensors.get(name);
    if (!found) {
      if (!allowMissing) faults.push(`missing: ${name}, expected [${shape}]`);
    } else if (found.shape.length !== shape.length || found.shape.some((axis, i) => axis !== shape[i])) {
      faults.push(`wrong shape: ${name}, expected [${shape}], found [${found.shape}]`);
    }
  }
  if (!allowExtra) {
    for (const [name, { shape }] of file.tensors) {
      if (!expected.has(name)) faults.push(`not expected: ${name}, found [${shape}]`);
    }
  }
  if (faults.length > 0) {
    throw new InputError(
      `${file.path}: the weights do not fit the model (${faults.length}):\n  ${faults.join('\n  ')}`,
    );
  }
}
