/** @file Sums, means and extrema over axes; softmax; running sums. */
import * as tf from '@tensorflow/tfjs-core';
import { binary, cast, divide, reduce, subtract, unary } from '../graph/emit';
import type { Graph, Value } from '../graph/graph';
import { defineKernel } from './kernel';

interface ReductionAttributes {
  axis?: number | number[];
  /** What tfjs calls the axes of Max alone. */
  reductionIndices?: number | number[];
  keepDims?: boolean;
}

function defineReduction(
  kernelName: string,
  combine: (graph: Graph, x: Value, axes: number[], keep: boolean) => Value,
) {
  defineKernel(kernelName, ({ graph, input, attributes }) => {
    const { axis, reductionIndices, keepDims = false } = attributes as ReductionAttributes;
    const x = input('x');
    const given = reductionIndices ?? axis ?? [...x.shape.keys()];
    const axes = tf.util.parseAxisParam(given, [...x.shape]).sort((a, b) => a - b);
    return combine(graph, x, axes, keepDims);
  });
}

const counted = (graph: Graph, x: Value) => (x.type === 'bool' ? cast(graph, x, 'int32') : x);

defineReduction('Sum', (graph, x, axes, keep) => reduce(graph, 'ReduceSum', counted(graph, x), axes, keep));
defineReduction('Mean', (graph, x, axes, keep) =>
  reduce(graph, 'ReduceMean', cast(graph, x, 'float32'), axes, keep),
);
defineReduction('Max', (graph, x, axes, keep) => reduce(graph, 'ReduceMax', counted(graph, x), axes, keep));
defineReduction('Min', (graph, x, axes, keep) => reduce(graph, 'ReduceMin', counted(graph, x), axes, keep));
defineReduction('Prod', (graph, x, axes, keep) => reduce(graph, 'ReduceProd', counted(graph, x), axes, keep));
defineReduction('All', (graph, x, axes, keep) =>
  cast(graph, reduce(graph, 'ReduceMin', cast(graph, x, 'int32'), axes, keep), 'bool'),
);
defineReduction('Any', (graph, x, axes, keep) =>
  cast(graph, reduce(graph, 'ReduceMax', cast(graph, x, 'int32'), axes, keep), 'bool'),
);

for (const op of ['ArgMax', 'ArgMin']) {
  defineReduction(op, (graph, x, axes) => {
    const axis = axes[0] as number;
    const shape = x.shape.filter((_, i) => i !== axis);
    const found = graph.node(
      op,
      [counted(graph, x)],
      { type: 'int64', shape },
      { attributes: { axis, keepdims: 0 } },
    );
    return cast(graph, found, 'int32');
  });
}

defineKernel('Softmax', ({ graph, input, attributes }) => {
  const logits = input('logits');
  const dim = (attributes.dim as number) ?? -1;
  const axis = dim < 0 ? dim + logits.shape.length : dim;
  return graph.node('Softmax', [logits], logits, { attributes: { axis } });
});

/** log softmax(x) = x − max − log Σ exp(x − max). */
export function logSoftmax(graph: Graph, x: Value, axis: number): Value {
  const shifted = subtract(graph, x, reduce(graph, 'ReduceMax', x, [axis], true));
  const sum = reduce(graph, 'ReduceSum', unary(graph, 'Exp', shifted), [axis], true);
  return subtract(graph, shifted, unary(graph, 'Log', sum));
}

defineKernel('LogSoftmax', ({ graph, input, attributes }) => {
  const logits = input('logits');
  const axis = attributes.axis as number;
  return logSoftmax(graph, logits, axis < 0 ? axis + logits.shape.length : axis);
});

defineKernel('Cumsum', ({ graph, input, attributes }) => {
  const { axis, exclusive, reverse } = attributes as { axis: number; exclusive: boolean; reverse: boolean };
  const x = counted(graph, input('x'));
  return graph.node('CumSum', [x, graph.scalar(axis, 'int32')], x, {
    attributes: { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 },
  });
});

/** Normalization with given moments: scale·(x − mean)/√(variance + ε) + offset. */
defineKernel('FusedBatchNorm', ({ graph, input, optionalInput, attributes }) => {
  const epsilon = (attributes.varianceEpsilon as number) ?? 1e-3;
  const deviation = unary(graph, 'Sqrt', binary(graph, 'Add', input('variance'), graph.scalar(epsilon)));
  const [scale, offset] = [optionalInput('scale'), optionalInput('offset')];
  let normalized = divide(graph, subtract(graph, input('x'), input('mean')), deviation);
  if (scale) normalized = binary(graph, 'Mul', normalized, scale);
  if (offset) normalized = binary(graph, 'Add', normalized, offset);
  return normalized;
});
