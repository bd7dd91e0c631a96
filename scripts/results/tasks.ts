/**
 * @file Every task of the kit on the scene world, text-only and guided. Labels, tags and numbers are learned from scratch by
 * the defaults of `sightline train`. What is written starts from two things that are learned first, once for all seeds: a
 * vision network that has been asked about other pictures, and a text-only model of the task's own training records; the
 * text-only model of the table goes on from the same weights by as many steps as the guided one.
 */
import { type data, experiments } from '../../src/lib';
import { boundOf, onTheBoundsSide } from './bounds';
import { sceneData, sceneFacts } from './data';
import { type Estimate, estimateText, shareText } from './estimate-text';
import { smallGpt } from './networks';
import type { FinishedPart, Study, StudyPart } from './study';
import { examplesPart, examplesText } from './tasks-augmentation';

const RECORDS = { records: 4000, size: 32 } as const;
const BATCH = { batchSize: 64 } as const;
/** The preset `cnn-small` on pictures of 32 pixels in place of 64: as good at these questions, in less time. */
const EYE = { modelType: 'cnn', imageSize: 32, channels: [16, 32, 64], blocks: 0 };
/** Records of the task; pictures for the vision network are drawn by another seed, so that no test picture is among them. */
const SEEDS = { task: 1, pictures: 7, written: 11 } as const;
const CONDITIONS = ['right', 'shuffled'];

const PICTURES: StudyPart = {
  name: 'pictures',
  data: sceneData({ task: 'classification', seed: SEEDS.pictures, ...RECORDS }),
  grid: ({ files }) => ({
    base: {
      task: 'classification',
      data: files,
      model: { vision: EYE },
      training: { epochs: 6, batchSize: 32, pictureDropout: 0.1 },
    },
    seeds: [1],
  }),
};

/** What stands in pictures, asked fact by fact; those of translation show things of two senses and several at once too. */
const FACTS: StudyPart = {
  name: 'facts',
  data: sceneFacts({ task: 'translation', seed: SEEDS.pictures, records: 24_000, size: RECORDS.size }),
  grid: ({ file }) => ({
    base: {
      task: 'classification',
      data: {
        train: file('facts-train.jsonl'),
        validation: file('facts-validation.jsonl'),
        test: file('facts-test.jsonl'),
      },
      model: { text: 'tiny', vision: EYE },
      training: { epochs: 4, ...BATCH, learningRate: 2e-3 },
    },
    seeds: [1],
  }),
};

/** From scratch, by the defaults but for a shorter training. */
function labelled(task: 'classification' | 'ner' | 'relation' | 'regression'): StudyPart {
  return {
    name: task,
    data: sceneData({ task, seed: SEEDS.task, ...RECORDS }),
    grid: ({ files }) => ({
      base: {
        task,
        data: files,
        model: { vision: EYE },
        training: { epochs: 6, ...BATCH, learningRate: 2e-3 },
      },
      axes: { 'model.fusion': ['none', 'concat'], condition: CONDITIONS },
    }),
  };
}

const WRITER = smallGpt(64, 160);

interface Recipe {
  task: data.Task;
  kind?: data.GenerationKind;
  /** One for which the records tell a ceiling. */
  metric?: 'exactMatch' | 'choiceAccuracy';
  /** Epochs of the text-only model that comes first, and of both that go on from it. */
  epochs?: readonly [words: number, both: number];
  /** In all three files together. */
  records?: number;
  vocabularySize?: number;
  batchSize?: number;
  /** The part whose vision network the guided model starts from. */
  vision?: StudyPart;
}

/** The text-only model first, then both from its weights. */
function written({
  task,
  kind,
  metric = 'choiceAccuracy',
  epochs = [3, 2],
  records: count = RECORDS.records,
  vocabularySize = 800,
  batchSize = BATCH.batchSize,
  vision = FACTS,
}: Recipe): StudyPart[] {
  const name = kind ?? task;
  const records = sceneData({
    task,
    seed: SEEDS.task,
    ...RECORDS,
    records: count,
    ...(kind ? { kind } : {}),
  });
  const first: StudyPart = {
    name: `${name}-words`,
    data: records,
    grid: ({ files }) => ({
      base: {
        task,
        data: files,
        model: { text: WRITER, fusion: 'none', tokenizer: { vocabularySize } },
        training: { epochs: epochs[0], batchSize, learningRate: 5e-3 },
      },
      seeds: [1],
      metric,
    }),
  };
  const both: StudyPart = {
    name,
    data: records,
    grid: ({ files, weights }) => ({
      base: {
        task,
        data: files,
        model: { text: weights(first.name), vision: weights(vision.name) },
        training: { epochs: epochs[1], batchSize, learningRate: 4e-3, frozen: ['vision'] },
      },
      axes: { 'model.fusion': ['none', 'cross-attention'], condition: CONDITIONS },
      metric,
    }),
  };
  return [first, both];
}

// A writer has to say again what it was told; that takes longer than the choice between answers.
const EXAMPLES_WRITTEN = written({
  task: 'generation',
  kind: 'augmentation',
  records: 12_000,
  epochs: [4, 3],
  vocabularySize: 1000,
  batchSize: 32,
});
const EXAMPLES = examplesPart({
  writer: EXAMPLES_WRITTEN[1] as StudyPart,
  scenes: { task: 'classification', seed: SEEDS.task, ...RECORDS },
  seed: SEEDS.written,
  vision: EYE,
});

export const tasksStudy: Study = {
  name: 'tasks',
  title: 'Every task on the scene world',
  question:
    'Does a picture take each task past what no text-only model can pass, and does the gain go where the pictures are shuffled? The bound is counted from the test records.',
  seeds: 3,
  parts: [
    PICTURES,
    ...(['classification', 'ner', 'relation', 'regression'] as const).map(labelled),
    // An answer is one word, among those of all questions: short texts, more of them.
    ...written({ task: 'qa', metric: 'exactMatch', epochs: [5, 6], vision: PICTURES }),
    FACTS,
    ...written({ task: 'generation', kind: 'commonsense' }),
    ...written({ task: 'generation', kind: 'controllable', epochs: [3, 5] }),
    ...written({ task: 'generation', kind: 'code' }),
    ...EXAMPLES_WRITTEN,
    EXAMPLES,
    ...written({ task: 'dialogue', epochs: [4, 3], vocabularySize: 1000, batchSize: 32 }),
    ...written({ task: 'captioning' }),
    // Two languages, and a sense, a number or a gender to be seen: more records than the others.
    ...written({
      task: 'translation',
      records: 12_000,
      epochs: [3, 3],
      vocabularySize: 1500,
      batchSize: 32,
    }),
    ...written({ task: 'summarization', epochs: [3, 4], vocabularySize: 1500 }),
  ],
  body: tasksBody,
};

async function tasksBody(parts: readonly FinishedPart[]): Promise<string> {
  const compared = parts.filter(({ plan }) => plan.grid.combinations.length === 2);
  const rows: experiments.ResultRow[] = [];
  const told: string[] = [];
  for (const done of compared) {
    const { rows: found, metric, share } = done.summary;
    const bound = boundOf(done);
    const [blind, guided, shuffled] = [
      found.find(({ role }) => role === 'text-only'),
      found.find(({ role }) => role === 'vision-guided'),
      found.find(({ role }) => role === 'control'),
    ];
    if (!blind?.estimate || !guided?.estimate || !shuffled?.estimate) continue;
    const interval = (estimate: Estimate) => estimateText(estimate, { share });
    const isPast = (estimate: { low: number; high: number }) =>
      bound && onTheBoundsSide(estimate, bound) === 'past';
    const [passes, misses] = [isPast(guided.estimate), isPast(shuffled.estimate)];
    rows.push({
      task: done.part.name,
      metric: share ? `${metric}, %` : metric,
      bound: bound ? shareText(bound.value, { share }) : '–',
      blind: interval(blind.estimate),
      guided: interval(guided.estimate),
      shuffled: interval(shuffled.estimate),
      difference: guided.difference && interval(guided.difference),
      passes: passes === null ? '–' : passes ? 'yes' : 'no',
      returns: misses === null ? '–' : misses ? 'no' : 'yes',
      seconds: guided.seconds,
    });
    if (guided.verdict) told.push(`- ${done.part.name}: ${guided.verdict.text}.`);
  }
  const table = experiments.resultsTable(rows, {
    columns: [
      { key: 'task' },
      { key: 'metric' },
      { key: 'bound', title: 'text-only bound' },
      { key: 'blind', title: 'text-only' },
      { key: 'guided' },
      { key: 'shuffled', title: 'guided, pictures shuffled' },
      { key: 'difference', title: 'guided − text-only' },
      { key: 'passes', title: 'guided past the bound' },
      { key: 'returns', title: 'shuffled back at it' },
      { key: 'seconds', title: 'seconds a guided training', format: 'integer' },
    ],
  });
  const examples = await examplesText(parts.find(({ part }) => part === EXAMPLES));
  return [table.markdown(), READING, told.join('\n'), examples].filter(Boolean).join('\n\n');
}

const READING = `"Past the bound" asks the whole interval to be past it, "back at it" that the interval is not. Of classification and
relation the metric is the share of right answers, of ner the F1 of entities, of regression the mean squared error (smaller is better, and its
bound a floor). What is written is asked for word by word in \`exactMatch\`, or, where phrasings are many, for the likeliest
of the answers that fit the text, on those records that have two or more (\`choiceAccuracy\`). All that write start from a text-only
model of the task's own training records (3,200; of translation and augmentation 9,600); the guided ones also from a vision network
that has been asked for single facts of other pictures, or, of qa, has answered 3,200 labelled questions about other pictures.`;
