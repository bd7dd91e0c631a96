/** @file A named tree of parameters to and from `model.safetensors`. */

/** Parameters by name; `data` is row-major with as many numbers as the product of `shape`. */
export type Weights = Map<string, { shape: readonly number[]; data: Float32Array }>;

/** Writes `path` atomically. F16 and BF16 round to nearest even. */
export async function saveWeights(
  _path: string,
  _weights: Weights,
  _options?: { dtype?: 'F32' | 'F16' | 'BF16'; metadata?: Record<string, string> },
): Promise<void> {
  throw new Error('not written yet');
}

/**
 * Reads a `.safetensors` file, a sharded index, or the folder of one. Where `expected` gives names and shapes,
 * every missing, extra and wrongly shaped tensor is listed in one `InputError`.
 */
export async function loadWeights(
  _path: string,
  _options?: {
    expected?: ReadonlyMap<string, readonly number[]>;
    allowMissing?: boolean;
    allowExtra?: boolean;
  },
): Promise<Weights> {
  throw new Error('not written yet');
}
