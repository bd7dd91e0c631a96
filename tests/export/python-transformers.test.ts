/**
 * @file Exports of each task's model in Python `transformers`, on 200 records: nothing missing or unexpected, the same
 * log-probabilities or logits (1e-4), the same classes, tags and greedy text, and the card's own code. Where
 * SIGHTLINE_PARITY_PYTHON names an interpreter with PyTorch (`npm run parity -- exports`); `python.test.ts` is the half
 * that needs none.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { greedy, NetworkLogits } from '../../src/lib/decoding';
import { tf, use } from '../../src/lib/engine';
import { textFormat, writingTaskNamed } from '../../src/lib/tasks';
import {
  exportRun,
  languageModelOf,
  loadTrainedModel,
  predictRecords,
  type TrainConfigInput,
} from '../../src/lib/training';
import { colourData } from '../support/colour-data';
import { jsonLinesOf, temporaryFolder } from '../support/temporary-folder';
import { NETWORKS, smallConfig, smallRun } from './small-runs';

const { BERT, BART, GPT2, LLAMA, VIT } = NETWORKS;
const temporary = temporaryFolder();

type Line = { id: string; text: string; image: string; label: string; group: string };
type Make = (line: Line) => Record<string, unknown> | null;

/** What each task's records are made of the coloured discs. */
const RECORDS: Record<string, Make> = {
  classification: (line) => line,
  binary: (line) => (line.label === 'red' || line.label === 'blue' ? line : null),
  regression: ({ label, ...rest }) => ({ ...rest, value: rest.text.length + label.length / 2 }),
  ner: ({ id, text }) => {
    const tokens = text.split(' ');
    const tags = tokens.map((token) =>
      /^(red|green|blue|yellow)$/.test(token) ? 'B-colour' : token === 'disc' ? 'B-thing' : 'O',
    );
    return { id, tokens, tags };
  },
  relation: ({ id, text }) => {
    const tokens = text.split(' ');
    const label = text.startsWith('the') ? 'said' : 'asked';
    return { id, tokens, head: [0, 2], tail: [2, tokens.length], label };
  },
  qa: ({ id, text, label, image }) => ({ id, question: text, answer: `it is ${label} .`, image }),
  captioning: ({ id, label, image }) => ({ id, text: `a ${label} disc`, image }),
  translation: ({ id, text, image }) => ({
    id,
    source: text,
    target: text.replace('disc', 'Scheibe'),
    image,
  }),
};

let data: string;

/** A folder with the records of one task, beside the pictures. */
function recordsOf(name: string): string {
  const folder = join(data, name);
  if (existsSync(folder)) return folder;
  cpSync(join(data, 'images'), join(folder, 'images'), { recursive: true });
  for (const split of ['train', 'validation', 'test']) {
    const made = linesOf(join(data, `${split}.jsonl`)).map((line) => (RECORDS[name] as Make)(line as Line));
    writeFileSync(join(folder, `${split}.jsonl`), jsonLinesOf(made.filter((record) => record !== null)));
  }
  return folder;
}

const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string>);

async function trained(name: string, task: string, model: TrainConfigInput['model']): Promise<string> {
  const folder = recordsOf(name);
  const config = smallConfig(task as TrainConfigInput['task'], model, { maxSteps: 60, learningRate: 5e-3 });
  await smallRun(folder, JSON.stringify(model).length.toString(), config);
  const run = join(folder, 'runs', JSON.stringify(model).length.toString());
  await exportRun(run, `${run}-export`, { format: 'huggingface', controls: false });
  return run;
}

async function labelCase(name: string, task: string, model: TrainConfigInput['model']) {
  const run = await trained(name, task, model);
  const records = join(run, '..', '..', 'test.jsonl');
  const predictions = await predictRecords(run, records);
  const value = task === 'regression';
  return {
    name: `${task} ${name}`,
    kind: 'labels',
    folder: `${run}-export`,
    records,
    value,
    prediction: predictions.map(({ prediction }) => prediction),
    scores: predictions.map(({ prediction, probabilities }) =>
      value ? [Number(prediction)] : Object.values(probabilities ?? {}).map(Math.log),
    ),
  };
}

async function writingCase(task: 'qa' | 'captioning' | 'translation', model: TrainConfigInput['model']) {
  const run = await trained(task, task, model);
  const records = join(run, '..', '..', 'test.jsonl');
  const predictions = await predictRecords(run, records);
  const loaded = await loadTrainedModel(join(run, 'model'));
  const field = { qa: 'question', captioning: '', translation: 'source' }[task];
  const logits = new NetworkLogits(languageModelOf(loaded));
  try {
    const prompts = linesOf(records)
      .slice(0, 20)
      .map((record) =>
        textFormat(loaded.tokenizer).prompt(writingTaskNamed(task)?.prompt(record as never) ?? ''),
      );
    const next = await Promise.all(
      prompts.map(async (ids) => Array.from((await logits.next([rowOf(ids)]))[0] ?? [])),
    );
    return {
      name: task,
      kind: 'writes',
      folder: `${run}-export`,
      records,
      field,
      prediction: predictions.map(({ prediction }) => prediction),
      logits: next,
    };
  } finally {
    logits.dispose();
    loaded.model.dispose();
  }
}

const rowOf = (ids: readonly number[]) => ({ ids, source: 0, parent: null });

/** Language models: 200 texts, the logits of their last token, and what comes next or is seen in their place. */
async function textsCase(task: 'causal-lm' | 'masked-lm', model: TrainConfigInput['model']) {
  const texts = linesOf(join(data, 'test.jsonl')).map(({ text }) => text as string);
  const corpus = linesOf(join(data, 'train.jsonl')).map(({ text }) => text as string);
  const file = temporary.write(`${task}.txt`, `${corpus.join('\n')}\n`);
  const run = join(temporary.path, 'runs', task);
  const config = smallConfig(task, model, { maxSteps: 60 });
  await smallRun(temporary.path, task, {
    ...config,
    data: { train: file },
    languageModel: { blockLength: 24 },
  });
  await exportRun(run, `${run}-export`, { format: 'huggingface' });
  const loaded = await loadTrainedModel(join(run, 'model'));
  const { network, parameters } = loaded.model;
  const causal = task === 'causal-lm';
  const base = causal ? new NetworkLogits(languageModelOf(loaded)) : null;
  try {
    const asked = causal ? texts : texts.map((text) => text.replace('disc', '[MASK]'));
    const ids = asked.map((text) => [...loaded.tokenizer.encode(text).ids]);
    const all = ids.map((row) =>
      tf.tidy(() => {
        const { states } = network.text.forward(parameters, { ids: tf.tensor2d([row], undefined, 'int32') });
        const logits = network.text.languageModel.logits(parameters, states);
        return (logits.arraySync() as number[][][])[0] as number[][];
      }),
    );
    const written = base ? await greedy(base, ids, { maximumTokens: 8, stopIds: [] }) : null;
    return {
      name: task,
      kind: 'texts',
      folder: `${run}-export`,
      causal,
      texts: asked,
      logits: all.map((rows) => rows.at(-1)),
      greedy: written
        ? written.map((one) => one.ids)
        : all.map((rows) => rows.map((row) => row.indexOf(Math.max(...row)))),
    };
  } finally {
    base?.dispose();
    loaded.model.dispose();
  }
}

async function partsCase() {
  const run = await trained('classification', 'classification', {
    text: BERT,
    vision: VIT,
    fusion: 'concat',
  });
  const loaded = await loadTrainedModel(join(run, 'model'));
  const { network, parameters } = loaded.model;
  const texts = linesOf(join(data, 'test.jsonl'))
    .slice(0, 20)
    .map(({ text }) => text as string);
  const pixels = Float32Array.from({ length: 32 * 32 * 3 }, (_, i) => ((i * 7919) % 256) / 255);
  try {
    const picture = tf.tensor(pixels, [1, 32, 32, 3]);
    const seen = network.see(parameters, picture) as NonNullable<ReturnType<typeof network.see>>;
    return {
      name: 'classification, guided',
      kind: 'parts',
      folder: `${run}-export`,
      texts,
      states: texts.map((text) => {
        const ids = tf.tensor2d([[...loaded.tokenizer.encode(text).ids]], undefined, 'int32');
        return (network.text.forward(parameters, { ids }).states.arraySync() as number[][][])[0];
      }),
      pixels: (picture.arraySync() as unknown[])[0],
      patches: (seen.patches.arraySync() as unknown[])[0],
    };
  } finally {
    loaded.model.dispose();
  }
}

const python = process.env.SIGHTLINE_PARITY_PYTHON;
const compare = (python: string) => {
  beforeAll(async () => {
    await use({ device: 'cpu' });
    data = await colourData(400);
  });
  afterAll(() => rmSync(data, { recursive: true, force: true }));

  it('agrees on every task', async () => {
    const cases = [
      await labelCase('classification', 'classification', { text: BERT }),
      await labelCase('binary', 'classification', {
        text: BERT,
        pooling: 'network',
        head: { loss: 'binary-cross-entropy' },
      }),
      await labelCase('regression', 'regression', { text: BERT, pooling: 'network' }),
      await labelCase('ner', 'ner', { text: BERT }),
      await labelCase('relation', 'relation', { text: BERT }),
      await writingCase('qa', { text: GPT2 }),
      await writingCase('qa', { text: LLAMA }),
      await writingCase('captioning', { text: GPT2 }),
      await writingCase('translation', { text: BART }),
      await textsCase('causal-lm', { text: GPT2 }),
      await textsCase('masked-lm', { text: BERT }),
      await partsCase(),
    ];
    const path = join(temporary.path, 'cases.json');
    writeFileSync(path, JSON.stringify(cases));
    const script = resolve(__dirname, '../parity/export_check.py');
    const { status, stdout, stderr } = spawnSync(python, [script, path], { encoding: 'utf8' });
    process.stdout.write(stdout); // the page of `npm run parity` shows it
    expect(status === 0 ? '' : `${stdout}${stderr}`).toBe('');
    expect(stdout).toContain(`agrees on ${cases.length} exports: transformers`);
  }, 1_800_000);
};
describe('exports in Python', () => {
  if (python) compare(python);
  it('are asked about by a script that npm run parity runs', () => {
    const runner = readFileSync(resolve(__dirname, '../parity/exports.py'), 'utf8');
    expect(runner).toContain('tests/export/python-transformers.test.ts');
    expect(runner).toContain('SIGHTLINE_PARITY_PYTHON');
  });
});
