/**
 * @file One value of a function as several traces of it have it, at as many sizes: the traces make the same nodes in
 * the same order, and only numbers differ. Where they do not, the function does other things at other sizes, and
 * cannot be one graph.
 */
import { type ElementArray, sizeOf } from '../graph/element-types';
import type { GraphNode, Value } from '../graph/graph';
import { Real } from '../graph/onnx-format';
import { EngineError } from '../trace/trace-error';
import { fitSize, type SizeExpression, type Sizes } from './size-expression';

/** The same value in each trace. */
export type Aligned = readonly Value[];

/** The node that makes the value in each trace; `null` where it is an input or a constant. Throws where traces differ. */
export function alignedProducers(values: Aligned): GraphNode[] | null {
  const producers = values.map(({ producer }) => producer);
  if (producers.every((producer) => producer === null)) return null;
  const [first] = producers;
  for (const producer of producers) {
    if (!first || !producer || signature(first) !== signature(producer))
      throw differs(first ?? null, producer);
  }
  const nodes = producers as GraphNode[];
  const outputs = nodes.map((node, k) => node.outputs.indexOf(values[k] as Value));
  if (outputs.some((output) => output !== outputs[0]))
    throw differs(first ?? null, nodes.at(-1) as GraphNode);
  return nodes;
}

/** What a constant is when sizes are left open. */
export type OpenConstant =
  | { kind: 'same' }
  | { kind: 'vector'; elements: SizeExpression[] }
  | { kind: 'range'; start: SizeExpression; limit: SizeExpression; step: SizeExpression; axis: number }
  | { kind: 'filled'; number: SizeExpression; shape: SizeExpression[] };

/** Throws an `EngineError` where the constant follows from the sizes in another way; `consumer` is the node that wants it. */
export function openConstant(
  values: Aligned,
  sizes: readonly Sizes[],
  consumer: GraphNode | null,
): OpenConstant {
  const [first] = values as readonly [Value];
  const elements = values.map(({ constant }) => constant as ElementArray);
  const shapes = values.map(({ shape }) => shape);
  if (sameElements(elements) && shapes.every((shape) => String(shape) === String(first.shape))) {
    return { kind: 'same' };
  }
  const refuse = () =>
    new EngineError(
      `a constant [${first.shape}] that ${consumer ? `${consumer.op} at ${consumer.origin}` : 'the function'} uses follows from the sizes of the inputs in a way that one graph for all sizes cannot: make it of tf.range, or of the inputs`,
    );
  if (first.type === 'int64') {
    const fitted = elements[0]?.length === undefined ? null : fitVector(elements, sizes);
    if (fitted) return { kind: 'vector', elements: fitted };
    throw refuse();
  }
  const shape = fitVector(shapes, sizes);
  const uniform = values.map((value) => value.uniform);
  const number = uniform.includes(undefined) ? null : fitSize(uniform as number[], sizes);
  if (shape && number) return { kind: 'filled', number, shape };
  const sequence = fitSequence(values, sizes);
  if (sequence) return { kind: 'range', ...sequence };
  throw refuse();
}

/** An expression for each element of vectors of one length; `null` where there is none. */
export function fitVector(
  vectors: readonly ArrayLike<number | bigint>[],
  sizes: readonly Sizes[],
): SizeExpression[] | null {
  const length = vectors[0]?.length ?? 0;
  if (vectors.some((vector) => vector.length !== length)) return null;
  const fitted: SizeExpression[] = [];
  for (let i = 0; i < length; i++) {
    const expression = fitSize(
      vectors.map((vector) => Number(vector[i])),
      sizes,
    );
    if (!expression) return null;
    fitted.push(expression);
  }
  return fitted;
}

function fitSequence(values: Aligned, sizes: readonly Sizes[]) {
  const rank = values[0]?.shape.length ?? 0;
  const axis = values[0]?.shape.findIndex((size) => size !== 1) ?? -1;
  if (axis < 0 || values.some(({ shape }) => shape.length !== rank || shape[axis] !== sizeOf(shape)))
    return null;
  const bounds = values.map(({ constant }) => {
    const [start, second, length] = [Number(constant?.[0]), Number(constant?.[1]), constant?.length ?? 0];
    const step = second - start;
    const even = Array.from({ length }, (_, i) => Number(constant?.[i])).every(
      (x, i) => x === start + i * step,
    );
    return even && step !== 0 ? { start, step, limit: start + step * length } : null;
  });
  if (bounds.some((bound) => bound === null)) return null;
  const fit = (key: 'start' | 'step' | 'limit') =>
    fitSize(
      bounds.map((bound) => (bound as { start: number; step: number; limit: number })[key]),
      sizes,
    );
  const [start, step, limit] = [fit('start'), fit('step'), fit('limit')];
  return start && step && limit ? { start, step, limit, axis } : null;
}

function sameElements(all: readonly ElementArray[]): boolean {
  const [first] = all as readonly [ElementArray];
  return all.every(
    (elements) =>
      elements === first ||
      (elements.byteLength === first.byteLength && Buffer.from(bytes(elements)).equals(bytes(first))),
  );
}

function bytes({ buffer, byteOffset, byteLength }: ElementArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function signature({ op, domain, inputs, attributes, outputs }: GraphNode): string {
  const plain = Object.entries(attributes).map(([key, value]) => [
    key,
    value instanceof Real ? `real ${value.value}` : value,
  ]);
  return JSON.stringify([op, domain, inputs.map((input) => input !== null), plain, outputs.length]);
}

function differs(a: GraphNode | null, b: GraphNode | null): EngineError {
  const shown = (node: GraphNode | null) =>
    node ? `${node.op}${JSON.stringify(node.attributes)} at ${node.origin}` : 'an input or constant';
  return new EngineError(
    `the function does something else at other sizes (${shown(a)}; ${shown(b)}): it cannot be one graph for all of them`,
  );
}
