/**
 * @file Sort-of-CLEVR: pooled features against attention over places and against modulated convolutions, at questions of one
 * object and at relational ones.
 */
import { dirname } from 'node:path';
import { experiments } from '../../src/lib';
import { byKind } from './by-kind';
import { sortOfClevrData } from './data';
import { estimateText, shareText } from './estimate-text';
import { undroppedBert } from './networks';
import type { FinishedPart, StudyPart } from './study';

const STEPS = 14_000;
const TRAINING = {
  epochs: 1000,
  maxSteps: STEPS,
  evaluationSteps: STEPS / 4,
  batchSize: 128,
  recordsPerPicture: 8,
  learningRate: 1e-3,
  patience: null,
};

const FUSIONS = [
  { kind: 'film', dropout: 0 },
  { kind: 'cross-attention', blocks: 2, hiddenSize: 128, dropout: 0 },
  { kind: 'concat', hiddenSize: 128, dropout: 0 },
];

const RECORDS = sortOfClevrData({ records: 200_000, seed: 1 });

const RELATIONS: StudyPart = {
  name: 'sort-of-clevr',
  data: RECORDS,
  grid: ({ files }) => ({
    base: {
      task: 'classification',
      data: files,
      model: {
        text: undroppedBert(1),
        // Squares and circles of ten pixels: at 48 pixels they look alike. White is most of a picture, hence the mean.
        vision: {
          modelType: 'cnn',
          imageSize: 80,
          channels: [16, 32, 48, 64],
          positionInitializerRange: 0.5,
          imageMean: [0.96, 0.95, 0.93],
          imageStd: [0.18, 0.18, 0.24],
        },
        head: { dropout: 0 },
      },
      training: TRAINING,
    },
    axes: { 'model.fusion': FUSIONS, condition: ['right', 'shuffled'] },
  }),
};

/** The same again, from the weights that were learned, at the full learning rate: a plateau is left late. */
const AGAIN: readonly StudyPart[] = FUSIONS.map((fusion) => ({
  name: `sort-of-clevr-again-${fusion.kind}`,
  data: RECORDS,
  grid: ({ files, weights }) => ({
    base: {
      task: 'classification',
      data: files,
      from: dirname(weights(RELATIONS.name, { settings: { 'model.fusion': fusion } })),
      training: TRAINING,
    },
    axes: { 'model.fusion': [fusion], condition: ['right', 'shuffled'] },
  }),
}));

export const RELATION_PARTS: readonly StudyPart[] = [RELATIONS, ...AGAIN];

/** A row a form of fusion, a length of training and a kind of question. `null` where none has run. */
export async function relationsText(parts: readonly FinishedPart[]): Promise<string | null> {
  const rows: experiments.ResultRow[] = [];
  for (const done of parts.filter(({ part }) => RELATION_PARTS.includes(part))) {
    const steps = (done.part === RELATIONS ? 1 : 2) * STEPS;
    for (const { name, records, clusters, ceiling, rows: found } of await byKind(done, ({ kind }) =>
      String(kind),
    )) {
      for (const row of found) {
        if (row.condition !== 'right') continue;
        const shuffled = found.find((one) => one.settings === row.settings && one.condition === 'shuffled');
        rows.push({
          kind: name,
          fusion: String((row.settings['model.fusion'] as { kind: string }).kind),
          steps: steps.toLocaleString('en-US'),
          asked: `${records.toLocaleString('en-US')} (${clusters.toLocaleString('en-US')})`,
          ceiling: shareText(ceiling),
          right: estimateText(row.estimate),
          shuffled: shuffled ? estimateText(shuffled.estimate) : '–',
          gain: row.overShuffled ? estimateText(row.overShuffled) : '–',
        });
      }
    }
  }
  rows.sort((a, b) => String(a.kind).localeCompare(String(b.kind)));
  if (rows.length === 0) return null;
  const table = experiments.resultsTable(rows, {
    columns: [
      { key: 'kind', title: 'questions' },
      { key: 'fusion' },
      { key: 'steps' },
      { key: 'asked', title: 'test records (pictures)' },
      { key: 'ceiling', title: 'text-only ceiling' },
      { key: 'right', title: 'accuracy, %' },
      { key: 'shuffled', title: 'pictures shuffled' },
      { key: 'gain', title: 'difference' },
    ],
  });
  return ['### Sort-of-CLEVR', table.markdown(), READING].join('\n\n');
}

const READING = `Published: relational questions 63 % by pooled features concatenated with the question and 94 % by a relation network, other
questions about 94 % by both (Santoro et al. 2017).`;
