/**
 * @file Trained models of every kind of task as ONNX files: through ONNX Runtime they answer as the kit does (float32:
 * every record, logits to 1e-4), with 16-bit and 8-bit weights nearly so, and transformers.js reads them.
 */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRecords } from '../../src/lib/data';
import { greedy, NetworkLogits } from '../../src/lib/decoding';
import { use } from '../../src/lib/engine';
import { type FittedTask, mostTokens } from '../../src/lib/tasks';
import {
  answerSamples,
  exportOnnx,
  exportRun,
  languageModelOf,
  loadTrainedModel,
  type OnnxAgreement,
  onnxAgreements,
  type TrainConfigInput,
  type TrainedModel,
} from '../../src/lib/training';
import { NETWORKS, smallConfig, smallRun } from '../export/small-runs';
import { colourData } from '../support/colour-data';
import { tokenData } from '../support/token-data';
import { writtenData } from '../support/written-data';

const { BART, BERT, GPT2 } = NETWORKS;
const CNN = { modelType: 'cnn', imageSize: 32, channels: [8, 16] };
const folders = new Map<string, string>();
const trained = new Map<string, TrainedModel & { task: FittedTask }>();

beforeAll(async () => {
  await use({ device: 'cpu' });
  folders.set('classification', await colourData(200));
  folders.set('translation', await writtenData(200));
  folders.set('two-labels', await twoLabels(await colourData(200)));
  for (const task of ['ner', 'relation', 'regression'] as const)
    folders.set(task, await tokenData(task, 200));
});
afterAll(() => {
  for (const { model } of trained.values()) model.dispose();
  for (const folder of folders.values()) rmSync(folder, { recursive: true, force: true });
});

/** The colours of `colour-data.ts` as warm and cold. */
async function twoLabels(folder: string): Promise<string> {
  for (const split of ['train', 'validation', 'test']) {
    const file = join(folder, `${split}.jsonl`);
    const warm = readFileSync(file, 'utf8').replace(/"label":"(red|yellow)"/g, '"label":"warm"');
    writeFileSync(file, warm.replace(/"label":"(green|blue)"/g, '"label":"cold"'));
  }
  return folder;
}

const longer = { maxSteps: 30 };
const cases: [string, string, TrainConfigInput['model'], TrainConfigInput['training']?][] = [
  ['text', 'classification', { text: BERT }, longer],
  [
    'gated',
    'classification',
    { text: BERT, vision: CNN, fusion: 'concat', gate: { supervision: 'matching' } },
  ],
  [
    'binary',
    'two-labels',
    { text: BERT, vision: CNN, fusion: 'cross-attention', head: { loss: 'binary-cross-entropy' } },
  ],
  ['entities', 'ner', { text: BERT, vision: CNN, fusion: 'prefix' }],
  ['relations', 'relation', { text: BERT }],
  ['values', 'regression', { text: BERT, vision: CNN, fusion: 'gated-addition' }],
  ['writes', 'translation', { text: GPT2, vision: CNN, fusion: 'gated-cross-attention', gate: true }, longer],
  ['encodes', 'translation', { text: BART, vision: CNN, fusion: 'cross-attention' }, longer],
];

async function agreements(name: string, task: string): Promise<Record<string, OnnxAgreement>> {
  const data = folders.get(task) as string;
  const model = trained.get(name) as TrainedModel & { task: FittedTask };
  const folder = join(data, 'exports', name);
  await exportOnnx(model, folder);
  // What has to be the same is compared on all 200 records, what may be nearly the same on 50.
  const found = [
    ...(await onnxAgreements(model, folder, join(data, 'train.jsonl'), ['fp32'])),
    ...(await onnxAgreements(model, folder, join(data, 'validation.jsonl'), ['fp16', 'int8'])),
  ];
  return Object.fromEntries(found.map((one) => [one.precision, one]));
}

describe.each(cases)('%s (%s)', (name, task, model, training) => {
  it('answers in ONNX Runtime as it does here', async () => {
    const data = folders.get(task) as string;
    const of = task === 'two-labels' ? 'classification' : task;
    await smallRun(data, name, smallConfig(of, model, training));
    const loaded = await loadTrainedModel(join(data, 'runs', name, 'model'));
    trained.set(name, loaded as TrainedModel & { task: FittedTask });
    const { fp32, fp16, int8 } = await agreements(name, task);
    expect(fp32?.agreement).toBe(1);
    expect(fp32?.records).toBe(200);
    if (fp32?.largestDifference != null) expect(fp32.largestDifference).toBeLessThan(1e-4);
    expect(fp16?.agreement).toBeGreaterThanOrEqual(0.9);
    if (fp16?.largestDifference != null) expect(fp16.largestDifference).toBeLessThan(2e-2);
    if (task === 'regression')
      expect(int8?.largestDifference).toBeLessThan(0.2); // deviations
    else expect(int8?.agreement).toBeGreaterThanOrEqual(0.75);
    const size = (file: string) => statSync(join(data, 'exports', name, 'onnx', file)).size;
    const [main] = readdirSync(join(data, 'exports', name, 'onnx')).filter((file) =>
      /^(model|decoder_model_merged)\.onnx$/.test(file),
    ) as [string];
    expect(size(main.replace('.onnx', '_fp16.onnx'))).toBeLessThan(size(main));
    expect(size(main.replace('.onnx', '_quantized.onnx'))).toBeLessThan(size(main));
  });
});

describe('transformers.js', () => {
  /** The export as the hub lays it, read from the disk alone. */
  async function library(folder: string) {
    const found = await import('@xenova/transformers');
    found.env.allowRemoteModels = false;
    found.env.localModelPath = `${dirname(folder)}/`;
    return { ...found, name: basename(folder) };
  }

  it('classifies texts as the kit does', async () => {
    const data = folders.get('classification') as string;
    const model = trained.get('text') as TrainedModel & { task: FittedTask };
    const folder = join(data, 'exports', 'for-transformers-js');
    await exportRun(join(data, 'runs', 'text'), folder, { precisions: ['fp32'] });
    const { pipeline, name } = await library(folder);
    const classify = await pipeline('text-classification', name, { dtype: 'fp32' });
    const set = await readRecords(join(data, 'train.jsonl'), 'classification');
    const texts = set.records.map(({ text }) => ({ text, picture: null }));
    const expected = await answerSamples(model, texts);
    for (const [i, { text }] of set.records.entries()) {
      const [best] = (await classify(text)) as { label: string; score: number }[];
      const { prediction, probabilities } = expected[i] as (typeof expected)[number];
      expect(best?.label).toBe(prediction);
      expect(best?.score).toBeCloseTo(probabilities?.[prediction] as number, 4);
    }
    await classify.dispose();
  });

  it('writes what the kit writes, greedily', async () => {
    const data = folders.get('translation') as string;
    await smallRun(data, 'plain', smallConfig('translation', { text: GPT2 }, longer));
    const model = (await loadTrainedModel(join(data, 'runs', 'plain', 'model'))) as TrainedModel;
    const folder = join(data, 'exports', 'writes-for-transformers-js');
    await exportRun(join(data, 'runs', 'plain'), folder, { precisions: ['fp32'] });
    const { AutoModelForCausalLM, Tensor, name } = await library(folder);
    const theirs = await AutoModelForCausalLM.from_pretrained(name, { dtype: 'fp32' });
    const language = languageModelOf(model);
    const ours = new NetworkLogits(language);
    const { format } = language;
    const { records } = await readRecords(join(data, 'train.jsonl'), 'translation');
    expect(records).toHaveLength(200);
    for (const { source } of records) {
      const ids = format?.prompt(source) as number[];
      const maximumTokens = mostTokens(model.task.state);
      const [expected] = await greedy(ours, [ids], { maximumTokens, stopIds: [format?.endId as number] });
      const input_ids = new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]);
      const attention_mask = new Tensor(
        'int64',
        BigInt64Array.from(ids, () => 1n),
        [1, ids.length],
      );
      const found = (await theirs.generate({
        inputs: input_ids,
        attention_mask,
        max_new_tokens: maximumTokens,
        do_sample: false,
      } as never)) as { tolist(): bigint[][] };
      const written = (found.tolist()[0] as bigint[]).slice(ids.length).map(Number);
      expect(written.filter((id) => id !== format?.endId)).toEqual(expected?.ids);
    }
    ours.dispose();
    model.model.dispose();
    await theirs.dispose();
  });
});
