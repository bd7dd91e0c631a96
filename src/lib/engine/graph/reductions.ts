/** @file Emitter of reductions over axes. */
import type { Graph, Value } from './graph';
import { channelsFirst, TO_CHANNELS_LAST } from './layout';
import { reshape, transpose } from './movement';
import { rowsOf } from './rows';

export type Reduction = 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin' | 'ReduceProd';

/** A reduction over `axes` (sorted, not negative). */
export function reduce(
  graph: Graph,
  op: Reduction,
  x: Value,
  axes: readonly number[],
  keepDimensions = false,
): Value {
  const kept = x.shape.map((dimension, axis) => (axes.includes(axis) ? 1 : dimension));
  const shape = keepDimensions ? kept : x.shape.filter((_, axis) => !axes.includes(axis));
  if (axes.length === 0) return x;
  const inner = channelsFirst(x);
  if (inner) {
    const innerAxes = axes.map((axis) => TO_CHANNELS_LAST[axis] as number).sort((a, b) => a - b);
    const keptAll = reduce(graph, op, inner, innerAxes, true);
    return reshape(graph, transpose(graph, keptAll, TO_CHANNELS_LAST), shape);
  }
  const rows = rowsOf(x);
  const last = x.shape.length - 1;
  if (rows && last > 1) {
    // Over the last axis alone, or over all others: the same on rows.
    const overLast = axes.length === 1 && axes[0] === last;
    const overLeading = axes.length === last && !axes.includes(last);
    if (overLast || overLeading)
      return reshape(graph, reduce(graph, op, rows, overLast ? [1] : [0], true), shape);
  }
  return graph.node(
    op,
    [x, graph.int64(axes)],
    { type: x.type, shape },
    { attributes: { keepdims: keepDimensions ? 1 : 0 } },
  );
}
