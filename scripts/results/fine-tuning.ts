/**
 * @file Fine-tuning against training from scratch. A GPT reads the scene world's sentences (causal-lm), and a vision network
 * answers questions about pictures, both of another seed than the tasks' records; then three tasks are learned from 100,
 * 1,000 and all of their records, by these networks and by the same networks from random weights with the same
 * tokenizer. The rates are chosen on validation records. What the text network has forgotten is measured by asking the
 * pretraining question again.
 */
import { sceneData } from './data';
import { forgettingTable, sizesTable, sweepTable } from './fine-tuning-tables';
import { smallGpt } from './networks';
import { sentences } from './sentences';
import type { FinishedPart, PartContext, Study, StudyPart } from './study';

const RECORDS = { records: 4000, size: 64 } as const;
const SEEDS = { task: 1, pretraining: 2 } as const;

const GPT = smallGpt(64, 64);
const VISION = 'cnn-tiny';

const WORDS: StudyPart = {
  name: 'words',
  data: sentences({ records: 12_000, seed: SEEDS.pretraining }),
  grid: ({ file }) => ({
    base: {
      task: 'causal-lm',
      data: { train: file('train.txt'), validation: file('validation.txt') },
      model: { text: GPT, tokenizer: { vocabularySize: 1500 } },
      languageModel: { blockLength: 32 },
      training: { maxSteps: 2000, epochs: 100, batchSize: 32, learningRate: 4e-3, evaluationSteps: 400 },
    },
    seeds: [1],
  }),
};

const PICTURES: StudyPart = {
  name: 'pictures',
  data: sceneData({ task: 'classification', seed: SEEDS.pretraining, ...RECORDS }),
  grid: ({ files }) => ({
    base: {
      task: 'classification',
      data: files,
      model: { text: 'tiny', vision: VISION },
      training: { epochs: 8, batchSize: 32, learningRate: 2e-3 },
    },
    seeds: [1],
  }),
};

const TRAINING = { maxSteps: 600, epochs: 600, batchSize: 16, evaluationSteps: 50, patience: null };
/** From the sweep: the best for random weights, and half of it for pretrained ones, which forget less by it. */
const RATES = { random: 8e-3, pretrained: 4e-3 };

/** Both networks from random weights, or both pretrained; the words are the same. */
function beginnings({ weights }: PartContext) {
  const words = weights(WORDS.name);
  const tokenizer = { from: words };
  return {
    random: { text: GPT, vision: VISION, tokenizer },
    pretrained: { text: words, vision: weights(PICTURES.name), tokenizer },
  };
}

function learned(task: 'classification' | 'ner' | 'relation'): StudyPart {
  return {
    name: task,
    data: sceneData({ task, seed: SEEDS.task, ...RECORDS }),
    grid: (context) => {
      const { random, pretrained } = beginnings(context);
      const skip = true as const;
      return {
        base: { task, data: context.files, training: TRAINING },
        axes: {
          'model.fusion': ['none', 'concat'],
          'data.limit': [100, 1000, null],
          model: [random, pretrained],
          'training.learningRate': Object.values(RATES),
        },
        constraints: [
          { when: { model: random, 'training.learningRate': RATES.pretrained }, skip },
          { when: { model: pretrained, 'training.learningRate': RATES.random }, skip },
        ],
      };
    },
  };
}

/** One way of learning at several rates, text-only. */
const SWEEP: StudyPart = {
  name: 'rates',
  data: sceneData({ task: 'classification', seed: SEEDS.task, ...RECORDS }),
  grid: (context) => ({
    base: {
      task: 'classification',
      // Scored on validation records: rates are chosen by them, and the test records are for what is learned at the rates.
      data: { ...context.files, test: null, limit: 1000 },
      model: { fusion: 'none' },
      training: { ...TRAINING, maxSteps: 400 },
    },
    axes: {
      model: Object.values(beginnings(context)).map((model) => ({ ...model, fusion: 'none' })),
      'training.learningRate': [5e-4, 1e-3, 2e-3, 4e-3, 8e-3, 1.6e-2],
    },
  }),
};

export const fineTuningStudy: Study = {
  name: 'fine-tuning',
  title: 'Fine-tuned, and from random weights',
  question:
    'What are weights worth that have learned before, when a task has 100, 1,000 or all of its records; at which learning rate; and how much of what they knew is forgotten? The text network has read sentences; the vision network of the guided models has answered 3,200 labelled questions about other pictures, which for classification is the task itself.',
  seeds: 3,
  parts: [WORDS, PICTURES, SWEEP, ...(['classification', 'ner', 'relation'] as const).map(learned)],
  async body(parts: readonly FinishedPart[]): Promise<string> {
    const part = (name: string) => parts.find((one) => one.part.name === name);
    const [words, rates] = [part(WORDS.name), part(SWEEP.name)];
    const tasks = parts.filter(({ plan }) => plan.grid.paths.includes('data.limit'));
    const sections = [
      tasks.length > 0 ? await sizesTable(tasks) : '',
      rates && words ? await sweepTable(rates, words, RATES) : '',
      words && tasks.length > 0 ? await forgettingTable(tasks, words) : '',
    ];
    return sections.filter(Boolean).join('\n\n');
  },
};
