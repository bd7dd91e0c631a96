/** @file Matrix products, with bias and activation where tfjs fuses them, and sums of products by Einstein's rule. */
import * as tf from '@tensorflow/tfjs-core';
import {
  add,
  gemm,
  matrixProduct,
  reduce,
  reshape,
  swapLastAxes,
  type Transposes,
  transpose,
  transposingProduct,
} from '../graph/emit';
import type { Graph, Value } from '../graph/graph';
import { activate, activationOf } from './activation';
import { defineKernel } from './kernel';

/** a·b over the last two axes, either transposed first; leading axes broadcast. */
export function product(graph: Graph, a: Value, b: Value, { transposeA, transposeB }: Transposes): Value {
  const inner = [a.shape.at(transposeA ? -2 : -1), b.shape.at(transposeB ? -1 : -2)];
  if (inner[0] !== inner[1]) throw new Error(`the inner dimensions ${inner[0]} and ${inner[1]} differ`);
  if (a.shape.length === 2 && b.shape.length === 2) {
    return gemm(graph, a, b, transposeA ?? false, transposeB ?? false);
  }
  if (transposeA || transposeB) {
    const fused = transposingProduct(graph, a, b, { transposeA, transposeB });
    if (fused) return fused;
  }
  const left = transposeA ? swapLastAxes(graph, a) : a;
  const right = transposeB ? swapLastAxes(graph, b) : b;
  return matrixProduct(graph, left, right);
}

defineKernel('BatchMatMul', ({ graph, input, attributes }) =>
  product(graph, input('a'), input('b'), attributes as Transposes),
);

defineKernel('_FusedMatMul', ({ graph, input, optionalInput, attributes }) => {
  const result = product(graph, input('a'), input('b'), attributes as Transposes);
  const bias = optionalInput('bias');
  return activate(
    graph,
    bias ? add(graph, result, bias) : result,
    activationOf(attributes),
    optionalInput('preluActivationWeights'),
  );
});

/**
 * Σ over the letters that the result lacks. Two operands are laid [both, left, summed] and [both, summed, right]
 * and become one matrix product, `both` being the letters that both and the result have.
 */
defineKernel('Einsum', ({ graph, inputs, attributes }) => {
  const [from, to] = (attributes.equation as string).replace(/\s/g, '').split('->') as [string, string];
  const terms = from.split(',').map((letters) => letters.split(''));
  const result = to.split('');
  const [a, b] = inputs;
  const [first, second] = terms;
  if (!a || !first || terms.length > 2) throw new Error('einsum: one or two operands can be compiled');
  if (!b || !second) return alone(graph, a, first, result);
  const sizes = new Map<string, number>();
  for (const [k, letters] of terms.entries()) {
    for (const [axis, letter] of letters.entries()) sizes.set(letter, inputs[k]?.shape[axis] as number);
  }
  // A letter of one operand alone that the result lacks is summed at once.
  const wanted = (own: string[], other: string[]) =>
    own.filter((letter) => other.includes(letter) || result.includes(letter));
  const [aLetters, bLetters] = [wanted(first, second), wanted(second, first)];
  const x = alone(graph, a, first, aLetters);
  const y = alone(graph, b, second, bLetters);
  const common = aLetters.filter((letter) => bLetters.includes(letter));
  const both = common.filter((letter) => result.includes(letter));
  const summed = common.filter((letter) => !result.includes(letter));
  const left = aLetters.filter((letter) => !common.includes(letter));
  const right = bLetters.filter((letter) => !common.includes(letter));
  const shape = (letters: string[]) => letters.map((letter) => sizes.get(letter) as number);
  const size = (letters: string[]) => tf.util.sizeFromShape(shape(letters));
  const laid = (value: Value, letters: string[], rows: string[], columns: string[]) =>
    reshape(graph, alone(graph, value, letters, [...both, ...rows, ...columns]), [
      size(both),
      size(rows),
      size(columns),
    ]);
  const products = matrixProduct(graph, laid(x, aLetters, left, summed), laid(y, bLetters, summed, right));
  const made = [...both, ...left, ...right];
  return alone(graph, reshape(graph, products, shape(made)), made, result);
});

/** One operand: its letters summed away or put in another order. */
function alone(graph: Graph, x: Value, letters: string[], result: string[]): Value {
  const axes = letters.flatMap((letter, axis) => (result.includes(letter) ? [] : [axis]));
  const kept = letters.filter((letter) => result.includes(letter));
  const sum = reduce(graph, 'ReduceSum', x, axes);
  return transpose(
    graph,
    sum,
    result.map((letter) => kept.indexOf(letter)),
  );
}
