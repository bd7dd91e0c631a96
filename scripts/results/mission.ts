/**
 * @file The mission's ablation: text-only against every form of fusion, under every condition, five seeds. One grid, from
 * scratch, on the scene world's questions.
 */
import { experiments, fusion } from '../../src/lib';
import { boundOf } from './bounds';
import { sceneData } from './data';
import type { FinishedPart, Study } from './study';

/** Two layers of width 64: thirty trainings in half an hour of one core. */
const BERT = {
  modelType: 'bert',
  hiddenSize: 64,
  numHiddenLayers: 2,
  numAttentionHeads: 4,
  intermediateSize: 256,
  initializerRange: 0.1,
  maxPositionEmbeddings: 64,
};

export const missionStudy: Study = {
  name: 'mission',
  title: 'Text-only against every form of fusion',
  question:
    'Which forms of fusion take a model past what it reaches without the picture, and does what they gain go where the picture is wrong, blank, noise or absent?',
  seeds: 5,
  parts: [
    {
      name: 'fusion',
      data: sceneData({ task: 'classification', records: 4000, seed: 1, size: 64 }),
      grid: ({ files }) => ({
        base: {
          task: 'classification',
          data: files,
          model: { text: BERT, vision: 'cnn-tiny' },
          training: { batchSize: 32, epochs: 8, learningRate: 2e-3, pictureDropout: 0.1 },
        },
        axes: {
          'model.fusion': [...fusion.fusionKinds],
          condition: ['right', 'none', 'blank', 'noise', 'shuffled'],
        },
      }),
    },
  ],
  body: (parts) => parts.map(missionBody).join('\n\n'),
};

function missionBody(part: FinishedPart): string {
  const { summary } = part;
  const bound = boundOf(part);
  return [
    bound
      ? `Without the picture at most ${(100 * bound.value).toFixed(1)} % of the ${summary.records} test records (${summary.clusters} pictures) can be answered rightly.`
      : '',
    experiments.ablationTable(summary).markdown(),
    summary.rows.flatMap(({ verdict }) => (verdict ? [`- ${verdict.text}.`] : [])).join('\n'),
    'What looking costs, in training and in use:',
    experiments.costTable(summary)?.markdown() ?? '',
  ]
    .filter(Boolean)
    .join('\n\n');
}
