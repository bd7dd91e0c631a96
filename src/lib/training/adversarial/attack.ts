/**
 * @file The worst perturbation δ of a record's input within a ball of radius ε, by the loss's own gradient g:
 *
 *     FGM (Miyato et al. 2017)       δ = ε·g/‖g‖₂ in one step; in the largest norm ε·sign(g), FGSM (Goodfellow et al. 2015)
 *     PGD (Madry et al. 2018)        δ ← Π_ε(δ + α·g/‖g‖₂), K steps from 0 or from a random place
 *
 * and for the gradient of the parameters, with L(δ) the batch's mean loss,
 *
 *     fgm       ½·∇L(0) + ½·∇L(δ)                      Goodfellow's mixture
 *     pgd       ∇L(δ_K)
 *     freelb    (1/K)·Σ_k ∇L(δ_k), k = 0 … K − 1       Zhu et al. 2020: each step's gradient serves both
 *
 * ‖·‖ is taken over all that belongs to one record. All of it is tensor code, and part of the compiled step. Left out:
 * equal dropout masks for all steps (each forward pass draws its own).
 */
import { type RandomStream, tf } from '../../engine';
import type { AdversarialConfig } from '../config';

export type Norm = 'l2' | 'max';

export interface Attack {
  kind: AdversarialConfig['kind'];
  /** Radius ε of the ball. */
  epsilon: number;
  /** K: gradients taken of δ (1 for FGM). */
  steps: number;
  /** α. */
  stepSize: number;
  norm: Norm;
}

/** Loss [] where the input is perturbed by δ. */
export type LossAt = (delta: tf.Tensor) => tf.Tensor;

/** The attack that a config asks for. Pixels have the largest norm and words the Euclidean one, unless it says another. */
export function attackOf(config: AdversarialConfig): Attack {
  const { kind, epsilon, on } = config;
  const steps = kind === 'fgm' ? 1 : config.steps;
  // Madry's rule: far enough to reach the border from anywhere.
  const stepSize = config.stepSize ?? (2.5 * epsilon) / steps;
  return { kind, epsilon, steps, stepSize, norm: config.norm ?? (on === 'pixels' ? 'max' : 'l2') };
}

/** ‖x‖₂ of each record [B, 1, …], never 0. */
function lengths(x: tf.Tensor): tf.Tensor {
  const axes = Array.from({ length: x.rank - 1 }, (_, axis) => axis + 1);
  return tf.maximum(tf.sqrt(tf.sum(tf.square(x), axes, true)), 1e-20);
}

/** g of norm 1 in each record [B, …]. */
export function direction(gradient: tf.Tensor, norm: Norm): tf.Tensor {
  return norm === 'max' ? tf.sign(gradient) : tf.div(gradient, lengths(gradient));
}

/** Π_ε: δ as it is within the ball, else its nearest point of the border. */
export function project(delta: tf.Tensor, epsilon: number, norm: Norm): tf.Tensor {
  if (norm === 'max') return tf.clipByValue(delta, -epsilon, epsilon);
  return tf.mul(delta, tf.minimum(1, tf.div(epsilon, lengths(delta))));
}

/** Where δ [B, …] begins: anywhere in the ball (FreeLB's uniform draw), or at 0 where there is no stream. */
function beginning(shape: number[], { epsilon, norm }: Attack, random?: RandomStream): tf.Tensor {
  if (!random) return tf.zeros(shape);
  const numbers = tf.util.sizeFromShape(shape.slice(1));
  const width = norm === 'max' ? epsilon : epsilon / Math.sqrt(numbers);
  return tf.mul(tf.sub(tf.mul(random.uniform(shape), 2), 1), width);
}

function nextDelta(delta: tf.Tensor, gradient: tf.Tensor, attack: Attack): tf.Tensor {
  const { kind, epsilon, stepSize, norm } = attack;
  if (kind === 'fgm') return tf.mul(direction(gradient, norm), epsilon);
  return project(tf.add(delta, tf.mul(direction(gradient, norm), stepSize)), epsilon, norm);
}

/** δ of the attack [B, …], from 0; `shape` is that of what is perturbed. */
export function worstDelta(
  lossAt: LossAt,
  shape: number[],
  attack: Attack,
  random?: RandomStream,
): tf.Tensor {
  let delta = attack.kind === 'fgm' ? tf.zeros(shape) : beginning(shape, attack, random);
  for (let step = 0; step < attack.steps; step++) {
    delta = nextDelta(delta, gradients(lossAt, [], delta).ofDelta, attack);
  }
  return delta;
}

export interface LossAndGradients {
  loss: tf.Tensor;
  /** Of each variable, in order; `null` where the loss does not depend on it. */
  gradients: (tf.Tensor | null)[];
}

/** What the parameters learn from under attack. */
export function adversarialGradients(
  lossAt: LossAt,
  shape: number[],
  attack: Attack,
  variables: readonly tf.Variable[],
  random?: RandomStream,
): LossAndGradients {
  if (attack.kind === 'pgd') {
    return gradients(lossAt, variables, worstDelta(lossAt, shape, attack, random));
  }
  const free = attack.kind === 'freelb';
  let delta = free ? beginning(shape, attack, random) : tf.zeros(shape);
  const passes: LossAndGradients[] = [];
  for (let step = 0; step < (free ? attack.steps : 2); step++) {
    const pass = gradients(lossAt, variables, delta);
    passes.push(pass);
    delta = nextDelta(delta, pass.ofDelta, attack);
  }
  return mean(passes);
}

function mean(passes: readonly LossAndGradients[]): LossAndGradients {
  const [first, ...others] = passes as [LossAndGradients, ...LossAndGradients[]];
  const share = 1 / passes.length;
  return {
    loss: tf.mul(
      others.reduce((sum, { loss }) => tf.add(sum, loss), first.loss),
      share,
    ),
    gradients: first.gradients.map((gradient, i) =>
      gradient === null
        ? null
        : tf.mul(
            others.reduce((sum, pass) => tf.add(sum, pass.gradients[i] as tf.Tensor), gradient),
            share,
          ),
    ),
  };
}

function gradients(
  lossAt: LossAt,
  variables: readonly tf.Variable[],
  delta: tf.Tensor,
): LossAndGradients & { ofDelta: tf.Tensor } {
  const { value, grads } = tf.engine().gradients(() => lossAt(delta), [...variables, delta], undefined, true);
  const ofDelta = grads.at(-1);
  if (!ofDelta) throw new Error('adversarial: the loss does not depend on what is perturbed');
  return { loss: value, gradients: grads.slice(0, -1).map((gradient) => gradient ?? null), ofDelta };
}
