/** @file A call that is not compiled: the same function on tfjs's own backend, with the same random numbers. */
import * as tf from '@tensorflow/tfjs-core';
import type { RandomStream } from '../random-stream';
import { flattenTree, mapTree, type TensorTree } from '../tensor-tree';
import { EngineError } from '../trace/trace-error';
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

/**
 * Runs `body`; each stream that it drew from moves one step on, as it would after a compiled call, and the tensors
 * returned are the caller's own, also where `body` returns an argument or a variable.
 */
export function eagerCall<R extends TensorTree>(name: string, body: () => R): R {
  const outer = activeTrace();
  const call = new EagerCall();
  setActiveTrace(call);
  try {
    const result = tf.tidy(() => ownCopies(name, body()) as tf.TensorContainer) as R;
    for (const stream of call.sitesDrawn.keys()) stream.advance();
    return result;
  } finally {
    setActiveTrace(outer);
  }
}

function ownCopies<R extends TensorTree>(name: string, result: R): R {
  if (tf.util.isPromise(result))
    throw new EngineError(`${name}: the function is async: it must be synchronous`);
  flattenTree(result); // throws where it is no tree of tensors
  return mapTree(result, (tensor) => tf.clone(tensor));
}
