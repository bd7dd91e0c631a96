/**
 * @file Gradients against finite differences. A function's output is weighted by fixed random numbers into one
 * number, summed in float64; its gradient by tape is compared with the fourth-order central difference
 *
 *     (8·(f(+h) − f(−h)) − (f(+2h) − f(−2h))) / 12h
 *
 * as a vector: ‖tape − difference‖ ≤ tolerance·‖difference‖. Of large parameters, some elements are tried.
 */
import { expect } from 'vitest';
import { tf } from '../../src/lib/engine';
import { Generator } from '../../src/lib/random';

export interface GradientCheck {
  /** h. In float32 the rounding of f divided by h and the fourth power of h should both be small. */
  step?: number;
  /** Relative error allowed. */
  tolerance?: number;
  /** How many elements of each variable are tried. */
  elements?: number;
}

export function checkGradients(
  f: () => tf.Tensor,
  variables: [string, tf.Variable][],
  { step = 0.02, tolerance = 1e-3, elements = 12 }: GradientCheck = {},
): void {
  const generator = new Generator(7, 'gradient check');
  const size = tf.tidy(() => f().size);
  const weights = Float32Array.from({ length: size }, () => generator.uniform() + 0.5);
  const weighted = () => {
    const out = tf.tidy(() => f().dataSync());
    return [...out].reduce((sum, value, i) => sum + value * (weights[i] as number), 0);
  };
  const { value, grads } = tf.variableGrads(
    () => tf.sum(tf.mul(tf.reshape(f(), [-1]), tf.tensor1d(weights))) as tf.Scalar,
    variables.map(([, variable]) => variable),
  );
  for (const [name, variable] of variables) {
    const tape = (grads[variable.name] as tf.Tensor).dataSync();
    const chosen = generator.shuffle(Array.from({ length: variable.size }, (_, i) => i)).slice(0, elements);
    let error = 0;
    let scale = 0;
    for (const index of chosen) {
      const at = (offset: number) => withElement(variable, index, offset, weighted);
      const difference = (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step);
      error += ((tape[index] as number) - difference) ** 2;
      scale += difference ** 2;
    }
    expect(Math.sqrt(error), `gradient of ${name}, of size ${Math.sqrt(scale)}`).toBeLessThanOrEqual(
      tolerance * Math.sqrt(scale) + 1e-6,
    );
  }
  tf.dispose([value, ...Object.values(grads)]);
}

function withElement(variable: tf.Variable, index: number, offset: number, evaluate: () => number): number {
  const original = variable.dataSync().slice();
  const changed = original.slice();
  changed[index] = (changed[index] as number) + offset;
  const put = (data: typeof original) => {
    const tensor = tf.tensor(data, variable.shape, 'float32');
    variable.assign(tensor);
    tensor.dispose();
  };
  put(changed);
  const result = evaluate();
  put(original);
  return result;
}
