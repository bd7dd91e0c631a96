/**
 * @file How much memory a graph needs at least: the most bytes that are live at once where its nodes run in order. A
 * value lives from the node that makes it to the last that reads it, an output to the end, inputs and constants
 * throughout. What is read for the last time is freed before the results are counted, since most operators write
 * over it, and a reshape copies nothing; so this is a lower bound, and ONNX Runtime's arena takes somewhat more.
 */
import { type ElementType, elementArray, sizeOf } from './element-types';
import type { GraphNode, Value } from './graph';

const RENAMING = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Identity']);

export interface LiveParts {
  /** Nodes in the order in which they run. */
  nodes: readonly GraphNode[];
  /** Inputs and constants that some node or output reads. */
  leaves: Iterable<Value>;
  outputs: readonly Value[];
}

/** The most bytes live at once. */
export function peakBytes({ nodes, leaves, outputs }: LiveParts): number {
  const lastUse = new Map<Value, number>();
  for (const [at, { inputs }] of nodes.entries()) {
    for (const input of inputs) if (input) lastUse.set(memoryOf(input), at);
  }
  for (const output of outputs) lastUse.set(memoryOf(output), Number.POSITIVE_INFINITY);
  let live = 0;
  for (const leaf of leaves) live += bytesOf(leaf);
  let peak = live;
  for (const [at, node] of nodes.entries()) {
    const read = new Set(node.inputs.flatMap((input) => (input ? [memoryOf(input)] : [])));
    for (const value of read) if (value.producer && lastUse.get(value) === at) live -= bytesOf(value);
    const made = node.outputs.filter((output) => memoryOf(output) === output);
    live += made.reduce((sum, output) => sum + bytesOf(output), 0);
    peak = Math.max(peak, live);
    for (const output of made) if (!lastUse.has(output)) live -= bytesOf(output);
  }
  return peak;
}

/** The value whose memory this one shares: itself, unless it is a reshape of another. */
function memoryOf(value: Value): Value {
  let source = value;
  while (source.producer && RENAMING.has(source.producer.op)) source = source.producer.inputs[0] as Value;
  return source;
}

const ELEMENT_BYTES = new Map<ElementType, number>();

function bytesOf({ type, shape }: Value): number {
  const bytes = ELEMENT_BYTES.get(type) ?? elementArray(type, 1).BYTES_PER_ELEMENT;
  ELEMENT_BYTES.set(type, bytes);
  return bytes * sizeOf(shape);
}
