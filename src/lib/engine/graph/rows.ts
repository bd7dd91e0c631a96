/**
 * @file Leading axes folded into rows. Products of matrices want activations as rows [R, D], models write them
 * [B, T, D]; between the two stand reshapes. Elementwise operations, and reductions over the last axis or over
 * all others, are the same on rows, so the reshape behind a product sinks below them until it meets the reshape
 * before the next product, and both vanish.
 */
import { sizeOf } from './element-types';
import type { Graph, Value } from './graph';
import { madeBy, reshape, sameShape } from './movement';

/** What a value was before its rows [R, D] were unfolded to [..., D]; `null` where it is no such value. */
export function rowsOf(value: Value): Value | null {
  const rows = madeBy(value, 'Reshape')?.inputs[0];
  if (rows?.shape.length !== 2 || value.shape.length < 2) return null;
  return rows.shape[1] === value.shape.at(-1) && sizeOf(value.shape) > 0 ? rows : null;
}

/** The same function of rows, unfolded to `shape`; `null` where no operand has rows or one cannot be folded. */
export function sinkReshape(
  graph: Graph,
  operands: readonly Value[],
  shape: readonly number[],
  combine: (folded: Value[]) => Value,
): Value | null {
  if (!operands.some(rowsOf)) return null;
  const leading = shape.slice(0, -1);
  const folded = operands.map((value) => fold(graph, value, leading));
  if (folded.some((value) => value === null)) return null;
  return reshape(graph, combine(folded as Value[]), shape);
}

/** A scalar, a vector over the last axis, or [..., D] with all of the leading axes; else `null`. */
function fold(graph: Graph, value: Value, leading: readonly number[]): Value | null {
  const { shape } = value;
  if (sizeOf(shape) === 1) return reshape(graph, value, []);
  const last = shape.at(-1) as number;
  if (shape.slice(0, -1).every((size) => size === 1)) return reshape(graph, value, [last]);
  if (!sameShape(shape.slice(0, -1), leading)) return null;
  return reshape(graph, value, [sizeOf(leading), last]);
}
