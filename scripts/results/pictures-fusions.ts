/**
 * @file Every form of fusion under every condition of the picture, on real questions about real files: easy-VQA. Smaller
 * than the kit's default on purpose (pictures of 32 pixels, a quarter of the training questions), so that eighteen
 * trainings fit into a quarter of an hour; trained to the end the default has 99.9 % (README).
 */
import { experiments, fusion } from '../../src/lib';
import { boundOf, onTheBoundsSide } from './bounds';
import { realData } from './data';
import { estimateText, shareText } from './estimate-text';
import { smallBert } from './networks';
import type { FinishedPart, StudyPart } from './study';

const CONDITIONS = ['right', 'none', 'blank', 'noise', 'shuffled'];

export const FUSIONS: StudyPart = {
  name: 'fusions',
  data: realData('easy-vqa', 'easy-vqa'),
  grid: ({ files }) => ({
    base: {
      task: 'classification',
      data: { ...files, limit: 8000 },
      model: { text: smallBert(64, 32), vision: 'cnn-tiny' },
      training: {
        batchSize: 32,
        epochs: 5,
        evaluationSteps: 400,
        learningRate: 3e-3,
        pictureDropout: 0.1,
        patience: null,
      },
    },
    axes: { 'model.fusion': [...fusion.fusionKinds], condition: CONDITIONS },
  }),
};

/** A row a form of fusion, a column a condition. */
export function fusionsText(part: FinishedPart): string {
  const { summary } = part;
  const bound = boundOf(part);
  const forms = summary.rows.filter(({ role }) => role !== 'control');
  const rows = forms.map(({ settings, estimate, difference, seconds, seeds }): experiments.ResultRow => {
    const kind = settings['model.fusion'];
    const under = (condition: string) =>
      summary.rows.find((row) => row.settings['model.fusion'] === kind && row.condition === condition)
        ?.estimate ?? null;
    const shuffled = under('shuffled');
    return {
      fusion: String(kind),
      seeds,
      ...Object.fromEntries(
        CONDITIONS.map((condition) => {
          const found = condition === 'right' ? estimate : under(condition);
          return [condition, found ? estimateText(found) : '–'];
        }),
      ),
      gain: difference ? estimateText(difference) : '–',
      back: shuffled && bound ? (onTheBoundsSide(shuffled, bound) === 'past' ? 'no' : 'yes') : '–',
      seconds: seconds === null ? null : Math.round(seconds),
    };
  });
  const table = experiments.resultsTable(rows, {
    columns: [
      { key: 'fusion' },
      { key: 'seeds', format: 'integer' },
      ...CONDITIONS.map((key) => ({ key })),
      { key: 'gain', title: 'right − text-only' },
      { key: 'back', title: 'shuffled not past the ceiling' },
      { key: 'seconds', title: 'seconds a training', format: 'integer' },
    ],
  });
  return [
    `### Every form of fusion under every condition: easy-VQA`,
    `Accuracy, %, on ${summary.records?.toLocaleString('en-US')} held-out questions about ${summary.clusters} pictures; 8,000 training questions, five epochs, pictures of 32 pixels.` +
      (bound ? ` Without the picture at most ${shareText(bound.value)} % can be right.` : '') +
      ' The blank picture is black, which is itself an answer.',
    table.markdown(),
    summary.rows.flatMap(({ verdict }) => (verdict ? [`- ${verdict.text}.`] : [])).join('\n'),
  ].join('\n\n');
}
