import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readRecords } from '../../../src/lib/data';
import { NetworkLogits } from '../../../src/lib/decoding';
import { use } from '../../../src/lib/engine';
import { mutualInformation, pictureGain } from '../../../src/lib/experiments';
import {
  rowDifference,
  rowInterval,
  runValue,
  type ScoredRun,
} from '../../../src/lib/experiments/ablation/comparisons';
import { measuredBy, recordScores, type ScoreForm } from '../../../src/lib/experiments/ablation/scores';
import {
  bootstrapInterval,
  hierarchicalInterval,
  RecordResamples,
  wilsonInterval,
} from '../../../src/lib/experiments/statistics';
import { Generator } from '../../../src/lib/random';
import { metrics } from '../../../src/lib/tasks';
import { loadLanguageModel, train } from '../../../src/lib/training';
import { answerUnder } from '../../../src/lib/training/evaluate';
import { writtenData } from '../../support/written-data';

const every = (count: number) => Int32Array.from({ length: count }, (_, i) => i);
const run = (seed: number, scores: ScoreForm, names?: string[]): ScoredRun => {
  const count = scores.form === 'values' ? scores.values.length : 4;
  const ids = Array.from({ length: count }, (_, i) => `r${i}`);
  return { seed, scores: { metric: 'm', ids, clusters: names ?? ids, scores } };
};
const values = (...numbers: number[]): ScoreForm => ({ form: 'values', values: numbers });
const pairsOf = (count: number) => Array.from({ length: count }, (_, i) => `c${Math.floor(i / 2)}`);

describe('rows by hand', () => {
  it('mean over seeds and records, the difference paired by seed', () => {
    const guided = [run(1, values(1, 1, 1, 0)), run(2, values(1, 1, 0, 0))];
    const blind = [run(2, values(0, 1, 0, 0)), run(1, values(1, 0, 0, 0))];
    // (3/4 + 2/4) / 2; differences 0 1 1 0 and 1 0 0 0: (2/4 + 1/4) / 2.
    expect(rowInterval(guided)?.value).toBe(0.625);
    const difference = rowDifference(guided, blind);
    expect(difference?.value).toBe(0.375);
    const byHand = hierarchicalInterval({
      values: [
        [0, 1, 1, 0],
        [1, 0, 0, 0],
      ],
    });
    expect(difference).toEqual(byHand);
    expect(runValue((guided[0] as ScoredRun).scores)).toBe(0.75);
  });

  it('the exact distribution of a small grid: two clusters, two seeds', () => {
    // Seeds give 1 and 0 everywhere but in cluster b of seed 2, where it is 1: sums by (seed, cluster) 1 1 / 0 1.
    // Drawing two clusters and two seeds of two with replacement, the mean has by enumeration these chances:
    const table = [
      [1, 1],
      [0, 1],
    ] as const;
    const chances = new Map<number, number>();
    const two = [0, 1] as const;
    for (const a of two)
      for (const b of two)
        for (const s of two)
          for (const t of two) {
            const mean = (table[s][a] + table[s][b] + table[t][a] + table[t][b]) / 4;
            chances.set(mean, (chances.get(mean) ?? 0) + 1 / 16);
          }
    expect([...chances.entries()].sort()).toEqual(
      [
        [0, 1 / 16],
        [0.5, 4 / 16],
        [0.75, 4 / 16],
        [1, 7 / 16],
      ].map(([value, chance]) => [value, chance]),
    );
    const expected = [...chances].reduce((sum, [value, chance]) => sum + value * chance, 0);
    const variance = [...chances].reduce((sum, [value, chance]) => sum + chance * (value - expected) ** 2, 0);
    const drawn = new RecordResamples(2, { resamples: 40_000 });
    const runs = [values(1, 1), values(0, 1)].map((form) => drawn.metric(measuredBy(form)));
    const measured = drawn.overSeeds(runs);
    expect(measured.value).toBe(0.75);
    // The error of 40,000 draws: about √(2/40000)/2 of the deviation, 0.4 %; five times that.
    expect(measured.standardError / Math.sqrt(variance)).toBeCloseTo(1, 1);
    expect(Math.abs(measured.standardError / Math.sqrt(variance) - 1)).toBeLessThan(0.02);
    expect([measured.low, measured.high]).toEqual([0, 1]);
  });

  it('claims no certainty where every answer is right: Wilson’s interval of as many trials as clusters', () => {
    const all = [run(1, values(1, 1, 1, 1), pairsOf(4)), run(2, values(1, 1, 1, 1), pairsOf(4))];
    const interval = rowInterval(all);
    const wilson = wilsonInterval(2, 2);
    expect([interval?.value, interval?.low, interval?.high]).toEqual([1, wilson.low, wilson.high]);
    expect(interval?.seeds).toBe(2);
  });

  it('draws clusters whole: an interval over clusters of equal records is that over one record a cluster', () => {
    const generator = new Generator(5, 'test');
    const single = Array.from({ length: 60 }, () => Number(generator.uniform() < 0.4));
    const doubled = single.flatMap((value) => [value, value]);
    const wide = rowInterval([run(1, values(...doubled), pairsOf(120))]);
    const plain = hierarchicalInterval({ values: [single] });
    expect([wide?.low, wide?.high]).toBeClose([plain.low, plain.high]);
    expect(wide?.clusters).toBe(60);
    const naive = bootstrapInterval({ values: doubled });
    expect((wide?.high as number) - (wide?.low as number)).toBeGreaterThan(1.2 * (naive.high - naive.low));
  });

  it('compares only the seeds and the records that both have', () => {
    const first = [run(1, values(1, 1, 0, 0)), run(2, values(1, 1, 1, 1))];
    expect(rowDifference(first, [run(2, values(0, 0, 0, 0))])).toMatchObject({ value: 1, seeds: 1 });
    expect(rowDifference(first, [run(3, values(0, 0, 0, 0))])).toBeNull();
    expect(rowDifference(first, [run(2, values(0, 0, 0))])).toBeNull();
    expect(rowDifference(first, [run(2, values(0, 0, 0, 0), ['a', 'a', 'b', 'b'])])).toBeNull();
    expect(rowInterval([])).toBeNull();
  });
});

describe('metrics that are no mean', () => {
  it('the path for any metric gives of means what the path for means gives', () => {
    const generator = new Generator(3, 'test');
    const rows = [1, 2, 3].map(() => Array.from({ length: 50 }, () => generator.uniform()));
    const clusters = pairsOf(50);
    const fast = hierarchicalInterval({ values: rows, clusters, resamples: 500 });
    const drawn = new RecordResamples(50, { clusters, resamples: 500 });
    const general = drawn.overSeeds(rows.map((row) => drawn.metric(measuredBy(values(...row)))));
    const numbers = ({ value, low, high, standardError, pValue }: typeof fast) => [
      value,
      low,
      high,
      standardError,
      pValue,
    ];
    expect(numbers(general)).toBeClose(numbers(fast), { absolute: 1e-12 });
  });

  it('ratio, perplexity, macro F1 and BLEU of some records equal the metrics of those records alone', () => {
    const rows = Int32Array.of(0, 2, 2, 3);
    const ratio = {
      form: 'ratio',
      sums: [2, 9, 4, 6],
      counts: [1, 3, 2, 3],
      exponential: false,
      scale: 1,
    } as const;
    expect(measuredBy({ ...ratio, sums: [...ratio.sums], counts: [...ratio.counts] })(rows)).toBe(16 / 8);
    expect(
      measuredBy({ ...ratio, sums: [...ratio.sums], counts: [...ratio.counts], exponential: true })(rows),
    ).toBeCloseTo(Math.exp(2), 12);
    const predictions = ['a', 'b', 'a', 'b'];
    const targets = ['a', 'a', 'b', 'b'];
    // Of a a b against a b b … rows 0 2 2 3: predictions a a a b, targets a b b b: F1 a = 1/2, b = 1/2.
    expect(measuredBy({ form: 'labels', predictions, targets })(rows)).toBe(0.5);
    const written = ['the cat sat on the mat', 'a dog', 'a red ball on a box', 'no'];
    const references = ['the cat sat on a mat', 'a dog', 'a red ball in a box', 'no'];
    const take = (texts: string[]) => Array.from(rows, (row) => texts[row] as string);
    expect(
      measuredBy({ form: 'written', metric: 'bleu', predictions: written, references })(rows),
    ).toBeCloseTo(metrics.bleu(take(written), take(references)), 12);
  });

  it('pairs BLEU by seed and record', () => {
    const references = [
      'the cat sat on the mat',
      'a dog ran over the road',
      'a red ball on a box',
      'no one is here now',
    ];
    const right: ScoreForm = { form: 'written', metric: 'bleu', predictions: references, references };
    const wrong: ScoreForm = {
      ...right,
      predictions: ['x', 'a dog ran over the box', 'y', 'no one is here now'],
    };
    const difference = rowDifference([run(1, right)], [run(1, wrong)]);
    expect(difference?.value).toBeCloseTo(100 - metrics.bleu(wrong.predictions, references), 10);
    expect(rowDifference([run(1, right)], [run(1, right)])).toMatchObject({
      value: 0,
      low: 0,
      high: 0,
      pValue: 1,
    });
  });
});

describe('scores of a task whose answer is written', () => {
  let folder = '';
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('every metric by its records is the task’s own', async () => {
    folder = await writtenData(24);
    await use({ device: 'cpu', threads: 1 });
    await train(
      {
        task: 'translation',
        data: { train: 'train.jsonl', validation: 'validation.jsonl', test: 'test.jsonl' },
        model: { text: 'gpt-tiny', vision: 'cnn-tiny', tokenizer: { vocabularySize: 300 } },
        training: { maxSteps: 30, batchSize: 8, learningRate: 1e-2, evaluationSteps: 30 },
      },
      join(folder, 'run'),
      { folder },
    );
    const names = ['bleu', 'chrf', 'exactMatch', 'loss', 'perplexity', 'choiceAccuracy'];
    await answerUnder([{}], join(folder, 'run'), join(folder, 'test.jsonl'), ({ task, source, outputs }) => {
      const own = task.metrics(outputs, source);
      for (const metric of names) {
        const { scores, ids } = recordScores(task, source, outputs, { metric });
        const kept = JSON.parse(JSON.stringify(scores)) as ScoreForm;
        const half = every(ids.length).filter((row) => row % 2 === 0);
        const expected = own.find(({ name }) => name === metric)?.of(half) as number;
        expect([metric, measuredBy(kept)(half)]).toEqual([metric, expect.closeTo(expected, 8)]);
      }
      expect(() => recordScores(task, source, outputs, { metric: 'accurcy' })).toThrow(
        /translation has .*bleu/,
      );
    });

    // The gain by the picture is the mutual information of the answer with it, and both the difference of two losses.
    const gain = await pictureGain(join(folder, 'run'), join(folder, 'test.jsonl'));
    const losses = await answerUnder(
      [{ condition: 'right' }, { condition: 'none' }],
      join(folder, 'run'),
      join(folder, 'test.jsonl'),
      ({ outputs }) => outputs.loss?.data as Float32Array,
    );
    const [right, none] = losses as [Float32Array, Float32Array];
    const differences = Array.from(none, (loss, row) => loss - (right[row] as number));
    expect([...gain.records]).toBeClose(differences, { absolute: 1e-6 });
    const sum = (values: Iterable<number>) => [...values].reduce((total, x) => total + x, 0);
    expect(gain.mean.value).toBeCloseTo(sum(differences) / sum(gain.tokens), 6);
    const { records, pictures } = await readRecords(join(folder, 'test.jsonl'), 'translation');
    const model = await loadLanguageModel(join(folder, 'run'));
    const base = new NetworkLogits(model);
    for (const row of [0, 4]) {
      const record = records[row] as { source: string; target: string };
      const picture = await model.picture(pictures[row] as string);
      const scorer = mutualInformation(model, base, { picture, prompt: record.source });
      expect(await scorer.score([record.target], 0)).toBeClose([differences[row] as number], {
        absolute: 2e-4,
      });
    }
    base.dispose();
    model.dispose();
  });
});
