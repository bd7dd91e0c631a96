/** @file MobileNets as published, against the reference outputs beside them, and a tiny one by hand. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { compile, tf, use } from '../../src/lib/engine';
import { createParameters, type Parameters } from '../../src/lib/nn';
import {
  createVisionNetwork,
  mobilenetConfigSchema,
  type Preprocessing,
  type PublishedMobilenet,
  preprocess,
  readMobilenet,
} from '../../src/lib/vision';
import { checkGradients } from '../nn/gradient-check';
import { sharedData } from '../support/shared-data';
import { temporaryFolder } from '../support/temporary-folder';
import { readBmp } from './read-bmp';

interface Reference {
  input: string;
  top3: [string, number][];
  feature8: number[];
  featureMean: number;
}

const published = sharedData('mobilenet');
const temporary = temporaryFolder();
let params: Parameters | undefined;
afterEach(() => {
  params?.dispose();
  params = undefined;
});

function withWeights({ config, weights }: PublishedMobilenet): Parameters {
  params = createParameters(createVisionNetwork(config).specifications(), 1);
  params.load(weights);
  return params;
}

/** Probabilities of each picture's classes from pooled [B, D]. */
function probabilities(pooled: Float32Array, { classifier }: PublishedMobilenet): number[][] {
  return tf.tidy(() => {
    const { weight, bias, low, high } = classifier;
    const x = tf.tensor2d(pooled, [pooled.length / (weight.shape[1] as number), weight.shape[1] as number]);
    const product = tf.matMul(x, tf.tensor2d(weight.data, weight.shape as [number, number]), false, true);
    const logits = tf.clipByValue(tf.add(product, tf.tensor1d(bias.data)), low, high);
    return tf.softmax(logits).arraySync() as number[][];
  });
}

describe.skipIf(!published)('published MobileNets (needs ../shared/data/mobilenet)', () => {
  it.each(['v1_025_128', 'v1_050_160', 'v2_100_224'])(
    '%s: features and probabilities of three photographs',
    async (name) => {
      const folder = join(published as string, name);
      const { reference } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
        reference: Record<string, Reference>;
      };
      const labels = readFileSync(join(published as string, 'imagenet_labels.txt'), 'utf8').split('\n');
      const read = await readMobilenet(folder);
      const { config } = read;
      const network = createVisionNetwork(config);
      const weights = withWeights(read);
      const side = config.imageSize;
      const pictures = Object.values(reference);
      const levels = pictures.flatMap(({ input }) => [...readFileSync(join(folder, input))]);
      const pixels = tf.tensor4d(
        Float32Array.from(levels, (level) => level / 255),
        [pictures.length, side, side, 3],
      );
      await use({ device: 'cpu' });
      const run = compile(
        (x: tf.Tensor) => {
          const { patches, pooled } = network.forward(weights, x);
          return { patches, pooled };
        },
        { state: weights.variables(), name },
      );
      const out = await run(pixels);
      expect(out.patches.shape).toEqual([pictures.length, network.patchCount, network.width]);
      const pooled = (await out.pooled.data()) as Float32Array;
      const guessed = probabilities(pooled, read);
      for (const [row, { top3, feature8, featureMean }] of pictures.entries()) {
        const features = pooled.subarray(row * network.width, (row + 1) * network.width);
        expect(features.subarray(0, 8)).toBeClose(feature8, { absolute: 1e-3, relative: 0 });
        expect([features.reduce((a, b) => a + b, 0) / network.width]).toBeClose([featureMean], {
          absolute: 1e-3,
        });
        const best = (guessed[row] as number[])
          .map((p, i) => [labels[i], p] as const)
          .sort((a, b) => b[1] - a[1]);
        expect(best.slice(0, 3).map(([label]) => label)).toEqual(top3.map(([label]) => label));
        expect(best.slice(0, 3).map(([, p]) => p)).toBeClose(
          top3.map(([, p]) => p),
          { absolute: 1e-3, relative: 0 },
        );
      }
      run.dispose();
      tf.dispose([out.patches, out.pooled, pixels]);
    },
  );

  it('its preprocessing comes near the pictures that were given to the original', async () => {
    const folder = join(published as string, 'v1_025_128');
    const { config } = await readMobilenet(folder);
    const given = readFileSync(join(folder, 'cat.rgb.u8.bin'));
    const { data } = preprocess(
      readBmp(join(published as string, 'ref-images/cat.bmp')),
      config.preprocessing as Preprocessing,
    );
    const mean =
      data.reduce((sum, level, i) => sum + Math.abs(level - (given[i] as number)), 0) / data.length;
    expect(mean).toBeLessThan(1);
  });

  it('refuses weights that are cut short', async () => {
    const manifest = readFileSync(join(published as string, 'v1_025_128/manifest.json'));
    const path = temporary.write('cut/manifest.json', manifest);
    writeFileSync(path.replace('manifest.json', 'weights.bin'), Buffer.alloc(1000));
    await expect(readMobilenet(join(temporary.path, 'cut'))).rejects.toThrow(
      /manifest\.json: layers\.\d+ \(\w+\): weight \[.*\] at \d+ and bias at \d+ do not fit into weights\.bin of 1000 bytes/,
    );
    await expect(readMobilenet(temporary.path)).rejects.toThrow(/manifest\.json: there is no such file/);
  });
});

describe('a tiny MobileNet', () => {
  const layer = { low: -2, high: 6 };
  const config = mobilenetConfigSchema.parse({
    modelType: 'mobilenet',
    imageSize: 5,
    layers: [
      { kind: 'convolution', inputs: [-1], channels: 4, kernel: 3, stride: 2, ...layer },
      { kind: 'depthwise', inputs: [0], channels: 4, kernel: 3, ...layer },
      { kind: 'convolution', inputs: [1], channels: 4, ...layer },
      { kind: 'add', inputs: [2, 0], channels: 4, low: -1, high: 1 },
    ],
  });
  const network = createVisionNetwork(config);

  it('shapes, clipping, memory; pooled is the mean of the patches; gradients agree with finite differences', () => {
    params = createParameters(network.specifications(), 1);
    const weights = params;
    const pixels = tf.randomUniform([2, 5, 5, 3], 0, 1, 'float32', 1);
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const { patches, pooled } = network.forward(weights, pixels);
      expect(patches.shape).toEqual([2, network.patchCount, network.width]);
      expect([network.patchCount, network.width]).toEqual([9, 4]);
      expect(Math.max(...patches.dataSync())).toBeLessThanOrEqual(1);
      expect(pooled.dataSync()).toBeClose(tf.mean(patches, 1).dataSync());
    });
    expect(tf.memory().numTensors).toBe(before);
    checkGradients(() => tf.reshape(network.forward(weights, pixels).patches, [-1]), params.entries(), {
      step: 1e-3,
      tolerance: 2e-2,
    });
    pixels.dispose();
  });

  it('a depthwise filter sees its own channel alone, padded as TensorFlow pads, by hand', () => {
    const wide = { low: -100, high: 100 };
    const small = createVisionNetwork(
      mobilenetConfigSchema.parse({
        modelType: 'mobilenet',
        imageSize: 4,
        imageMean: [0, 0, 0],
        imageStd: [1, 1, 1],
        layers: [{ kind: 'depthwise', inputs: [-1], channels: 3, kernel: 3, stride: 2, ...wide }],
      }),
    );
    params = createParameters(small.specifications(), 1);
    // Red: the sum of its window. Green: its upper left corner. Blue: 0, and a bias.
    const filter = new Float32Array(27);
    filter.fill(1, 0, 9);
    filter[9] = 1;
    params.load(
      new Map([
        ['mobilenet.layers.0.weight', { shape: [3, 1, 3, 3], data: filter }],
        ['mobilenet.layers.0.bias', { shape: [3], data: Float32Array.from([0, 0, 7]) }],
      ]),
    );
    const levels = Float32Array.from({ length: 48 }, (_, i) => Math.floor(i / 3)); // 0 … 15, each channel alike
    const pixels = tf.tensor4d(levels, [1, 4, 4, 3]);
    // At stride 2, a side of 4 lacks one place: it is added right and below. Windows begin at 0 and 2.
    tf.tidy(() => {
      expect(small.forward(params as Parameters, pixels).patches.dataSync()).toBeClose([
        45, 0, 7, 39, 2, 7, 66, 8, 7, 50, 10, 7,
      ]);
    });
    pixels.dispose();
  });

  it.each([
    [{ kind: 'add', inputs: [0], channels: 4, ...layer }, /add takes two inputs/],
    [{ kind: 'depthwise', inputs: [0], channels: 5, ...layer }, /depthwise keeps its channels/],
    [{ kind: 'convolution', inputs: [1], channels: 5, ...layer }, /inputs must be earlier layers/],
  ])('refuses %j', (wrong, message) => {
    const layers = [config.layers[0], wrong];
    const { error } = mobilenetConfigSchema.safeParse({ modelType: 'mobilenet', imageSize: 5, layers });
    expect(error?.message).toMatch(message);
  });
});
