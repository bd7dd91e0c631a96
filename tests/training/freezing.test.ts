/** @file What is frozen does not move by a bit, and everything else does. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { use } from '../../src/lib/engine';
import { readSafetensors } from '../../src/lib/export/safetensors-sharded';
import { parseTrainConfig, prepare, type TrainConfigInput, train } from '../../src/lib/training';
import { colourData } from '../support/colour-data';

let folder: string;
beforeAll(async () => {
  folder = await colourData();
  await use({ device: 'cpu' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const config = (frozen: string[]): TrainConfigInput => ({
  task: 'classification',
  data: { train: 'train.jsonl' },
  model: { text: 'tiny', vision: 'cnn-tiny', fusion: 'concat' },
  training: { maxSteps: 4, batchSize: 16, weightDecay: 0.5, frozen },
});

/** Names of the parameters that four steps have changed. */
async function moved(frozen: string[], name: string): Promise<Set<string>> {
  const begun = await prepare(parseTrainConfig(config(frozen)), { folder });
  const before = await begun.model.parameters.toArrays();
  begun.dispose();
  const out = join(folder, 'runs', name);
  await train(config(frozen), out, { folder });
  const { tensors } = await readSafetensors(join(out, 'model', 'model.safetensors'));
  const same = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a).every((value, i) => Object.is(value, b[i]));
  const changed = [...before].filter(
    ([key, { data }]) => !same(data, tensors.get(key)?.data as Float32Array),
  );
  return new Set(changed.map(([key]) => key));
}

describe('training.frozen', () => {
  it('nothing: every parameter that the loss depends on learns', async () => {
    const names = await moved([], 'free');
    expect(names).toContain('bert.encoder.layer.0.output.dense.weight');
    expect(names).toContain('cnn.stages.0.weight');
  });

  it('parts and patterns stay as they are, weight decay included', async () => {
    const names = await moved(['text', 'cnn.stages.0.*'], 'frozen');
    expect([...names].filter((name) => /^bert\.|^cnn\.stages\.0\./.test(name))).toEqual([]);
    for (const name of ['cnn.stages.1.weight', 'fusion.output.weight']) expect(names).toContain(name);
    const head = await moved(['text', 'vision', 'fusion'], 'head-only');
    expect(head.size).toBeGreaterThan(0);
    expect([...head].filter((name) => /^(bert|cnn|fusion)\./.test(name))).toEqual([]);
  });

  it.each([
    [['bert.encoder.layer.7.*'], /frozen: "bert\.encoder\.layer\.7\.\*" is no parameter of this model/],
    [['txt'], /did you mean text\?/],
    [['*'], /nothing is left to learn/],
  ])('%j is refused', async (frozen, message) => {
    await expect(train(config(frozen), join(folder, 'runs', 'refused'), { folder })).rejects.toThrow(message);
  });
});
