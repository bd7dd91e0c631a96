/**
 * @file Data augmentation by generation: a small training set for the classification task, and the records that a trained
 * writer adds about pictures that nobody has labelled. A writer that sees the picture, one that does not, one that is
 * shown other pictures, and as many records with true labels.
 */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { data, experiments, places, training } from '../../src/lib';
import { say } from '../parts/talk';
import { boundOf } from './bounds';
import { sceneData } from './data';
import { estimateText, shareText } from './estimate-text';
import type { FinishedPart, StudyData, StudyPart } from './study';

/** Labelled records at hand. */
const SMALL = 200;
const STEPS = 300;

const SETS = {
  small: `${SMALL} labelled records`,
  guided: 'and those that the guided writer adds',
  shuffled: 'and those that it adds when shown other pictures',
  blind: 'and those that the text-only writer adds',
  labelled: 'the whole training set, with true labels',
} as const;
type SetName = keyof typeof SETS;
const NAMES = Object.keys(SETS) as SetName[];

interface Plan {
  /** The part whose models write. */
  writer: StudyPart;
  /** Classification: its first training records are the small set, its test records those reported on. */
  scenes: data.SceneOptions;
  /** Seed of the pictures that are written about. */
  seed: number;
  vision: object;
}

/** The small set alone, and with each of the others beside it; one training recipe, one number of steps. */
export function examplesPart({ writer, scenes, seed, vision }: Plan): StudyPart {
  const labelled = sceneData(scenes);
  const asked = sceneData({ ...scenes, task: 'generation', kind: 'augmentation', seed });
  return {
    name: 'augmentation-examples',
    data: examplesData(writer, labelled, asked),
    grid: ({ file }) => ({
      base: {
        task: 'classification',
        data: {
          train: file('small/train.jsonl'),
          validation: file('labelled/validation.jsonl'),
          test: file('labelled/test.jsonl'),
        },
        model: { vision },
        training: {
          epochs: 1000,
          maxSteps: STEPS,
          evaluationSteps: 50,
          batchSize: 64,
          learningRate: 2e-3,
          patience: null,
        },
      },
      axes: { 'data.train': NAMES.map((name) => file(`${name}/train.jsonl`)) },
    }),
  };
}

function examplesData(writer: StudyPart, labelled: StudyData, asked: StudyData): StudyData {
  return {
    description: `${labelled.description}, the first ${SMALL} for training; written about ${asked.description}`,
    async prepare({ weights }) {
      const [guided, blind] = ['cross-attention', 'none'].map((fusion) =>
        dirname(weights(writer.name, { seed: 1, settings: { 'model.fusion': fusion } })),
      ) as [string, string];
      const [scenes, prompts] = [await labelled.prepare({ weights }), await asked.prepare({ weights })] as [
        string,
        string,
      ];
      // Other writers write something else: their cells name the folder.
      const name = `augmentation-${[guided, blind].map((run) => basename(run).slice(0, 8)).join('-')}`;
      const folder = places.projectFolder('data', 'results', name);
      if (existsSync(folder)) return folder;
      const unfinished = `${folder}.unfinished`;
      await rm(unfinished, { recursive: true, force: true });
      await mkdir(unfinished, { recursive: true });
      await copyRecords(scenes, join(unfinished, 'small'), { train: SMALL });
      const others = {
        guided: [guided, 'right'],
        shuffled: [guided, 'shuffled'],
        blind: [blind, 'right'],
      } as const;
      for (const [set, [run, condition]] of Object.entries(others)) {
        await addWritten(unfinished, set, { run, condition, prompts: join(prompts, 'train.jsonl') });
      }
      await copyRecords(scenes, join(unfinished, 'labelled'), {
        train: Infinity,
        validation: Infinity,
        test: Infinity,
      });
      await rename(unfinished, folder);
      return folder;
    },
  };
}

/** Of each part the first records, `parts[part]` at most, with their pictures. */
async function copyRecords(
  scenes: string,
  out: string,
  parts: Readonly<Record<string, number>>,
): Promise<void> {
  for (const [part, most] of Object.entries(parts)) {
    const set = await data.readRecords(join(scenes, `${part}.jsonl`), 'classification');
    const united = data.uniteRecords([{ ...set, records: set.records.slice(0, most) }]);
    await data.linkPictures([out], united);
    await data.writeRecords(
      join(out, `${part}.jsonl`),
      united.map(({ record }) => record),
    );
  }
}

async function addWritten(
  folder: string,
  set: string,
  { run, condition, prompts }: { run: string; condition: data.Condition; prompts: string },
): Promise<void> {
  const predictions = await training.predictRecords(run, prompts, { condition });
  const file = join(folder, `${set}-predictions.jsonl`);
  await writeFile(file, predictions.map((one) => `${JSON.stringify(one)}\n`).join(''));
  const beside = join(folder, 'small', 'train.jsonl');
  const { written, leftOut } = await data.writeWrittenRecords(file, join(folder, set), { prompts, beside });
  say(`${set}: ${written} records written, left out ${JSON.stringify(leftOut)}`);
}

/** A row a training set; empty where none has run. */
export async function examplesText(done: FinishedPart | undefined): Promise<string> {
  if (!done) return '';
  const rows = await experiments.scoredRows(done.plan, done.ledger, done.out);
  const resampled = new experiments.ResampledRuns();
  const rowOf = (name: SetName) =>
    rows.find((row) => basename(dirname(String(row.settings['data.train']))) === name);
  const small = rowOf('small')?.runs ?? [];
  const bound = boundOf(done);
  const shown = NAMES.flatMap((name): experiments.ResultRow[] => {
    const row = rowOf(name);
    const own = row && experiments.rowInterval(row.runs, resampled);
    if (!own) return [];
    const gain = name === 'small' ? null : experiments.rowDifference(row.runs, small, resampled);
    return [
      {
        set: SETS[name],
        records: row.cells[0]?.line.trainingRecords ?? null,
        accuracy: estimateText(own),
        gain: gain ? estimateText(gain) : '–',
      },
    ];
  });
  if (shown.length === 0) return '';
  const table = experiments.resultsTable(shown, {
    columns: [
      { key: 'set', title: 'trained on' },
      { key: 'records', title: 'records', format: 'integer' },
      { key: 'accuracy', title: 'guided classifier, accuracy, %' },
      { key: 'gain', title: `difference to ${SMALL} alone` },
    ],
  });
  return [
    '### Data augmentation: records that a writer adds to a small training set',
    table.markdown(),
    `Text-only bound of the test records: ${bound ? shareText(bound.value) : '–'} %. Every row is ${STEPS} steps of one recipe from scratch, best weights by
validation. The writers are those of the row augmentation above (seed 1): they have learned from 9,600 labelled examples about other
pictures, which the classifier never sees, and answer 3,200 prompts about pictures without a label. Behind a text-only writer, or one that is
shown other pictures, the classifier learns how questions are put and answered, and no more.`,
  ].join('\n\n');
}
