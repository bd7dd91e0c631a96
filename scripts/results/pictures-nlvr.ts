/**
 * @file NLVR by five-fold cross-validation: sentences written by people, true or false of pictures of three boxes. All
 * examples at hand (dev, test-P and the thousand public ones of training), in two of their permutations, are dealt to five
 * folds by sentence, so that permutations and a sentence that recurs stay on one side; every record is tested once, and
 * the folds are pooled. The second guided row begins with a network that has judged generated sentences in NLVR's manner,
 * none of which is NLVR's, behind a vision network that had answered short questions about single boxes before.
 *
 * Published on the authors' own splits (Suhr et al. 2017): text-only 56.6 and 57.2 (dev, test-P), CNN and RNN 56.6 and 58.0,
 * neural module networks 63.1 and 66.1, each trained on six times as many examples (from memory); here about 4,300 records
 * are all that is read.
 */
import { dirname, resolve } from 'node:path';
import { data, experiments } from '../../src/lib';
import { estimateText, shareText } from './estimate-text';
import { cnnOfPlaces, manyQuestionsAPicture, smallBert, undroppedBert } from './networks';
import { FOLDS, folds, generatedNlvr, SPLITS, squaresOf } from './nlvr-data';
import type { FinishedPart, PartContext, StudyPart } from './study';

/** A thing of ten pixels, the smallest, is six of them wide. */
const EYE = cnnOfPlaces(128, [0.85, 0.85, 0.8], [0.2, 0.2, 0.25]);
const FUSION = { kind: 'film', hiddenSize: 48, dropout: 0 };

/** What a network reads that goes on to NLVR, and how the picture is let in. */
const PRETRAINED_TEXT = { ...undroppedBert(2), maxPositionEmbeddings: 64 };
const PRETRAINED_FUSION = { ...FUSION, norm: 'picture' };

function generatedGrid(
  file: PartContext['file'],
  model: Record<string, unknown>,
  maxSteps: number,
): experiments.AblationConfigInput {
  const [train, validation, test] = SPLITS.map((split) => file(squaresOf(split)));
  return {
    base: {
      task: 'classification',
      data: { train, validation, test },
      model: { fusion: PRETRAINED_FUSION, head: { dropout: 0 }, ...model },
      training: manyQuestionsAPicture(maxSteps, 1500),
    },
    axes: { condition: ['right', 'shuffled'] },
    seeds: [1],
  } as experiments.AblationConfigInput;
}

/** First a vision network learns what is where, from questions of a few words, of which the mean is taken. */
const QUESTIONS: StudyPart = {
  name: 'nlvr-questions',
  data: generatedNlvr({ records: 200_000, pictures: 10_000, seed: 2, terse: true }),
  grid: ({ file }) => generatedGrid(file, { text: undroppedBert(0), vision: EYE }, 7500),
};
const GENERATED: StudyPart = {
  name: 'nlvr-like',
  data: generatedNlvr({ records: 200_000, pictures: 10_000, seed: 1 }),
  grid: ({ file, weights }) =>
    generatedGrid(file, { text: PRETRAINED_TEXT, vision: weights(QUESTIONS.name) }, 9000),
};

/** A part a fold; `differs` is what the base has beside its records, and what is compared. */
function foldParts(
  name: string,
  differs: (context: PartContext) => Record<string, unknown> & { axes?: Record<string, unknown[]> },
): StudyPart[] {
  return Array.from({ length: FOLDS }, (_, fold) => ({
    name: `${name}-${fold}`,
    data: folds,
    grid: (context) => {
      const { axes, ...base } = differs(context);
      const [train, validation, test] = SPLITS.map((split) => context.file(`fold-${fold}/${split}.jsonl`));
      return {
        base: { task: 'classification', data: { train, validation, test }, ...base },
        axes: { ...axes, condition: ['right', 'shuffled'] },
        seeds: [1],
      } as experiments.AblationConfigInput;
    },
  }));
}

const SCRATCH = foldParts('nlvr', () => ({
  model: { text: smallBert(64, 64), vision: EYE },
  training: { batchSize: 32, epochs: 3, learningRate: 2e-3, weightDecay: 0.05 },
  axes: { 'model.fusion': ['none', FUSION] },
}));
/** All of the network that has judged generated sentences goes on: what it knows of words as well as of pictures. */
const AFTER = foldParts('nlvr-after', ({ weights }) => ({
  from: dirname(weights(GENERATED.name)),
  model: { fusion: PRETRAINED_FUSION },
  training: { batchSize: 32, epochs: 5, learningRate: 3e-4, weightDecay: 0.05 },
}));

export const NLVR_PARTS: readonly StudyPart[] = [...SCRATCH, QUESTIONS, GENERATED, ...AFTER];

interface Pooled {
  name: string;
  looks: boolean;
  condition: string;
  runs: experiments.ScoredRun[];
}

/** The rows that every fold has, each one run over the records of all. */
async function pooledRows(parts: readonly FinishedPart[]): Promise<Pooled[]> {
  const pooled = new Map<string, Pooled & { scores: experiments.ScoredRun['scores'][] }>();
  for (const { part, plan, ledger, out } of parts) {
    const after = AFTER.includes(part);
    if (!after && !SCRATCH.includes(part)) continue;
    for (const { looks, condition, runs } of await experiments.scoredRows(plan, ledger, out)) {
      const name = looks ? `guided, ${after ? 'after generated scenes' : 'from scratch'}` : 'text-only';
      const key = `${name}, pictures ${condition}`;
      const row = pooled.get(key) ?? { name, looks, condition, runs: [], scores: [] };
      pooled.set(key, row);
      row.scores.push(...runs.map(({ scores }) => scores));
    }
  }
  const rows = [...pooled.values()].filter(({ scores }) => scores.length === FOLDS);
  return rows.map(({ scores, ...row }) => ({ ...row, runs: [{ seed: 1, scores: joined(scores) }] }));
}

function joined(all: readonly experiments.ScoredRun['scores'][]): experiments.ScoredRun['scores'] {
  return {
    metric: 'accuracy',
    ids: all.flatMap(({ ids }) => ids),
    clusters: all.flatMap(({ clusters }) => clusters),
    scores: {
      form: 'values',
      values: all.flatMap(({ scores }) => (scores.form === 'values' ? scores.values : [])),
    },
  };
}

/** The pooled table; empty where not all folds have run. */
export async function nlvrText(parts: readonly FinishedPart[]): Promise<string> {
  const rows = await pooledRows(parts);
  const blind = rows.find(({ looks }) => !looks);
  if (!blind) return '';
  const records = await testRecords(parts);
  const resampled = new experiments.ResampledRuns();
  const told: string[] = [];
  const lines = rows
    .filter(({ condition }) => condition === 'right')
    .map((row): experiments.ResultRow => {
      const shuffled = rows.find(({ name, condition }) => name === row.name && condition === 'shuffled');
      const estimate = experiments.rowInterval(row.runs, resampled);
      const wrong = shuffled ? experiments.rowInterval(shuffled.runs, resampled) : null;
      const gain = row.looks ? experiments.rowDifference(row.runs, blind.runs, resampled) : null;
      const drop = shuffled ? experiments.rowDifference(row.runs, shuffled.runs, resampled) : null;
      if (gain && drop) {
        const controls = [{ name: 'the same with shuffled pictures', difference: drop }];
        told.push(
          experiments.statistics.verdict({
            system: row.name,
            baseline: 'text-only',
            difference: gain,
            controls,
          }).text,
        );
      }
      return {
        row: row.name,
        right: estimate && estimateText(estimate),
        shuffled: wrong ? estimateText(wrong) : '–',
        gain: gain ? estimateText(gain) : '–',
        drop: drop ? estimateText(drop) : '–',
      };
    });
  const table = experiments.resultsTable(lines, {
    columns: [
      { key: 'row', title: '' },
      { key: 'right', title: 'accuracy, %' },
      { key: 'shuffled', title: 'pictures shuffled' },
      { key: 'gain', title: 'right − text-only' },
      { key: 'drop', title: 'right − shuffled' },
    ],
  });
  const { accuracy, majority } = data.textOnlyCeiling(records);
  const count = records.length.toLocaleString('en-US');
  const sentences = new Set(records.map(({ group }) => group)).size.toLocaleString('en-US');
  return [
    '### NLVR, five folds by sentence',
    `Accuracy pooled over the folds on ${count} records (dev, test-P and the thousand public training examples, two permutations each) of ${sentences} sentences, intervals clustered by sentence. The most frequent answer is right in ${shareText(majority)} %; no reader without the pictures can be right in more than ${shareText(accuracy)} %.${generatedText(parts)}`,
    table.markdown(),
    told.map((text) => `- ${text}.`).join('\n'),
  ].join('\n\n');
}

/** What the folds are tested on: every record once. */
async function testRecords(parts: readonly FinishedPart[]): Promise<data.ClassificationRecord[]> {
  const tested = parts.filter(({ part }) => SCRATCH.includes(part));
  const sets = tested.map(({ plan, folder }) =>
    data.readRecords(resolve(folder, plan.file), 'classification'),
  );
  return (await Promise.all(sets)).flatMap((set) => set.records);
}

/** How well was learned what comes before NLVR. */
function generatedText(parts: readonly FinishedPart[]): string {
  const scored = (of: StudyPart): readonly [string, string] | null => {
    const rows = parts.find(({ part }) => part === of)?.summary.rows ?? [];
    const [right, shuffled] = ['right', 'shuffled'].map(
      (condition) => rows.find((row) => row.condition === condition)?.estimate,
    );
    return right && shuffled ? [estimateText(right), estimateText(shuffled)] : null;
  };
  const [questions, sentences] = [scored(QUESTIONS), scored(GENERATED)];
  if (!questions || !sentences) return '';
  return ` What goes on after generated scenes has learned twice before: its vision network from short questions about single boxes, of which it answers ${questions[0]} % about new pictures (${questions[1]} % with shuffled ones), and then all of it from sentences, half of them true, of which it judges ${sentences[0]} % of new ones rightly (${sentences[1]} % with shuffled pictures). Its text network and its norm are not those of the model from scratch.`;
}
