/** @file A vision network from trained weights in a train config: a Hugging Face folder, a name on the hub, a run. */
import { cpSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { use } from '../../src/lib/engine';
import type { ParameterArrays } from '../../src/lib/nn';
import { evaluateModel, loadTrainedModel, type TrainConfigInput, train } from '../../src/lib/training';
import { loadVisionCheckpoint, readMobilenet } from '../../src/lib/vision';
import { colourData } from '../support/colour-data';
import { sharedData } from '../support/shared-data';
import { temporaryFolder } from '../support/temporary-folder';
import { commitOf, type HubServer, serveHub } from '../text/checkpoint/hub-server';
import { writeOnnxCheckpoint } from '../vision/write-onnx';

const FIXTURES = resolve(__dirname, '../parity/fixtures/vision-checkpoints');
const published = sharedData('mobilenet');
const { path: runs } = temporaryFolder();
let data: string;
let onnx: string;
let hub: HubServer;
let count = 0;

beforeAll(async () => {
  await use({ device: 'cpu' });
  data = await colourData(48);
  onnx = join(data, 'clip-onnx');
  await writeOnnxCheckpoint(onnx, 'clip', 'vision_model.onnx');
  hub = await serveHub({ 'tiny/clip': join(FIXTURES, 'clip'), 'tiny/onnx': onnx });
});
afterAll(() => hub.close());
afterEach(() => vi.unstubAllEnvs());

const config = (
  vision: string | { modelType: string; model: string },
  change: TrainConfigInput['training'] = {},
): TrainConfigInput => ({
  task: 'classification',
  data: { train: 'train.jsonl', validation: 'validation.jsonl', test: 'test.jsonl' },
  model: { text: 'tiny', vision, fusion: 'concat' },
  training: { maxSteps: 3, batchSize: 16, frozen: ['vision'], ...change },
});

/** Trains, and gives the run's folder and the vision part of its weights. */
async function trained(settings: TrainConfigInput, folder = data) {
  const out = join(runs, `run-${count++}`);
  const result = await train(settings, out, { folder });
  const { model } = await loadTrainedModel(join(out, 'model'));
  const arrays = await model.parameters.toArrays();
  const { vision } = model.network;
  const names = vision?.specifications().map(({ name }) => name) ?? [];
  const seen: ParameterArrays = new Map(
    names.map((name) => [name, arrays.get(name) as NonNullable<unknown>] as never),
  );
  model.dispose();
  return { out, result, seen, settings: vision?.config };
}

const same = (a: ParameterArrays, b: ParameterArrays) =>
  a.size === b.size &&
  [...a].every(([name, { data }]) => data.every((one, i) => one === b.get(name)?.data[i]));

describe('model.vision', () => {
  it('a Hugging Face folder: its weights, kept where they are frozen; its preprocessing, kept by the run', async () => {
    cpSync(join(FIXTURES, 'clip'), join(data, 'clip'), { recursive: true });
    const { weights, config: published } = await loadVisionCheckpoint(join(FIXTURES, 'clip'));
    const frozen = await trained(config('clip'));
    expect(frozen.settings).toEqual(published);
    expect(same(frozen.seen, weights)).toBe(true);
    // Evaluated from the run's folder, the pictures are prepared as in training: the same numbers come out.
    const again = await evaluateModel(frozen.out, join(data, 'test.jsonl'));
    expect(again.metrics.accuracy?.value).toBe(frozen.result.metrics.accuracy?.value);

    const moving = await trained(config('clip', { frozen: [] }));
    expect(same(moving.seen, weights)).toBe(false);
  });

  it('a name on the hub, and then, without network, what is cached', async () => {
    vi.stubEnv('HF_ENDPOINT', hub.url);
    vi.stubEnv('HF_HUB_CACHE', join(runs, 'cache'));
    for (const name of ['HF_TOKEN', 'HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE']) vi.stubEnv(name, '');
    const { weights } = await loadVisionCheckpoint(join(FIXTURES, 'clip'));
    const named = await trained(config('hub:tiny/clip'));
    expect(same(named.seen, weights)).toBe(true);
    vi.stubEnv('HF_HUB_OFFLINE', '1');
    const pinned = await trained(config(`hub:tiny/clip@${commitOf('tiny/clip')}`));
    expect(same(pinned.seen, weights)).toBe(true);
  });

  it('a run of this kit: the vision network that it trained', async () => {
    const first = await trained(config('cnn-tiny', { frozen: [] }));
    const second = await trained(config(first.out));
    expect(second.settings).toEqual(first.settings);
    expect(same(second.seen, first.seen)).toBe(true);
    const blind = join(runs, 'blind');
    const alone = {
      ...config('cnn-tiny', { frozen: [] }),
      model: { text: 'tiny', fusion: 'none' },
    } as const;
    await train(alone, blind, { folder: data });
    await expect(trained(config(blind))).rejects.toThrow(/blind.*model is a text-only model/);
  });

  it.skipIf(!published)('a published MobileNet, frozen (needs ../shared/data/mobilenet)', async () => {
    const folder = join(published as string, 'v1_025_128');
    const frozen = await trained(config(folder));
    expect(same(frozen.seen, (await readMobilenet(folder)).weights)).toBe(true);
    expect((frozen.settings as { preprocessing?: { resize: unknown } }).preprocessing?.resize).toEqual({
      height: 128,
      width: 128,
    });
  });

  it('frozen features: from a folder or the hub, shown and spoiled, and refused where the model has changed', async () => {
    vi.stubEnv('SIGHTLINE_FEATURES', join(runs, 'features'));
    vi.stubEnv('HF_ENDPOINT', hub.url);
    vi.stubEnv('HF_HUB_CACHE', join(runs, 'cache'));
    for (const name of ['HF_TOKEN', 'HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE']) vi.stubEnv(name, '');
    const local = await trained(config({ modelType: 'features', model: 'clip-onnx' }, { frozen: [] }));
    expect(local.settings).toMatchObject({ modelType: 'features', model: onnx, patchCount: 4, width: 12 });
    const test = join(data, 'test.jsonl');
    const again = await evaluateModel(local.out, test);
    expect(again.metrics.accuracy?.value).toBe(local.result.metrics.accuracy?.value);
    for (const condition of ['blank', 'shuffled', 'noise', 'none'] as const) {
      expect((await evaluateModel(local.out, test, { condition })).records).toBe(24);
    }
    const named = await trained(config({ modelType: 'features', model: 'hub:tiny/onnx' }));
    expect(named.settings).toMatchObject({ model: 'hub:tiny/onnx' });
    expect(named.result.metrics.accuracy?.value).toBe(local.result.metrics.accuracy?.value);

    await writeOnnxCheckpoint(onnx, 'vit', 'vision_model.onnx');
    vi.stubEnv('SIGHTLINE_FEATURES', join(runs, 'no features yet'));
    await expect(evaluateModel(local.out, test)).rejects.toThrow(
      /is not the model whose features were learned/,
    );
    const wrong = { modelType: 'features', model: 3 } as unknown as { modelType: string; model: string };
    await expect(trained(config(wrong))).rejects.toThrow(/model\.vision\.model: expected a folder or hub:/);
  });

  it('says what is looked for where there is no such folder, and what does not fit in one', async () => {
    await expect(trained(config('weights/clip'))).rejects.toThrow(
      /model\.vision: "weights\/clip" is neither a preset \(.*\) nor a folder \(looked for .*weights.clip\); a checkpoint on/,
    );
    await expect(trained(config('cnn-smal'))).rejects.toThrow(/did you mean cnn-small\?/);
    await expect(trained(config('images'))).rejects.toThrow(/config\.json: missing; the folder holds/);
  });
});
