/** @file Frozen features by transformers.js of tiny ONNX checkpoints, against what Python computes from the same weights. */
import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { tf } from '../../src/lib/engine';
import {
  createVisionNetwork,
  decodePreprocessed,
  FeatureModel,
  FeatureStore,
  featureCacheFolder,
  frozenFeatures,
  pictureStoreFor,
  readPreprocessing,
  visionConfigSchema,
} from '../../src/lib/vision';
import { type NetworkFixture, values } from '../parity/read-fixture';
import { noisePicture } from '../support/pictures';
import { temporaryFolder } from '../support/temporary-folder';
import { writeOnnxCheckpoint } from './write-onnx';

type Packed = NonNullable<NetworkFixture['pixels']>;
const expected = JSON.parse(
  readFileSync(resolve(__dirname, '../parity/fixtures/vision-checkpoints/expected.json'), 'utf8'),
) as Record<'clip' | 'vit', { pixels: Packed; states: Packed; pooled: Packed }>;

const temporary = temporaryFolder();
const clip = join(temporary.path, 'clip');
const vit = join(temporary.path, 'vit');
let cache: string;
let caches = 0;
const pictures: string[] = [];

beforeAll(async () => {
  await writeOnnxCheckpoint(clip, 'clip', 'vision_model.onnx');
  await writeOnnxCheckpoint(vit, 'vit', 'model.onnx', ['last_hidden_state', null]);
  for (const seed of [1, 2, 3]) {
    const png = await noisePicture(30, 22, seed).png().toBuffer();
    pictures.push(temporary.write(`pictures/${seed}.png`, png));
  }
});
beforeEach(() => {
  cache = join(temporary.path, `cache-${caches++}`);
});

/** Entries of the cache. */
const entries = () =>
  readdirSync(cache, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

describe('a model by transformers.js', () => {
  it.each([
    ['clip', clip],
    ['vit', vit],
  ] as const)('%s: the states that Python computes', async (kind, folder) => {
    expect(
      statSync(join(folder, 'onnx', kind === 'clip' ? 'vision_model.onnx' : 'model.onnx')).size,
    ).toBeLessThan(100_000);
    const model = await FeatureModel.load(folder);
    const { patchCount, width, imageSize } = model.config;
    expect([patchCount, width, imageSize]).toEqual([4, 12, 16]);
    const { imageMean, imageStd } = (await readPreprocessing(folder)) as NonNullable<
      Awaited<ReturnType<typeof readPreprocessing>>
    >;
    const { pixels, states, pooled } = expected[kind];
    // The first of the two pictures, as levels in [0, 1], channels last.
    const given = values(pixels);
    const picture = Float32Array.from({ length: 16 * 16 * 3 }, (_, i) => {
      const [c, place] = [i % 3, Math.floor(i / 3)];
      return (given[c * 256 + place] as number) * (imageStd[c] as number) + (imageMean[c] as number);
    });
    const features = await model.features(picture);
    const near = { absolute: 1e-4, relative: 1e-4 };
    expect(features.subarray(0, 12)).toBeClose(values(pooled).subarray(0, 12), near);
    expect(features.subarray(12)).toBeClose(values(states).subarray(12, 5 * 12), near);
  });

  it('SigLIP: every state is a patch, and the pooled one is its own', async () => {
    const siglip = join(temporary.path, 'siglip');
    cpSync(clip, siglip, { recursive: true });
    writeFileSync(
      join(siglip, 'config.json'),
      JSON.stringify({ model_type: 'siglip', vision_config: { image_size: 16 } }),
    );
    const black = new Float32Array(16 * 16 * 3);
    const [one, other] = [await FeatureModel.load(siglip), await FeatureModel.load(clip)];
    expect(one.config.patchCount).toBe(5);
    const features = await one.features(black);
    const known = await other.features(black);
    expect(features.slice(0, 12)).toEqual(known.slice(0, 12));
    expect(features.slice(24)).toEqual(known.slice(12));
  });

  it('a file that gives one vector alone: it is the pooled state, and the one patch', async () => {
    const single = join(temporary.path, 'single');
    await writeOnnxCheckpoint(single, 'clip', 'vision_model.onnx', ['', 'image_embeds']);
    const model = await FeatureModel.load(single);
    expect([model.config.patchCount, model.config.width]).toEqual([1, 12]);
    const black = new Float32Array(16 * 16 * 3);
    const known = await (await FeatureModel.load(clip)).features(black);
    const features = await model.features(black);
    expect(features.slice(0, 12)).toBeClose(known.slice(0, 12));
    expect(features.slice(12)).toEqual(features.slice(0, 12));
  });

  it('refuses what it cannot run, saying what is there', async () => {
    const refused = (folder: string) => expect(FeatureModel.load(folder)).rejects;
    await refused(temporary.path).toThrow(/expected onnx\/vision_model\.onnx or onnx\/model\.onnx/);
    const logits = join(temporary.path, 'logits');
    await writeOnnxCheckpoint(logits, 'vit', 'model.onnx', ['logits', null]);
    await refused(logits).toThrow(/its outputs are logits; expected last_hidden_state/);
    const other = join(temporary.path, 'other');
    cpSync(vit, other, { recursive: true });
    writeFileSync(join(other, 'config.json'), '{"model_type":"swin"}');
    await refused(other).toThrow(/config\.json: model_type is "swin"; features can be had of clip, /);
    writeFileSync(join(other, 'config.json'), '{"model_type":"vit","image_size":24}');
    await refused(other).toThrow(/image_size is 24, but the preprocessing gives 16 × 16 pixels/);
    const broken = join(temporary.path, 'damaged');
    cpSync(vit, broken, { recursive: true });
    writeFileSync(join(broken, 'onnx/model.onnx'), 'not a model');
    await refused(broken).toThrow(/damaged: transformers\.js cannot load it/);
  });

  it('another weight or another preprocessing is another model', async () => {
    const first = (await FeatureModel.load(vit)).config.modelHash;
    expect((await FeatureModel.load(clip)).config.modelHash).not.toBe(first);
    const again = join(temporary.path, 'again');
    cpSync(vit, again, { recursive: true });
    expect((await FeatureModel.load(again)).config.modelHash).toBe(first);
    const other = join(temporary.path, 'other-resample');
    cpSync(vit, other, { recursive: true });
    const path = join(other, 'preprocessor_config.json');
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), resample: 3 }));
    expect((await FeatureModel.load(other)).config.modelHash).not.toBe(first);
  });
});

describe('a store of features', () => {
  it('gives what the model says of the prepared picture, and nothing for no picture', async () => {
    const { config, store } = await frozenFeatures({ model: clip, cache });
    expect(store.shape).toEqual([5, 12]);
    const batch = await store.batch([pictures[0] as string, null, pictures[1] as string]);
    const model = await FeatureModel.load(clip);
    const { data } = await decodePreprocessed(pictures[1] as string, config.preprocessing);
    const alone = await model.features(Float32Array.from(data, (level) => level / 255));
    expect(batch.subarray(120)).toEqual(alone);
    expect(batch.subarray(60, 120).every((value) => value === 0)).toBe(true);
    // In the place of a vision network it is taken apart again.
    tf.tidy(() => {
      const features = tf.tensor(batch, [3, 5, 12]);
      const { patches, pooled } = createVisionNetwork(config).forward({} as never, features);
      expect(pooled.dataSync().slice(24)).toEqual(alone.slice(0, 12));
      expect(patches.dataSync().slice(96)).toEqual(alone.slice(12));
      expect(() => createVisionNetwork(config).forward({} as never, tf.zeros([3, 4, 12]))).toThrow(
        /features/,
      );
    });
  });

  it('keeps them on disk by content, computes each once, and anew where an entry is damaged', async () => {
    const { config, store } = await frozenFeatures({ model: clip, cache });
    const run = vi.spyOn(FeatureModel.prototype, 'features');
    const copy = temporary.write('pictures/copy.png', readFileSync(pictures[0] as string));
    const first = await store.batch([
      pictures[0] as string,
      copy,
      pictures[0] as string,
      pictures[2] as string,
    ]);
    expect(run).toHaveBeenCalledTimes(2);
    const files = entries();
    expect(files).toHaveLength(2);
    expect(files.every((file) => file.startsWith(join(cache, config.modelHash)))).toBe(true);

    // A new store, whose model need not even be loaded.
    const later = () =>
      new FeatureStore(config, { cache }).batch([
        pictures[0] as string,
        copy,
        pictures[0] as string,
        pictures[2] as string,
      ]);
    expect(await later()).toEqual(first);
    expect(run).toHaveBeenCalledTimes(2);

    const whole = readFileSync(files[0] as string);
    for (const damage of [
      whole.subarray(0, 50),
      Buffer.from(whole.map((byte, i) => (i === 7 ? byte ^ 1 : byte))),
    ]) {
      run.mockClear();
      writeFileSync(files[0] as string, damage);
      expect(await later()).toEqual(first);
      expect(run).toHaveBeenCalledTimes(1);
      expect(readFileSync(files[0] as string).equals(whole)).toBe(true);
    }
    run.mockRestore();
  });

  it('spoils a picture before the network sees it', async () => {
    const { store } = await frozenFeatures({ model: clip, cache });
    const blank = (row: number) => (row === 1 ? (picture: Float32Array) => void picture.fill(0) : null);
    const batch = await store.batch([pictures[0] as string, pictures[0] as string], undefined, blank);
    const black = await (await FeatureModel.load(clip)).features(new Float32Array(16 * 16 * 3));
    expect(batch.subarray(60)).toEqual(black);
    expect(batch.subarray(0, 60)).toEqual(await store.featuresOf(pictures[0] as string));
  });

  it('refuses features of another model, and pictures that cannot be read', async () => {
    const { config, store } = await frozenFeatures({ model: vit, cache });
    const moved = visionConfigSchema.parse({ ...config, model: clip });
    const other = pictureStoreFor(createVisionNetwork(moved), {});
    vi.stubEnv('SIGHTLINE_FEATURES', cache);
    expect(featureCacheFolder()).toBe(cache);
    vi.unstubAllEnvs();
    expect(other).toBeInstanceOf(FeatureStore);
    await expect(
      new FeatureStore({ ...config, model: clip }, { cache }).batch([pictures[0] as string]),
    ).rejects.toThrow(/clip: is not the model whose features were learned from/);
    await expect(store.batch([join(temporary.path, 'none.png')])).rejects.toThrow(
      /none\.png: no such picture/,
    );
    const text = temporary.write('pictures/text.png', 'no picture');
    await expect(store.batch([text])).rejects.toThrow(/text\.png: is not a picture that can be read/);
  });
});
