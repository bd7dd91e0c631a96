/** @file The kit's own training step at a tiny size: BERT and CNN joined, dropout, clipping, AdamW. B 4, T 6. */
import { compile, RandomStream, tf } from '../../../src/lib/engine';
import { taskNamed } from '../../../src/lib/tasks';
import { GuidedModel } from '../../../src/lib/tasks/guided-model';
import { textConfigSchema, textPresets } from '../../../src/lib/text';
import { clipByGlobalNorm, createOptimizer } from '../../../src/lib/training/optimizer';
import { visionConfigSchema } from '../../../src/lib/vision';
import { normalNumbers } from '../support';

const [B, T, SIDE] = [4, 6, 16];

const VISION = {
  cnn: { modelType: 'cnn', imageSize: SIDE, channels: [4, 8], blocks: 1 },
  vit: {
    modelType: 'vit',
    imageSize: SIDE,
    patchSize: 8,
    hiddenSize: 16,
    numHiddenLayers: 1,
    numAttentionHeads: 2,
    intermediateSize: 32,
  },
} as const;
export type Vision = keyof typeof VISION;

/** ids, pixels → mean loss []. */
export function guidedStep(vision: Vision) {
  const head = { loss: 'cross-entropy' as const, dropout: 0.1 };
  const text = textConfigSchema.parse({ ...textPresets.tiny, vocabSize: 20 });
  const task = taskNamed('classification').restore(
    { labels: ['a', 'b', 'c'] },
    { head, labelSmoothing: 0.1, text },
  );
  const config = {
    text,
    vision: visionConfigSchema.parse(VISION[vision]),
    fusion: { kind: 'concat' as const, hiddenSize: null, dropout: 0.1 },
    pooling: 'mean' as const,
  };
  const model = new GuidedModel(config, task, 1);
  const names = model.parameters.names();
  const variables = names.map((name) => model.parameters.get(name));
  const optimizer = createOptimizer(model.parameters, {
    config: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    weightDecay: 0.01,
    trainable: names,
  });
  const random = new RandomStream(1);
  const fn = (ids: tf.Tensor, pixels: tf.Tensor): tf.Tensor => {
    const inputs = {
      ids,
      mask: tf.onesLike(ids),
      tokenTypes: tf.zerosLike(ids),
      pixels,
      picturePresent: tf.ones([B]),
    };
    const labels = tf.tensor1d([0, 1, 2, 1], 'int32');
    const loss = () => model.loss(inputs, { labels }, random) as tf.Scalar;
    const { value, grads } = tf.variableGrads(loss, variables);
    const gradients = new Map<string, tf.Tensor>();
    for (const [i, name] of names.entries()) {
      const gradient = grads[(variables[i] as tf.Variable).name];
      if (gradient) gradients.set(name, gradient);
    }
    const { clipped } = clipByGlobalNorm(gradients, 1);
    optimizer.update(tf.tensor1d([1e-3, 1, 1]), clipped);
    return value;
  };
  const state = [...variables, ...optimizer.state.values()];
  const step = compile(fn, { state, name: 'guided step' });
  const dispose = () => {
    step.dispose();
    tf.dispose(state);
  };
  return { fn, state, step, dispose };
}

export function guidedBatch(): [tf.Tensor, tf.Tensor] {
  const ids = Int32Array.from({ length: B * T }, (_, i) => (i * 7) % 20);
  const shape = [B, SIDE, SIDE, 3];
  return [tf.tensor2d(ids, [B, T], 'int32'), tf.tensor(normalNumbers(shape, 3), shape)];
}
