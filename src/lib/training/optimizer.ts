/**
 * @file Optimizers as tensor code, so that the update is part of the compiled step. With g the gradient:
 *
 *     AdamW (Loshchilov and Hutter 2017):  m ← β₁m + (1−β₁)g;  v ← β₂v + (1−β₂)g²
 *                                          θ ← θ − η·(m̂/(√v̂ + ε) + λθ),  m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ)
 *     SGD with momentum:                   m ← μm + g;  θ ← θ − η·(m + λθ)
 *
 * λ is decoupled in both: it does not pass through the moments. L2 in the gradient, g ← g + λ₂θ (`l2`), does: under
 * AdamW what is divided by √v̂ then shrinks the less the larger its gradients are, under plain SGD both are the same.
 * As in PyTorch, ε is added to √v̂.
 *
 * Parameters may be in groups, each with its share of the learning rate and the step from which it learns; t counts
 * from there.
 *
 * A small model's step spends as long here as in its products, and what counts is how often memory is gone over. So
 * AdamW keeps the sums M = m/(1−β₁) and V = v/(1−β₂), which take two passes fewer, and with s = √((1−β₂)/(1−β₂ᵗ))
 *
 *     M ← β₁M + g;  V ← β₂V + g²;  θ ← (1−ηλ)θ − a·M/(√V + ε/s),  a = η·(1−β₁)/((1−β₁ᵗ)·s)
 *
 * is the same update: η, a and ε/s, which change from step to step, are an input of the graph.
 */
import { tf } from '../engine';
import type { OptimizerConfig } from './config';
import type { ParameterGroup } from './parameter-groups';

export interface Optimizer {
  /** Moments (AdamW's as the sums above), by name: what a checkpoint must hold beside the parameters. */
  readonly state: ReadonlyMap<string, tf.Variable>;
  /** What the update needs at `step` (0 is the first): float32 [3 · groups], to be passed to `update`. */
  inputs(step: number, learningRate: number): Float32Array;
  /** Assigns new values to parameters and moments. `gradients` by name, of those that learn and the loss depends on. */
  update(inputs: tf.Tensor, gradients: ReadonlyMap<string, tf.Tensor>): void;
  dispose(): void;
}

type WithoutL2<C> = C extends unknown ? Omit<C, 'l2'> & { l2?: number } : never;

export interface OptimizerOptions {
  config: WithoutL2<OptimizerConfig>;
  weightDecay: number;
  /** Names of the parameters that learn. */
  trainable: readonly string[];
  /** The same names in groups; one group that learns from the first step unless given. */
  groups?: readonly ParameterGroup[];
}

/** Biases and norms are not decayed: they have one axis or none longer than 1. */
export function decays(shape: readonly number[]): boolean {
  return shape.filter((size) => size > 1).length > 1;
}

export function createOptimizer(
  parameters: { get(name: string): tf.Variable },
  options: OptimizerOptions,
): Optimizer {
  const { config, weightDecay, trainable } = options;
  const groups = options.groups ?? [{ names: trainable, scale: 1, start: 0 }];
  const { l2 = 0 } = config;
  const variables = new Map(trainable.map((name) => [name, parameters.get(name)]));
  const state = new Map<string, tf.Variable>();
  for (const moment of config.kind === 'adamw' ? ['first', 'second'] : ['momentum']) {
    for (const [name, variable] of variables) {
      const zeros = tf.zeros(variable.shape);
      state.set(`${moment}.${name}`, tf.variable(zeros, false, `${moment}.${variable.name}`));
      zeros.dispose();
    }
  }
  const moment = (kind: string, name: string) => state.get(`${kind}.${name}`) as tf.Variable;

  const step = (
    name: string,
    given: tf.Tensor,
    { kept, stepSize, epsilon }: { kept: tf.Tensor | null; stepSize: tf.Tensor; epsilon: tf.Tensor },
  ) => {
    const variable = variables.get(name) as tf.Variable;
    const gradient = l2 > 0 && decays(variable.shape) ? tf.add(given, tf.mul(variable, l2)) : given;
    let direction: tf.Tensor;
    if (config.kind === 'adamw') {
      const [first, second] = [moment('first', name), moment('second', name)];
      const newFirst = tf.add(tf.mul(first, config.beta1), gradient);
      const newSecond = tf.add(tf.mul(second, config.beta2), tf.square(gradient));
      first.assign(newFirst);
      second.assign(newSecond);
      direction = tf.div(newFirst, tf.add(tf.sqrt(newSecond), epsilon));
    } else {
      const momentum = moment('momentum', name);
      direction = tf.add(tf.mul(momentum, config.momentum), gradient);
      momentum.assign(direction);
    }
    const decayed = kept && decays(variable.shape) ? tf.mul(variable, kept) : variable;
    variable.assign(tf.sub(decayed, tf.mul(direction, stepSize)));
  };

  const update = (inputs: tf.Tensor, gradients: ReadonlyMap<string, tf.Tensor>) => {
    const scalars = tf.split(inputs, 3 * groups.length).map((part) => tf.reshape(part, []));
    for (const [g, { names }] of groups.entries()) {
      const [learningRate, stepSize, epsilon] = scalars.slice(3 * g, 3 * g + 3) as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      const kept = weightDecay > 0 ? tf.sub(1, tf.mul(learningRate, weightDecay)) : null;
      for (const name of names) {
        const gradient = gradients.get(name);
        // Without one the loss does not depend on it, or it does not learn yet: as in PyTorch, it stays as it is.
        if (gradient) step(name, gradient, { kept, stepSize, epsilon });
      }
    }
  };

  const inputs = (stepNumber: number, learningRate: number) =>
    Float32Array.from(
      groups.flatMap(({ scale: share, start }) => {
        const rate = learningRate * share;
        if (config.kind !== 'adamw') return [rate, rate, 0];
        const { beta1, beta2, epsilon } = config;
        const t = Math.max(1, stepNumber + 1 - start);
        const scale = Math.sqrt((1 - beta2) / (1 - beta2 ** t)); // √V·scale = √v̂
        const stepSize = (rate * (1 - beta1)) / ((1 - beta1 ** t) * scale);
        return [rate, stepSize, epsilon / scale];
      }),
    );

  const dispose = () => {
    for (const variable of state.values()) variable.dispose();
  };
  return { state, inputs, update, dispose };
}

/**
 * The gradients scaled so that their global norm is at most `limit` (Pascanu et al. 2013), and the norm [] before.
 * Where the norm is not finite the gradients are not either: the trainer's guard looks at the norm.
 */
export function clipByGlobalNorm(
  gradients: ReadonlyMap<string, tf.Tensor>,
  limit: number | null,
): { clipped: ReadonlyMap<string, tf.Tensor>; norm: tf.Tensor } {
  const squares = [...gradients.values()].map((gradient) => tf.sum(tf.square(gradient)));
  const norm = tf.sqrt(tf.addN(squares));
  if (limit === null) return { clipped: gradients, norm };
  const scale = tf.minimum(1, tf.div(limit, tf.add(norm, 1e-6)));
  return {
    clipped: new Map([...gradients].map(([name, gradient]) => [name, tf.mul(gradient, scale)])),
    norm,
  };
}
