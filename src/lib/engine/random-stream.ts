/**
 * @file Randomness for models: dropout masks, noise, sampling. A stream is (seed, step); each place that draws
 * from it within a step is a site, numbered in order. Keys are derived from (seed, step, site), so a run that
 * is killed and resumed at step n draws what it would have drawn, on every device.
 */
import * as tf from '@tensorflow/tfjs-core';
import { deriveKeys, type Keys, uniforms } from '../random';
import { activeTrace } from './trace-state';

/** A resumable source of random tensors. `step` and `seed` are its whole state. */
export class RandomStream {
  /** Steps taken: a compiled function moves each stream that it used one step on after each call. */
  step = 0;
  private site = 0;

  constructor(readonly seed: number | string) {}

  /** Keys of `site` at the present step. */
  keys(site: number): Keys {
    return deriveKeys(this.seed, 'step', this.step, 'site', site);
  }

  /** Begins the next step: sites are counted from 0 again. `compile` calls this; eager loops may. */
  advance(): void {
    this.step += 1;
    this.site = 0;
  }

  /** Uniform float32 numbers in [0, 1) of the given shape; different at each site and each step. */
  uniform(shape: number[]): tf.Tensor {
    const trace = activeTrace();
    if (trace) return trace.uniform(this, shape);
    return this.uniformAt(this.site++, shape);
  }

  /** The numbers of one site at the present step, made in JavaScript. */
  uniformAt(site: number, shape: number[]): tf.Tensor {
    return tf.tensor(uniforms(tf.util.sizeFromShape(shape), this.keys(site)), shape, 'float32');
  }
}
