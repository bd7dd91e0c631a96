/** @file The counter-based random numbers of `random/counter.ts` as graph nodes: the same numbers to the bit. */
import { GOLDEN } from '../../random/counter';
import { sizeOf } from '../graph/element-types';
import { add, binary, cast, divide, multiply, reshape } from '../graph/emit';
import type { Graph, Value } from '../graph/graph';

/** The 32 random bits that uniform numbers were made of, of shape [count]. */
const bitsOf = new WeakMap<Value, Value>();

/** Uniform float32 numbers in [0, 1) of the given shape, from two uint32 keys of shape [1]. */
export function uniformNumbers(graph: Graph, keys: readonly [Value, Value], shape: readonly number[]): Value {
  const count = sizeOf(shape);
  const zero = graph.scalar(0, 'int32');
  const one = graph.scalar(1, 'int32');
  const range = graph.node('Range', [zero, graph.scalar(count, 'int32'), one], {
    type: 'int32',
    shape: [count],
  });
  const whole = (number: number) => graph.scalar(number, 'uint32');
  // x·(2x + 1) modulo 2^32
  const permute = (x: Value) => multiply(graph, x, add(graph, multiply(graph, x, whole(2)), whole(1)));
  let bits = add(graph, multiply(graph, cast(graph, range, 'uint32'), whole(GOLDEN)), keys[0]);
  bits = permute(bits);
  bits = permute(add(graph, add(graph, bits, divide(graph, bits, whole(65536))), keys[1]));
  const high = cast(graph, divide(graph, bits, whole(256)), 'float32');
  const numbers = reshape(graph, multiply(graph, high, graph.scalar(2 ** -24)), shape);
  bitsOf.set(numbers, bits);
  return numbers;
}

/**
 * `x` ≥ threshold on the bits themselves, where `x` is uniform numbers and the threshold one number within (0, 1):
 * ⌊bits/256⌋·2^−24 ≥ t exactly where bits ≥ 256·⌈t·2^24⌉. `null` elsewhere. Dropout asks for this.
 */
export function uniformAtLeast(graph: Graph, x: Value, threshold: Value): Value | null {
  const bits = bitsOf.get(x);
  const least = 256 * Math.ceil((threshold.uniform ?? 0) * 2 ** 24);
  if (!bits || threshold.shape.length > 0 || !(least > 0 && least < 2 ** 32)) return null;
  // Reshaped before it is compared: WebGPU reshapes no truth values.
  return binary(graph, 'GreaterOrEqual', reshape(graph, bits, x.shape), graph.scalar(least, 'uint32'));
}
