/**
 * @file A published network's frozen features against a network that learns to see from the task alone, on the same
 * pictures and questions: MobileNet v1 (width 0.25, 128 pixels), which has seen photographs, and the kit's CNN.
 */
import { experiments, places } from '../../src/lib';
import { boundOf } from './bounds';
import { realData } from './data';
import { estimateText, shareText } from './estimate-text';
import { smallBert } from './networks';
import type { FinishedPart, StudyData, StudyPart } from './study';

const questions = realData('easy-vqa', 'easy-vqa');
const mobilenet = () => places.realData('mobilenet/v1_025_128');

const both: StudyData = {
  description: `${questions.description}, and mobilenet`,
  prepare: async (context) => (mobilenet() === null ? null : questions.prepare(context)),
};

const base = ({ files }: Parameters<StudyPart['grid']>[0]) => ({
  task: 'classification',
  data: { ...files, limit: 2000 },
  model: { text: smallBert(64, 32), fusion: 'concat' },
  training: { batchSize: 32, epochs: 8, evaluationSteps: 500, learningRate: 3e-3, patience: null },
});
const evaluated = { axes: { condition: ['right', 'shuffled'] }, seeds: [1] };

const LEARNED: StudyPart = {
  name: 'learned-eye',
  data: questions,
  grid: (context) => {
    const config = base(context);
    return { base: { ...config, model: { ...config.model, vision: 'cnn-small' } }, ...evaluated };
  },
};

const FROZEN: StudyPart = {
  name: 'frozen-mobilenet',
  data: both,
  grid: (context) => {
    const config = base(context);
    const vision = mobilenet() ?? 'mobilenet';
    return {
      base: {
        ...config,
        model: { ...config.model, vision },
        training: { ...config.training, frozen: ['vision'] },
      },
      ...evaluated,
    };
  },
};

export const MOBILENET_PARTS: readonly StudyPart[] = [LEARNED, FROZEN];

/** Both eyes side by side; empty where one has not run. */
export async function mobilenetText(parts: readonly FinishedPart[]): Promise<string> {
  const [learned, frozen] = MOBILENET_PARTS.map((part) => parts.find((one) => one.part === part));
  if (!learned || !frozen) return '';
  const resampled = new experiments.ResampledRuns();
  const [mine, theirs] = await Promise.all(
    [learned, frozen].map(async ({ plan, ledger, out }) => {
      const rows = await experiments.scoredRows(plan, ledger, out);
      const [right, shuffled] = ['right', 'shuffled'].map(
        (condition) => rows.find((row) => row.condition === condition)?.runs ?? [],
      );
      return { right: right ?? [], shuffled: shuffled ?? [] };
    }),
  );
  if (!mine || !theirs) return '';
  const difference = experiments.rowDifference(theirs.right, mine.right, resampled);
  if (!difference) return '';
  const line = (eye: string, { right, shuffled }: typeof mine, { summary }: FinishedPart) => {
    const [own, wrong] = [right, shuffled].map((runs) => experiments.rowInterval(runs, resampled));
    const [row] = summary.rows;
    return {
      eye,
      right: own && estimateText(own),
      shuffled: wrong && estimateText(wrong),
      trained: row?.cost?.trainedParameters ?? null,
      seconds: row?.seconds === null || row === undefined ? null : Math.round(row.seconds),
    };
  };
  const table = experiments.resultsTable(
    [
      line('CNN of 64 pixels, learned from the task', mine, learned),
      line('MobileNet of 128 pixels, frozen', theirs, frozen),
    ],
    {
      columns: [
        { key: 'eye', title: 'vision network' },
        { key: 'right', title: 'accuracy, %' },
        { key: 'shuffled', title: 'pictures shuffled' },
        { key: 'trained', title: 'parameters trained', format: 'integer' },
        { key: 'seconds', format: 'integer' },
      ],
    },
  );
  const { text } = experiments.statistics.verdict({
    system: 'the frozen MobileNet',
    baseline: 'the network learned from the task',
    difference,
  });
  const bound = boundOf(learned);
  return [
    "### A published network's frozen features: MobileNet on easy-VQA",
    `${learned.summary.records?.toLocaleString('en-US')} held-out questions, 2,000 training questions, eight epochs, one seed, \`concat\` both.${bound ? ` Without the picture at most ${shareText(bound.value)} % can be right.` : ''}`,
    table.markdown(),
    `- ${text}.`,
  ].join('\n\n');
}
