/**
 * @file A small Transformer language model written with plain tfjs ops alone, and its training step with AdamW: what
 * the engine must carry, independent of the kit's own layers. B batch, T time, D width, H heads, V vocabulary.
 */
import { type Compiled, compile, type RandomStream, tf } from '../../src/lib/engine';
import { normalNumbers } from './support';

export interface Sizes {
  B: number;
  T: number;
  D: number;
  H: number;
  V: number;
  layers: number;
}

type Named = Record<string, tf.Tensor>;

/** Shapes of the parameters by name. */
export function parameterShapes({ T, D, V, layers }: Sizes): Record<string, number[]> {
  const shapes: Record<string, number[]> = { tokens: [V, D], positions: [T, D] };
  for (let layer = 0; layer < layers; layer++) {
    const block = {
      norm1: [D],
      shift1: [D],
      qkv: [D, 3 * D],
      qkvBias: [3 * D],
      out: [D, D],
      outBias: [D],
      norm2: [D],
      shift2: [D],
      up: [D, 4 * D],
      upBias: [4 * D],
      down: [4 * D, D],
      downBias: [D],
    };
    for (const [name, shape] of Object.entries(block)) shapes[`${layer}.${name}`] = shape;
  }
  return { ...shapes, norm: [D], shift: [D] };
}

/** Initial values: norms near 1, the others normal with the given deviation; nothing at a symmetric point. */
export function initialValues(sizes: Sizes, deviation: number): Record<string, Float32Array> {
  const entries = Object.entries(parameterShapes(sizes)).map(([name, shape], seed) => {
    const numbers = normalNumbers(shape, seed, deviation);
    return [name, /norm\d?$/.test(name) ? numbers.map((number) => 1 + number) : numbers] as const;
  });
  return Object.fromEntries(entries);
}

function layerNorm(x: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor): tf.Tensor {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centred), -1, true);
  return tf.add(tf.mul(tf.div(centred, tf.sqrt(tf.add(variance, 1e-5))), scale), shift);
}

function affine(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const flat = tf.reshape(x, [-1, weight.shape[0] as number]);
  const y = tf.add(tf.matMul(flat as tf.Tensor2D, weight as tf.Tensor2D), bias);
  return tf.reshape(y, [...x.shape.slice(0, -1), weight.shape[1] as number]);
}

function gelu(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.mul(x, 0.5), tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2))));
}

function dropout(x: tf.Tensor, rate: number, random: RandomStream | undefined): tf.Tensor {
  if (!random) return x;
  return tf.div(tf.mul(x, tf.cast(tf.greaterEqual(random.uniform(x.shape), rate), 'float32')), 1 - rate);
}

function attend(x: tf.Tensor, p: (name: string) => tf.Tensor, { B, T, D, H }: Sizes): tf.Tensor {
  const joined = affine(x, p('qkv'), p('qkvBias')); // [B, T, 3D]
  const [q, k, v] = [0, 1, 2].map((i) => {
    const part = tf.slice(joined, [0, 0, i * D], [B, T, D]);
    return tf.transpose(tf.reshape(part, [B, T, H, D / H]), [0, 2, 1, 3]); // [B, H, T, D/H]
  }) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const future = Float32Array.from({ length: T * T }, (_, i) => (i % T > Math.floor(i / T) ? -1e9 : 0));
  const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(D / H));
  const weights = tf.softmax(tf.add(scores, tf.tensor(future, [1, 1, T, T])));
  const mixed = tf.reshape(tf.transpose(tf.matMul(weights, v), [0, 2, 1, 3]), [B, T, D]);
  return affine(mixed, p('out'), p('outBias'));
}

/** Cross-entropy of each position [B·T], in nats. */
export function losses(
  parameters: Named,
  ids: tf.Tensor,
  targets: tf.Tensor,
  sizes: Sizes,
  random?: RandomStream,
): tf.Tensor {
  const { B, T, D, V, layers } = sizes;
  const named = (name: string) => parameters[name] as tf.Tensor;
  const looked = tf.gather(named('tokens'), tf.reshape(ids, [-1]) as tf.Tensor1D);
  let x = tf.add(tf.reshape(looked, [B, T, D]), tf.reshape(named('positions'), [1, T, D]));
  for (let layer = 0; layer < layers; layer++) {
    const p = (name: string) => named(`${layer}.${name}`);
    x = tf.add(x, dropout(attend(layerNorm(x, p('norm1'), p('shift1')), p, sizes), 0.1, random));
    const wide = gelu(affine(layerNorm(x, p('norm2'), p('shift2')), p('up'), p('upBias')));
    x = tf.add(x, dropout(affine(wide, p('down'), p('downBias')), 0.1, random));
  }
  const last = tf.reshape(layerNorm(x, named('norm'), named('shift')), [B * T, D]);
  const logits = tf.matMul(last as tf.Tensor2D, named('tokens') as tf.Tensor2D, false, true); // [B·T, V]
  const hit = tf.oneHot(tf.reshape(targets, [-1]) as tf.Tensor1D, V);
  return tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), hit), -1));
}

export interface Trainer {
  /** The step, not compiled. */
  fn: (ids: tf.Tensor, targets: tf.Tensor) => tf.Tensor;
  state: tf.Variable[];
  step: Compiled<[tf.Tensor, tf.Tensor], tf.Tensor>;
  parameters: Record<string, tf.Variable>;
  dispose(): void;
}

/** AdamW with the moments as state: ids, targets [B, T] int32 → mean loss []. */
export function trainer(
  sizes: Sizes,
  options: { random?: RandomStream; learningRate?: number } = {},
): Trainer {
  const { random, learningRate = 1e-3 } = options;
  const values = initialValues(sizes, 0.1);
  const shapes = parameterShapes(sizes);
  const variables = (make: (name: string) => tf.Tensor) =>
    Object.fromEntries(
      Object.keys(shapes).map((name) => [name, tf.tidy(() => tf.variable(make(name)))]),
    ) as Record<string, tf.Variable>;
  const parameters = variables((name) => tf.tensor(values[name] as Float32Array, shapes[name]));
  const first = variables((name) => tf.zeros(shapes[name] as number[]));
  const second = variables((name) => tf.zeros(shapes[name] as number[]));
  const state = [parameters, first, second].flatMap((group) => Object.values(group));
  const fn = (ids: tf.Tensor, targets: tf.Tensor) => {
    const { value, grads } = tf.variableGrads(
      () => tf.mean(losses(parameters, ids, targets, sizes, random)) as tf.Scalar,
      Object.values(parameters),
    );
    for (const [name, variable] of Object.entries(parameters)) {
      const gradient = grads[variable.name] as tf.Tensor;
      const [m, v] = [first[name] as tf.Variable, second[name] as tf.Variable];
      m.assign(tf.add(tf.mul(m, 0.9), tf.mul(gradient, 0.1)));
      v.assign(tf.add(tf.mul(v, 0.99), tf.mul(tf.square(gradient), 0.01)));
      // The gradient of a key's bias is 0 but for rounding: a small ε would make steps of that.
      const direction = tf.add(tf.div(m, tf.add(tf.sqrt(v), 1e-4)), tf.mul(variable, 0.01));
      variable.assign(tf.sub(variable, tf.mul(direction, learningRate)));
    }
    return value as tf.Tensor;
  };
  const step = compile(fn, { state, name: 'training step' });
  const dispose = () => {
    step.dispose();
    tf.dispose(state);
  };
  return { fn, state, step, parameters, dispose };
}

/** Ids and the ids that follow them [B, T]: a sequence that a model can learn. */
export function batch({ B, T, V }: Sizes, seed = 0): [tf.Tensor, tf.Tensor] {
  const at = (i: number) => (seed + i * i + 3 * i) % V;
  const ids = Int32Array.from({ length: B * T }, (_, i) => at(i));
  const targets = Int32Array.from({ length: B * T }, (_, i) => at(i + 1));
  return [tf.tensor2d(ids, [B, T], 'int32'), tf.tensor2d(targets, [B, T], 'int32')];
}
