/** @file `model.text` names a run of another task: its text network is taken, its head is not. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { use } from '../../src/lib/engine';
import { parseTrainConfig, prepare, type TrainConfigInput, train } from '../../src/lib/training';
import { loadTrainedModel } from '../../src/lib/training/trained-model';
import { tinyTextNetwork } from '../support/tiny-networks';
import { tokenData } from '../support/token-data';

let entities: string;
let relations: string;
beforeAll(async () => {
  await use({ device: 'cpu' });
  entities = await tokenData('ner', 16);
  relations = await tokenData('relation', 16);
  await train(config('ner', tinyTextNetwork), join(entities, 'run'), { folder: entities });
}, 60_000);
afterAll(() => {
  for (const folder of [entities, relations]) rmSync(folder, { recursive: true, force: true });
});

const config = (task: 'ner' | 'relation', text: unknown): TrainConfigInput =>
  ({
    task,
    data: { train: 'train.jsonl', validation: 'validation.jsonl' },
    model: { text, fusion: 'none' },
    training: { epochs: 2, batchSize: 8 },
    seed: 5,
  }) as TrainConfigInput;

it.each(['ner', 'relation'] as const)(
  'begins %s from a run of entities, with a head of its own',
  async (task) => {
    const run = await loadTrainedModel(join(entities, 'run/model'));
    const learned = await run.model.parameters.toArrays();
    run.model.dispose();
    const folder = task === 'ner' ? entities : relations;
    const begun = await prepare(parseTrainConfig(config(task, join(entities, 'run')), 'config.json'), {
      folder,
    });
    const fresh = await prepare(parseTrainConfig(config(task, tinyTextNetwork), 'config.json'), { folder });
    const [weights, random] = [
      await begun.model.parameters.toArrays(),
      await fresh.model.parameters.toArrays(),
    ];
    for (const name of begun.model.network.text.specifications().map((one) => one.name))
      if (!name.includes('pooler')) expect(weights.get(name)?.data, name).toEqual(learned.get(name)?.data);
    // Also where the head has the shape of the run's: its labels need not be the same.
    const head = weights.get('classifier.weight');
    expect(head?.data).toEqual(random.get('classifier.weight')?.data);
    expect(head?.data).not.toEqual(learned.get('classifier.weight')?.data);
    begun.dispose();
    fresh.dispose();
  },
);
