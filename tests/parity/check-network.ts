/**
 * @file What every network must show against its original: the same logits (1e-4), the same loss, the gradient of
 * every parameter (1e-3 of its largest element), and the losses of five AdamW steps (1e-3).
 */
import { expect } from 'vitest';
import { tf } from '../../src/lib/engine';
import type { Parameters } from '../../src/lib/nn';
import { type NetworkFixture, values } from './read-fixture';

export interface Forward {
  loss: tf.Tensor;
  outputs: Record<string, tf.Tensor>;
}

export function checkAgainstOriginal(
  params: Parameters,
  fixture: NetworkFixture,
  forward: () => Forward,
): void {
  const before = tf.memory().numTensors;
  const outputs = tf.tidy(() => {
    const result = forward().outputs;
    return Object.fromEntries(Object.entries(result).map(([name, out]) => [name, out.dataSync()]));
  });
  for (const [name, packed] of Object.entries(fixture.outputs)) {
    expect(outputs[name] as Float32Array, name).toBeClose(values(packed), { absolute: 1e-4, relative: 1e-4 });
  }

  const variables = params.variables();
  const { value, grads } = tf.variableGrads(() => forward().loss as tf.Scalar, variables);
  expect(value.dataSync()).toBeClose([fixture.loss], { relative: 1e-5 });
  for (const [name, variable] of params.entries()) {
    const packed = fixture.gradients[name];
    expect(packed, `gradient of ${name}`).toBeDefined();
    const wanted = values(packed as NonNullable<typeof packed>);
    const largest = Math.max(...[...wanted].map(Math.abs));
    const found = grads[variable.name] as tf.Tensor;
    // A key bias moves all scores of a query alike, so its true gradient is 0 and both sides hold only rounding.
    expect(found.dataSync(), name).toBeClose(wanted, { absolute: 1e-3 * largest + 1e-7, relative: 0 });
  }
  tf.dispose([value, ...Object.values(grads)]);

  expect(adamwLosses(params, fixture, forward)).toBeClose(fixture.adamw.losses, { relative: 1e-3 });
  expect(tf.memory().numTensors).toBe(before);
}

/** Five steps of AdamW (Loshchilov and Hutter 2017), plain, on the same batch: the loss before each. */
function adamwLosses(params: Parameters, { adamw }: NetworkFixture, forward: () => Forward): number[] {
  const { lr, eps, weight_decay: decay } = adamw;
  const [beta1, beta2] = adamw.betas;
  const variables = params.variables();
  let first: tf.Tensor[] = variables.map((v) => tf.zerosLike(v));
  let second: tf.Tensor[] = variables.map((v) => tf.zerosLike(v));
  const losses: number[] = [];
  for (let step = 1; step <= 5; step++) {
    const [m, v] = tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => forward().loss as tf.Scalar, variables);
      losses.push(value.dataSync()[0] as number);
      const gradients = variables.map((variable) => grads[variable.name] as tf.Tensor);
      const m = gradients.map((g, i) => tf.add(tf.mul(first[i] as tf.Tensor, beta1), tf.mul(g, 1 - beta1)));
      const v = gradients.map((g, i) =>
        tf.add(tf.mul(second[i] as tf.Tensor, beta2), tf.mul(tf.square(g), 1 - beta2)),
      );
      variables.forEach((variable, i) => {
        const mean = tf.div(m[i] as tf.Tensor, 1 - beta1 ** step);
        const deviation = tf.add(tf.sqrt(tf.div(v[i] as tf.Tensor, 1 - beta2 ** step)), eps);
        variable.assign(tf.sub(tf.mul(variable, 1 - lr * decay), tf.mul(tf.div(mean, deviation), lr)));
      });
      return [m, v] as const;
    }) as unknown as [tf.Tensor[], tf.Tensor[]];
    tf.dispose([first, second]);
    [first, second] = [m, v];
  }
  tf.dispose([first, second]);
  return losses;
}
