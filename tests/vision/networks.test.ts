import { afterEach, describe, expect, it } from 'vitest';
import { RandomStream, tf } from '../../src/lib/engine';
import { createParameters, crossEntropy, head, headSpecifications, type Parameters } from '../../src/lib/nn';
import { Generator } from '../../src/lib/random';
import {
  createVisionNetwork,
  visionConfigSchema,
  vitConfigFromHuggingFace,
  vitConfigSchema,
  vitConfigToHuggingFace,
} from '../../src/lib/vision';
import { checkGradients } from '../nn/gradient-check';
import { checkAgainstOriginal } from '../parity/check-network';
import { arrays, readFixture, tensor } from '../parity/read-fixture';

let params: Parameters;
afterEach(() => params.dispose());

function picture(batch: number, side: number): tf.Tensor {
  const generator = new Generator(1, 'pixels');
  return tf.tensor(
    Float32Array.from({ length: batch * side * side * 3 }, () => generator.uniform()),
    [batch, side, side, 3],
  );
}

describe('ViT', () => {
  it('agrees with Python transformers', () => {
    const fixture = readFixture('vit');
    const config = vitConfigFromHuggingFace(fixture.config);
    const network = createVisionNetwork(config);
    const classes = { width: network.width, classes: 5 };
    params = createParameters([...network.specifications(), ...headSpecifications(classes)], 1);
    params.load(arrays(fixture.parameters));
    const pixels = tensor(fixture.pixels);
    const labels = tensor(fixture.inputs.labels);
    checkAgainstOriginal(params, fixture, () => {
      const logits = head(params, classes, network.forward(params, pixels).pooled);
      return { loss: crossEntropy(logits, labels), outputs: { logits } };
    });
    tf.dispose([pixels, labels]);
  });

  it('takes mean and deviation from the preprocessor, and survives the way to config.json and back', () => {
    params = createParameters([], 1);
    const config = vitConfigFromHuggingFace(readFixture('vit').config, {
      image_mean: [0.4, 0.5, 0.6],
      image_std: [0.2, 0.25, 0.3],
    });
    expect(config.imageMean).toEqual([0.4, 0.5, 0.6]);
    const json = vitConfigToHuggingFace(config, 'ViTModel');
    expect(vitConfigFromHuggingFace(json)).toEqual({
      ...config,
      imageMean: [0.5, 0.5, 0.5],
      imageStd: [0.5, 0.5, 0.5],
    });
  });

  it('refuses a picture that the tiles do not fill', () => {
    params = createParameters([], 1);
    expect(() => vitConfigSchema.parse({ modelType: 'vit', imageSize: 30, patchSize: 16 })).toThrow(
      /multiple/,
    );
  });

  it('shapes, and the attention of every layer where asked for', () => {
    const config = vitConfigSchema.parse({
      modelType: 'vit',
      imageSize: 16,
      patchSize: 8,
      hiddenSize: 8,
      numHiddenLayers: 2,
      numAttentionHeads: 2,
      intermediateSize: 16,
    });
    const network = createVisionNetwork(config);
    params = createParameters(network.specifications(), 1);
    tf.tidy(() => {
      const out = network.forward(params, picture(3, 16), { attentions: true });
      expect(out.patches.shape).toEqual([3, network.patchCount, 8]);
      expect(out.pooled.shape).toEqual([3, 8]);
      expect(out.attentions?.map((a) => a.shape)).toEqual([
        [3, 2, 5, 5],
        [3, 2, 5, 5],
      ]);
      expect(() => network.forward(params, picture(1, 8))).toThrow(
        /vit pixels: expected shape \[B, 16, 16, 3\], got \[1, 8, 8, 3\]/,
      );
    });
  });
});

describe('CNN', () => {
  const config = visionConfigSchema.parse({ modelType: 'cnn', imageSize: 8, channels: [4, 6], blocks: 1 });
  const network = createVisionNetwork(config);

  it('shapes; same seed, same result; a record does not depend on its batch', () => {
    params = createParameters(network.specifications(), 1);
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const pixels = picture(3, 8);
      const { patches, pooled } = network.forward(params, pixels, { random: new RandomStream(1) });
      expect(patches.shape).toEqual([3, network.patchCount, network.width]);
      expect(pooled.shape).toEqual([3, 6]);
      const alone = network.forward(params, tf.slice(pixels, [1, 0, 0, 0], [1, 8, 8, 3]));
      expect(alone.pooled.dataSync()).toBeClose(tf.slice(pooled, [1, 0], [1, 6]).dataSync());
      expect(() => network.forward(params, picture(1, 16))).toThrow(/cnn pixels/);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('its pooled state knows where a thing is', () => {
    params = createParameters(network.specifications(), 1);
    tf.tidy(() => {
      const spot = tf.fill([1, 2, 2, 3], 1);
      const at = (row: number, column: number) =>
        tf.pad(spot, [
          [0, 0],
          [row, 6 - row],
          [column, 6 - column],
          [0, 0],
        ]);
      const pooled = (x: tf.Tensor) => network.forward(params, x).pooled.dataSync();
      expect(pooled(at(0, 0))).not.toBeClose(pooled(at(4, 4)), { absolute: 1e-3 });
    });
  });

  it('gradients agree with finite differences', () => {
    params = createParameters(network.specifications(), 2);
    // The blocks begin as the identity; away from it, so that what is inside them has a gradient.
    const scale = tf.tensor1d([0.7]);
    params.get('cnn.blocks.0.scale').assign(scale);
    const pixels = picture(2, 8);
    checkGradients(
      () => {
        const { patches, pooled } = network.forward(params, pixels);
        return tf.concat([tf.reshape(patches, [-1]), tf.reshape(pooled, [-1])]);
      },
      params.entries(),
      // The rectifiers bend: small steps, so that none of them is crossed.
      { step: 1e-3, tolerance: 1e-2 },
    );
    tf.dispose([scale, pixels]);
  });

  it('refuses a side that cannot be halved so often', () => {
    params = createParameters([], 1);
    const bad = visionConfigSchema.safeParse({ modelType: 'cnn', imageSize: 36, channels: [4, 8, 8] });
    expect(bad.success).toBe(false);
  });
});

describe('the position embeddings of an untrained network', () => {
  const configs = {
    vit: {
      modelType: 'vit',
      imageSize: 64,
      patchSize: 8,
      hiddenSize: 64,
      numHiddenLayers: 1,
      intermediateSize: 64,
      initializerRange: 0.1,
    },
    cnn: { modelType: 'cnn', imageSize: 64, channels: [8, 64] },
  };
  /** Redrawn beyond two standard deviations, a normal has 0.8796 of its own. */
  const CUT = 0.8796;

  it.each([
    ['vit', undefined, 0.1],
    ['vit', 2, 2],
    ['cnn', undefined, 0.02],
    ['cnn', 1.5, 1.5],
  ] as const)('%s, positionInitializerRange %s: a deviation of %s', (kind, range, deviation) => {
    const config = visionConfigSchema.parse({ ...configs[kind], positionInitializerRange: range });
    const network = createVisionNetwork(config);
    params = createParameters(network.specifications(), 1);
    const positions = network.specifications().find(({ name }) => name.endsWith('position_embeddings'));
    const values = params.get(positions?.name as string).dataSync() as Float32Array;
    const found = Math.sqrt(values.reduce((sum, one) => sum + one * one, 0) / values.length);
    expect(found / (CUT * deviation)).toBeCloseTo(1, 1);
  });
});
