/** @file `compile`: a plain tfjs function becomes one ONNX graph. (Runs eagerly until the tracer lands.) */
import * as tf from '@tensorflow/tfjs-core';

/** Tensors, or plain objects and arrays of tensors. */
export type TensorTree = tf.Tensor | { [key: string]: TensorTree } | TensorTree[];

export interface CompileOptions {
  /** Variables that the function reads or assigns; their values stay on the device between calls. */
  state?: tf.Variable[];
  /** Name used in errors. */
  name?: string;
}

/** A compiled function: the same arguments, a promise of the same result. Dispose of the results. */
export type Compiled<A extends TensorTree[], R extends TensorTree> = ((...args: A) => Promise<R>) & {
  dispose(): void;
};

export function compile<A extends TensorTree[], R extends TensorTree>(
  fn: (...args: A) => R,
  _options: CompileOptions = {},
): Compiled<A, R> {
  const run = async (...args: A): Promise<R> => tf.tidy(() => fn(...args) as tf.TensorContainer) as R;
  return Object.assign(run, { dispose: () => {} });
}
