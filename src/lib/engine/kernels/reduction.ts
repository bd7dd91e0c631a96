/** @file Sums, means and extrema over axes; softmax; running sums. */
import * as tf from '@tensorflow/tfjs-core';
import {
  binary,
  cast,
  concat,
  full,
  madeBy,
  multiply,
  type Reduction,
  reduce,
  reverse,
  slice,
  subtract,
  unary,
} from '../graph/emit';
import type { Graph, Value } from '../graph/graph';
import { Real } from '../graph/onnx-format';
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

for (const [kernelName, op] of [
  ['Sum', 'ReduceSum'],
  ['Prod', 'ReduceProd'],
] as const) {
  defineReduction(kernelName, (graph, x, axes, keep) => reduce(graph, op, counted(graph, x), axes, keep));
}
defineReduction('Mean', (graph, x, axes, keep) =>
  reduce(graph, 'ReduceMean', cast(graph, x, 'float32'), axes, keep),
);

/** The largest or smallest, of the same dtype: of truth values by way of whole numbers. */
const extremum = (op: Reduction) => (graph: Graph, x: Value, axes: number[], keep: boolean) =>
  cast(graph, reduce(graph, op, counted(graph, x), axes, keep), x.type);

defineReduction('Max', extremum('ReduceMax'));
defineReduction('Min', extremum('ReduceMin'));
defineReduction('All', extremum('ReduceMin'));
defineReduction('Any', extremum('ReduceMax'));

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
  const softmax = (x: Value) => graph.node('Softmax', [x], x, { attributes: { axis } });
  return masked(logits) ? withoutDenormals(graph, logits, axis, softmax) : softmax(logits);
});

/** Whether something was added to the logits, or chosen in their place: a mask, in all likelihood. */
function masked(logits: Value): boolean {
  return madeBy(logits, 'Add') !== null || madeBy(logits, 'Where') !== null;
}

/**
 * ONNX Runtime's softmax gives a masked place the smallest denormal number, on which CPUs compute many times as
 * long, here, in the products that follow and in the gradient. So logits are raised to 60 below the largest
 * (e^−60 = 9e-27 beside 1 changes no float32), and probabilities below 1e-20 become 0.
 */
function withoutDenormals(graph: Graph, x: Value, axis: number, softmax: (x: Value) => Value): Value {
  const largest = reduce(graph, 'ReduceMax', x, [axis], true);
  const raised = binary(graph, 'Max', x, subtract(graph, largest, graph.scalar(60)));
  return unary(graph, 'ThresholdedRelu', softmax(raised), { attributes: { alpha: new Real(1e-20) } });
}

interface RunningAttributes {
  axis: number;
  exclusive: boolean;
  reverse: boolean;
}

defineKernel('Cumsum', ({ graph, input, attributes }) => {
  const { axis, exclusive, reverse: backwards } = attributes as unknown as RunningAttributes;
  const x = counted(graph, input('x'));
  return graph.node('CumSum', [x, graph.scalar(axis, 'int32')], x, {
    attributes: { exclusive: exclusive ? 1 : 0, reverse: backwards ? 1 : 0 },
  });
});

/** Running products, in ⌈log₂ n⌉ rounds of products with oneself shifted by 1, 2, 4, … (Hillis and Steele 1986). */
defineKernel('Cumprod', ({ graph, input, attributes }) => {
  const { axis: given, exclusive, reverse: backwards } = attributes as unknown as RunningAttributes;
  const x = counted(graph, input('x'));
  const axis = given < 0 ? given + x.shape.length : given;
  const length = x.shape[axis] as number;
  /** `by` ones in front, the last `by` elements gone. */
  const shift = (value: Value, by: number) => {
    const front = full(graph, x.shape.with(axis, by), 1, x.type);
    const origin = x.shape.map(() => 0);
    return concat(graph, [front, slice(graph, value, origin, x.shape.with(axis, length - by))], axis);
  };
  let product = backwards ? reverse(graph, x, [axis]) : x;
  if (exclusive && length > 0) product = shift(product, 1);
  for (let by = 1; by < length; by *= 2) product = multiply(graph, product, shift(product, by));
  return backwards ? reverse(graph, product, [axis]) : product;
});
