/**
 * @file Transposes behind convolutions. tfjs lays pictures channels last, ONNX channels first: each convolution
 * ends in a transpose [0,2,3,1] and begins with its inverse. f(transpose(x)) = transpose(f(x)) for elementwise f,
 * so the transpose sinks through what lies between until it meets the next one, and both vanish.
 */
import { sizeOf } from './element-types';
import type { Graph, Value } from './graph';
import { madeBy, reshape, sameShape, transpose } from './movement';

export const TO_CHANNELS_LAST: readonly number[] = [0, 2, 3, 1];
export const TO_CHANNELS_FIRST: readonly number[] = [0, 3, 1, 2];

/** A picture brought from channels first to channels last, the form in which convolutions leave it; else `null`. */
export function channelsFirst(value: Value): Value | null {
  const node = madeBy(value, 'Transpose');
  if (!node || !sameShape(node.attributes.perm as readonly number[], TO_CHANNELS_LAST)) return null;
  return node.inputs[0] ?? null;
}

/**
 * The same function of pictures laid channels first, transposed back; `null` where no operand is such a picture
 * or one cannot be re-laid at no cost worth naming.
 */
export function sinkTranspose(
  graph: Graph,
  operands: readonly Value[],
  combine: (relaid: Value[]) => Value,
): Value | null {
  const inner = operands.map(channelsFirst);
  if (inner.every((value) => value === null)) return null;
  const relaid = operands.map((value, i) => inner[i] ?? asChannelsFirst(graph, value));
  if (relaid.some((value) => value === null)) return null;
  return transpose(graph, combine(relaid as Value[]), TO_CHANNELS_LAST);
}

/** A scalar, a vector over channels, or another picture, which costs the transpose that the first one saves. */
function asChannelsFirst(graph: Graph, value: Value): Value | null {
  const { shape } = value;
  if (shape.length > 4) return null;
  if (sizeOf(shape) === 1) return reshape(graph, value, []);
  if (shape.length === 1) return reshape(graph, value, [shape[0] as number, 1, 1]);
  if (shape.length === 4) return transpose(graph, value, TO_CHANNELS_FIRST);
  return null;
}
