/** @file Which trace is being recorded, if any. Its own file, so that the parts of the engine need no circle. */
import type * as tf from '@tensorflow/tfjs-core';
import type { RandomStream } from './random-stream';

/** What an op that is more than tfjs kernels asks of the call in progress. */
export interface ActiveTrace {
  /** Uniform numbers of the stream's next site in this call: different at each call. */
  uniform(stream: RandomStream, shape: number[]): tf.Tensor;
  /** Runs an operation that the graph has and tfjs lacks; `null` where this call is not being recorded. */
  operation(name: string, inputs: tf.Tensor[], attributes: Record<string, unknown>): tf.Tensor[] | null;
}

let current: ActiveTrace | null = null;

export function activeTrace(): ActiveTrace | null {
  return current;
}

export function setActiveTrace(trace: ActiveTrace | null): void {
  current = trace;
}
