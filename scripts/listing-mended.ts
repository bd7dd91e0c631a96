/**
 * @file The source document's listing (BERT token classification, §5.2), as it stands and mended:
 *
 *     node dist/scripts/listing-mended.js [FOLDER]
 *
 * FOLDER holds ner records (`train.jsonl`, `validation.jsonl`, `test.jsonl`; of CoNLL files: `sightline data convert`);
 * without it, sentences of the scene world. Two networks of one size learn from the same sentences. For the listing's
 * the tag of word i is the label of position i: [CLS] gets the first, pieces of words shift the rest, and all of the
 * padding is labelled O and counts, in the loss and in the score. The mended one labels the first piece of each word,
 * masks everything else, and is scored by whole entities of the words, on dev and test. Of both the last weights are
 * kept, so that neither is chosen by the other's score.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { data, tasks, type text, training } from '../src/lib';
import { Examples } from '../src/lib/tasks/examples';
import type { EncodedRecords, FittedTask } from '../src/lib/tasks/task';
import { runTraining } from '../src/lib/training/trainer';
import { runMain, say } from './parts/talk';

type Ner = data.NerRecord;

/** Records as the listing has them: padded to the network's length T, tag i at position i, O behind the last. */
export function listingRows(
  { records }: data.RecordSet<Ner>,
  tags: readonly string[],
  tokenizer: text.Tokenizer,
  length: number,
): EncodedRecords {
  const rows = records.map(({ tokens }) => tokens);
  const batch = tokenizer.encodeWordsBatch(rows, { maxLength: length, padTo: 'maxLength' });
  const labels = new Int32Array(records.length * length).fill(tags.indexOf('O'));
  for (const [row, record] of records.entries())
    for (const [i, tag] of record.tags.slice(0, length).entries())
      labels[row * length + i] = tags.indexOf(tag);
  const rowShape = [length];
  return {
    inputs: {
      ids: { data: batch.ids, rowShape },
      mask: { data: batch.attentionMask, rowShape },
      tokenTypes: { data: batch.tokenTypeIds, rowShape },
    },
    targets: { labels: { data: labels, rowShape } },
  };
}

/** The listing's score: the share of all positions, padding included, whose tag is the one that was laid there. */
export function listingAccuracy(found: ArrayLike<number>, labels: ArrayLike<number>): number {
  let right = 0;
  for (let at = 0; at < labels.length; at++) right += Number(found[at] === labels[at]);
  return right / labels.length;
}

export interface Scores {
  /** The listing's accuracy over positions. */
  listing: number;
  /** seqeval's report on whole entities of the words. */
  entities: ReturnType<typeof tasks.metrics.entityReport>;
}

export interface Comparison {
  /** A tagger that says O to everything. */
  nothing: Record<'dev' | 'test', Scores>;
  /** The network that learned the listing's labels. */
  listing: Record<'dev' | 'test', Scores>;
  mended: Record<'dev' | 'test', Scores>;
}

/** Trains both networks on the records in `folder` and scores them both ways. Run folders go below `out`. */
export async function compare(
  folder: string,
  out: string,
  model: training.TrainConfigInput['model'],
  learning: training.TrainConfigInput['training'],
): Promise<Comparison> {
  const config = training.parseTrainConfig({
    task: 'ner',
    data: { train: 'train.jsonl', validation: 'validation.jsonl', test: 'test.jsonl' },
    model: { ...model, fusion: 'none' },
    // The last step is always evaluated; being the only one, it is kept.
    training: { ...learning, evaluationSteps: 1_000_000, patience: null },
  });
  const scored: Partial<Comparison> = {};
  for (const name of ['listing', 'mended'] as const) {
    const prepared = await training.prepare(config, { folder });
    const { tokenizer, model: network } = prepared;
    const task = prepared.task as FittedTask as unknown as FittedTask<Ner>;
    const tags = task.state.tags as string[];
    const length = network.network.text.maxLength;
    const shown = { tokenizer, maxLength: length, imageSize: null };
    const asListing: FittedTask<Ner> = {
      ...task,
      encode: (set) => listingRows(set, tags, tokenizer, length),
    };
    const examplesOf = (set: data.RecordSet<Ner>, by: FittedTask<Ner>) =>
      new Examples(set, { ...shown, task: by as unknown as FittedTask });
    const sets = {
      train: (prepared.train as Examples<Ner>).set,
      dev: (prepared.validation as Examples<Ner>).set,
      test: (prepared.test as Examples<Ner>).set,
    };
    const train = name === 'listing' ? examplesOf(sets.train, asListing) : prepared.train;
    await runTraining({ ...prepared, train }, new training.RunFolder(join(out, name)));
    for (const split of ['dev', 'test'] as const) {
      const truth = sets[split].records.map((record) => record.tags);
      const rows = examplesOf(sets[split], asListing);
      const { labels } = listingRows(sets[split], tags, tokenizer, length).targets;
      const found = (await network.outputs(rows, 64)).tags?.data as Int32Array;
      const words = examplesOf(sets[split], task);
      const predicted = task
        .predictions(await network.outputs(words, 64), words)
        .map(({ prediction }) => prediction.split(' '));
      const expected = labels?.data as Int32Array;
      const scores = {
        listing: listingAccuracy(found, expected),
        entities: tasks.metrics.entityReport(predicted, truth),
      };
      scored[name] = { ...scored[name], [split]: scores } as Comparison[typeof name];
      const silent = truth.map((row) => row.map(() => 'O'));
      const nothing = {
        listing: listingAccuracy(new Int32Array(expected.length).fill(tags.indexOf('O')), expected),
        entities: tasks.metrics.entityReport(silent, truth),
      };
      scored.nothing = { ...scored.nothing, [split]: nothing } as Comparison['nothing'];
    }
    prepared.dispose();
  }
  return scored as Comparison;
}

/** Sentences of the scene world for a tagger without pictures: what only a picture tells is a `thing`. */
export async function writeSentences(folder: string, records: number, seed = 1): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [part, plan] of data.planScenes({ task: 'ner', records, seed })) {
    const rows = plan.records.map(({ text, label }, row) => {
      const fields = data.SCENE_TASKS.ner?.fields(text, label) as Pick<Ner, 'tokens' | 'tags'>;
      const tags = fields.tags.map((tag) => tag.replace(/building|vehicle|plant/, 'thing'));
      return { id: `${part}-${row}`, tokens: fields.tokens, tags };
    });
    await data.writeRecords(join(folder, `${part}.jsonl`), rows);
  }
}

export function table({ nothing, listing, mended }: Comparison): string {
  const lines = [
    '| network | split | accuracy as the listing counts | entity precision | recall | F1 |',
    '| --- | --- | --- | --- | --- | --- |',
  ];
  const names = { 'O everywhere': nothing, "the listing's labels": listing, mended };
  for (const [name, scores] of Object.entries(names)) {
    for (const [split, { listing: accuracy, entities }] of Object.entries(scores)) {
      const { precision, recall, f1 } = entities.micro;
      const shares = [accuracy, precision, recall, f1].map((share) => share.toFixed(4));
      lines.push(`| ${name} | ${split} | ${shares.join(' | ')} |`);
    }
  }
  for (const [split, { entities }] of Object.entries(mended)) {
    lines.push('', `mended, ${split}, by type:`);
    for (const [type, { precision, recall, f1, support }] of Object.entries(entities.perClass)) {
      const shares = [precision, recall, f1].map((share) => share.toFixed(4)).join(' ');
      lines.push(`${type.padEnd(16)} ${shares} ${support}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

async function main(): Promise<number> {
  const given = process.argv[2];
  const work = await mkdtemp(join(tmpdir(), 'sightline-listing-'));
  try {
    const folder = given ? resolve(given) : join(work, 'sentences');
    if (!given) await writeSentences(folder, 2000);
    say(`two networks learn from ${join(folder, 'train.jsonl')}`);
    process.stdout.write(table(await compare(folder, work, { text: 'small' }, { epochs: 5 })));
    return 0;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

if (require.main === module) runMain(main);
