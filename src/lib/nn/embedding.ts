/**
 * @file Embedding: row i of a table stands for the integer i. The gradient adds each row's share back into the
 * table (`UnsortedSegmentSum`).
 */
import { tf } from '../engine';
import { type Initializer, truncatedNormal } from './initializers';
import type { ParameterScope, ParameterSpecification } from './parameters';

/** Rows of `table` [V, D] at `ids` [...] (int32, 0 ≤ id < V) → [..., D]. Throws where ids are not int32. */
export function lookup(table: tf.Tensor, ids: tf.Tensor): tf.Tensor {
  if (ids.dtype !== 'int32') throw new TypeError(`embedding: ids must be int32, got ${ids.dtype}`);
  const rows = tf.gather(table, tf.reshape(ids, [-1]) as tf.Tensor1D);
  return tf.reshape(rows, [...ids.shape, table.shape[1] as number]);
}

/** `lookup` in the parameter `name.weight` [V, D]. */
export function embedding(params: ParameterScope, name: string, ids: tf.Tensor): tf.Tensor {
  const rows = lookup(params.get(`${name}.weight`), ids);
  const shift = params.shift?.(name, ids);
  return shift ? tf.add(rows, shift) : rows;
}

/** `name.weight` [count, width]. */
export function embeddingSpecifications(
  name: string,
  count: number,
  width: number,
  initialize: Initializer = truncatedNormal(0.02),
): ParameterSpecification[] {
  return [{ name: `${name}.weight`, shape: [count, width], initialize }];
}
