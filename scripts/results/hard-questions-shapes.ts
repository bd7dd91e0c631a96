/**
 * @file SHAPES on questions that training never asked: made afresh by the kit, alone and beside questions about single
 * cells, and the ten training questions of the published files that are at hand.
 */
import { data, experiments } from '../../src/lib';
import { byKind, type Kind } from './by-kind';
import { realData, shapesData } from './data';
import { estimateText, shareText } from './estimate-text';
import { undroppedBert } from './networks';
import type { FinishedPart, StudyData, StudyPart } from './study';

/** A patch is a cell. */
const CELLS = {
  modelType: 'vit',
  imageSize: 30,
  patchSize: 10,
  hiddenSize: 64,
  numHiddenLayers: 1,
  numAttentionHeads: 4,
  intermediateSize: 128,
  initializerRange: 0.12,
  // What is asked is of places: they are to be told apart from the first step on.
  positionInitializerRange: 2,
};

interface ShapesPart {
  title: string;
  part: StudyPart;
}

function shapesPart(
  title: string,
  name: string,
  records: StudyData,
  { files, steps }: { files: 'made' | 'published'; steps: number },
): ShapesPart {
  return {
    title,
    part: {
      name,
      data: records,
      grid: ({ file, files: made }) => ({
        base: {
          task: 'classification',
          // Published: the test split is not at hand, so the questions of the validation split are the unseen ones.
          data: files === 'made' ? made : { train: file('train.jsonl'), test: file('validation.jsonl') },
          model: {
            text: undroppedBert(4),
            vision: CELLS,
            // Whether there is a cell such as is asked for: each cell answers for itself.
            fusion: { kind: 'prefix', readout: 'picture' },
            head: { dropout: 0 },
          },
          training: {
            epochs: 1000,
            maxSteps: steps,
            evaluationSteps: Math.round(steps / 10),
            batchSize: 64,
            learningRate: 1e-3,
            patience: null,
          },
        },
        axes: { condition: ['right', 'shuffled'] },
        // What is claimed is of questions: few were asked, each of many pictures.
        cluster: 'query',
      }),
    },
  };
}

const MADE = { questions: 200, pictures: 512, seed: 1 };

const SHAPES: readonly ShapesPart[] = [
  shapesPart('published, 10 training questions', 'shapes-published', realData('shapes', 'shapes'), {
    files: 'published',
    steps: 1000,
  }),
  shapesPart('made afresh, 160 training questions', 'shapes', shapesData({ ...MADE, cells: 0 }), {
    files: 'made',
    steps: 10_000,
  }),
  shapesPart(
    'the same, and as many questions about single cells',
    'shapes-cells',
    shapesData({ ...MADE, cells: 1 }),
    { files: 'made', steps: 40_000 },
  ),
];

export const SHAPES_PARTS: readonly StudyPart[] = SHAPES.map(({ part }) => part);

const lengthOf = ({ query }: Record<string, unknown>): string =>
  String(data.parseShapesQuery(String(query))?.relations.length ?? '?');

/** A row a training, by how many relations a question composes. `null` where none has run. */
export async function shapesText(parts: readonly FinishedPart[]): Promise<string | null> {
  const rows: experiments.ResultRow[] = [];
  for (const { title, part } of SHAPES) {
    const done = parts.find((one) => one.part === part);
    if (!done) continue;
    const [all] = await byKind(done, () => 'all');
    const lengths = await byKind(done, lengthOf);
    const of = (kind: Kind | undefined, condition: string) =>
      kind?.rows.find((row) => row.condition === condition);
    const shown = (kind: Kind | undefined, condition: string) => {
      const row = of(kind, condition);
      return row ? estimateText(row.estimate) : '–';
    };
    const gain = of(all, 'right')?.overShuffled;
    rows.push({
      records: title,
      asked: all ? `${all.records.toLocaleString('en-US')} (${done.summary.clusters})` : '–',
      ceiling: all ? shareText(all.ceiling) : '–',
      right: shown(all, 'right'),
      shuffled: shown(all, 'shuffled'),
      gain: gain ? estimateText(gain) : '–',
      ...Object.fromEntries(
        ['0', '1', '2'].map((length) => [
          `relations${length}`,
          shown(
            lengths.find(({ name }) => name === length),
            'right',
          ),
        ]),
      ),
      seconds: done.summary.rows[0]?.seconds ?? null,
    });
  }
  if (rows.length === 0) return null;
  const table = experiments.resultsTable(rows, {
    columns: [
      { key: 'records' },
      { key: 'asked', title: 'test records (questions)' },
      { key: 'ceiling', title: 'text-only ceiling' },
      { key: 'right', title: 'accuracy, %' },
      { key: 'shuffled', title: 'pictures shuffled' },
      { key: 'gain', title: 'difference' },
      { key: 'relations0', title: 'no relation' },
      { key: 'relations1', title: 'one' },
      { key: 'relations2', title: 'two' },
      { key: 'seconds', title: 'seconds', format: 'integer' },
    ],
  });
  return ['### SHAPES, questions never asked in training', table.markdown(), READING].join('\n\n');
}

const READING = `Intervals are clustered by question. Published, with all 212 training
questions and on the authors' test questions: neural module networks 90.8, their end-to-end form from scratch 96.2, a network that reads the
question and the picture without modules 65.3 (Andreas et al. 2016, Hu et al. 2017, from memory).`;
