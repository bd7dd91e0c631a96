/** @file Which trace is being recorded, if any. Its own file, so that the parts of the engine need no circle. */
import type * as tf from '@tensorflow/tfjs-core';
import type { RandomStream } from './random-stream';

/** What an op that is more than tfjs kernels asks of the trace in progress. */
export interface ActiveTrace {
  /** A tensor of uniform numbers whose keys enter the graph as an input at each call. */
  uniform(stream: RandomStream, site: number, shape: number[]): tf.Tensor;
}

let current: ActiveTrace | null = null;

export function activeTrace(): ActiveTrace | null {
  return current;
}

export function setActiveTrace(trace: ActiveTrace | null): void {
  current = trace;
}
