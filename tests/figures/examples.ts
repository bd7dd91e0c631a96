/** @file Figures as the kit makes them, for the tests: long names, narrow panels, seeds, odd characters. */
import {
  bars,
  comparison,
  confusionMatrix,
  type FigureSpecification,
  heatMap,
  learningCurve,
  lineWithBand,
  reliabilityDiagram,
} from '../../src/lib/figures';

const control = (name: string, value: number) => ({
  name,
  role: 'control' as const,
  value,
  low: value - 0.02,
  high: value + 0.02,
});

const comparisonExample = comparison({
  title: 'The picture carries the answer: guided models pass the text-only ceiling by a wide margin',
  subtitle: 'Test accuracy with 95 % intervals, clustered by picture',
  groups: [
    {
      name: 'easy-VQA, all questions',
      systems: [
        { name: 'vision-guided', role: 'vision-guided', value: 1, low: 0.99, high: 1 },
        { name: 'text-only', role: 'text-only', value: 0.668, low: 0.655, high: 0.681 },
        control('guided, shuffled pictures', 0.661),
        control('guided, blank picture', 0.604),
      ],
      ceilings: [{ name: 'text-only ceiling', value: 0.67 }],
    },
    {
      name: 'easy-VQA, 11 answers that are not yes or no',
      systems: [
        { name: 'vision-guided', role: 'vision-guided', value: 0.961, low: 0.95, high: 0.97 },
        { name: 'text-only', role: 'text-only', value: 0.02 },
      ],
      ceilings: [{ name: 'text-only ceiling', value: 0.233 }],
    },
    {
      name: 'NLVR dev',
      systems: [{ name: 'vision-guided', role: 'vision-guided', value: 0.57, low: 0.54, high: 0.6 }],
      ceilings: [{ name: 'blind ceiling', value: 0.5865 }],
    },
  ],
});

const run = (name: string, role: 'text-only' | 'vision-guided', end: number) => ({
  name,
  role,
  bestStep: 480,
  points: Array.from({ length: 300 }, (_, i) => ({
    step: 2 * i,
    trainLoss: 0.2 + 2 * Math.exp(-i / 60) + 0.05 * Math.sin(i * i),
    validation: i % 20 === 0 ? end - 0.4 * Math.exp(-i / 50) : undefined,
  })),
});

/** Every kind of figure but the picture grid, which is asynchronous. */
export const examples: Readonly<Record<string, FigureSpecification>> = {
  comparison: comparisonExample,
  learningCurve: learningCurve({
    title: 'The guided model keeps learning',
    subtitle: 'rings mark the weights that were kept',
    metric: 'validation accuracy',
    percent: true,
    runs: [run('text-only', 'text-only', 0.66), run('vision-guided', 'vision-guided', 0.97)],
    ceilings: [{ name: 'text-only ceiling', value: 0.72 }],
  }),
  reliabilityDiagram: reliabilityDiagram({
    title: 'Does the gate mean what it says?',
    subtitle:
      'Of the test records that say whether their picture matters; bars are 95 % intervals, on the dashed line a gate is calibrated',
    series: ['cross-attention, learningRate 0.001', 'gated-cross-attention, learningRate 0.001'].map(
      (name, i) => ({
        name: `${name}: calibration error 0.0${i + 4}`,
        bins: [0.05, 0.45, 0.95].map((x) => ({
          x,
          y: x - 0.04 * i,
          low: x - 0.05,
          high: x + 0.05,
          count: 100 * x,
        })),
      }),
    ),
    xTitle: 'P(picture is relevant) that the gate says',
    yTitle: 'share of relevant pictures',
  }),
  confusionMatrix: confusionMatrix({
    title: 'What is confused',
    labels: ['circle', 'rectangle', 'triangle'],
    counts: [
      [9, 1, 0],
      [2, 8, 0],
      [0, 0, 5],
    ],
  }),
  confusionMatrixLarge: confusionMatrix({
    title: 'Many labels',
    labels: Array.from({ length: 15 }, (_, i) => `a long label ${i}`),
    counts: Array.from({ length: 15 }, (_, i) =>
      Array.from({ length: 15 }, (_, j) => (i === j ? 9 : (i * j) % 3)),
    ),
  }),
  heatMap: heatMap({
    title: 'Where the words look',
    values: Array.from({ length: 6 }, (_, i) =>
      Array.from({ length: 16 }, (_, j) => 1 / (1 + (i * 2 - j) ** 2)),
    ),
    rows: ['How', 'many', 'blue', 'shapes', 'touch', 'edges?'],
    columnTitle: 'patch',
    valueTitle: 'attention',
  }),
  lineWithBand: lineWithBand({
    title: 'More data helps only the model that sees',
    xTitle: 'training records',
    yTitle: 'accuracy, %',
    xLogarithmic: true,
    series: [
      {
        name: 'text-only',
        role: 'text-only',
        x: [250, 1000, 4000],
        y: [45, 57, 60],
        low: [42, 55, 59],
        high: [48, 59, 62],
      },
      {
        name: 'vision-guided',
        role: 'vision-guided',
        x: [250, 1000, 4000],
        y: [46, 68, 90],
        low: [43, 65, 89],
        high: [49, 71, 91],
      },
    ],
    ceilings: [{ name: 'text-only ceiling', value: 75 }],
  }),
  bars: bars({
    title: 'Answers, a < b & c',
    yTitle: 'questions',
    categories: ['yes', 'no', 'circle', 'rectangle', 'triangle', 'yellow'],
    series: [{ name: 'train', values: [9000, 9034, 2500, 2400, 2450, 605] }],
  }),
};
