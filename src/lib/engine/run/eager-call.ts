/** @file A call that is not compiled: the same function on tfjs's own backend, with the same random numbers. */
import type * as tf from '@tensorflow/tfjs-core';
import type { RandomStream } from '../random-stream';
import { type ActiveTrace, activeTrace, setActiveTrace } from '../trace-state';

class EagerCall implements ActiveTrace {
  readonly sitesDrawn = new Map<RandomStream, number>();

  uniform(stream: RandomStream, shape: number[]): tf.Tensor {
    const site = this.sitesDrawn.get(stream) ?? 0;
    this.sitesDrawn.set(stream, site + 1);
    return stream.uniformAt(site, shape);
  }

  operation(): null {
    return null;
  }
}

/** Runs `body`; each stream that it drew from moves one step on, as it would after a compiled call. */
export function eagerCall<R>(body: () => R): R {
  const outer = activeTrace();
  const call = new EagerCall();
  setActiveTrace(call);
  try {
    const result = body();
    for (const stream of call.sitesDrawn.keys()) stream.advance();
    return result;
  } finally {
    setActiveTrace(outer);
  }
}
