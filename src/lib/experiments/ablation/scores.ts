/**
 * @file What a cell answered, record by record, for the metric that the statistics are of: kept in a file, so that rows
 * of the table can be compared in pairs without asking the models again. Four forms cover the metrics of all tasks:
 *
 *     values    mean of one number a record                        accuracy, exactMatch, f1, rouge*, cider, gateMean
 *     ratio     scale · f(Σ sums / Σ counts), f = 1 or exp         loss, perplexity, bitsPerByte, choiceAccuracy
 *     labels    macro F1 of label and prediction                   macroF1
 *     written   corpus metric of text and references               bleu, chrf
 *
 * `measuredBy` is checked against the task's own metric on all records whenever scores are made.
 */
import type { RecordSet, Task as TaskName } from '../../data';
import { targetField } from '../../data/records';
import { rightAnswers } from '../../data/right-answers';
import { InputError } from '../../errors';
import { nearest } from '../../nn/nearest';
import { isRecordTask, metrics, type Objective, type OutputRows, type TaskMetric } from '../../tasks';
import type { Examples } from '../../tasks/examples';
import { relevanceMetrics } from '../../tasks/relevance-metrics';
import type { BatchSource } from '../../tasks/source';
import { writtenMetrics } from '../../tasks/writing/metrics';
import type { IndexMetric } from '../statistics';

export type ScoreForm =
  | { form: 'values'; values: number[] }
  | { form: 'ratio'; sums: number[]; counts: number[]; exponential: boolean; scale: number }
  | { form: 'labels'; predictions: string[]; targets: string[] }
  | { form: 'written'; metric: 'bleu' | 'chrf'; predictions: string[]; references: (string | string[])[] };

/** Scores of one cell under one condition. */
export interface RecordScores {
  metric: string;
  /** One a record, in order; rows are paired only where these agree. */
  ids: string[];
  clusters: string[];
  scores: ScoreForm;
}

/** Metrics of which less is better. */
const SMALLER = ['loss', 'perplexity', 'bitsPerByte', 'mse'];
/** Metrics that are shares, and are written as percentages. */
const SHARES = ['accuracy', 'macroF1', 'exactMatch', 'f1', 'rouge1', 'rouge2', 'rougeL', 'choiceAccuracy'];
const WRITTEN = ['exactMatch', 'loss', 'perplexity', 'choiceAccuracy'];

/** What the statistics can be of, by task; the first is what they are of where the config does not say. */
const METRICS: Record<TaskName, readonly string[]> = {
  classification: ['accuracy', 'macroF1'],
  relation: ['accuracy', 'macroF1'],
  ner: ['f1', 'precision', 'recall'],
  regression: ['mse'],
  qa: ['exactMatch', 'f1', ...WRITTEN],
  translation: ['bleu', 'chrf', ...WRITTEN],
  summarization: ['rougeL', 'rouge1', 'rouge2', ...WRITTEN],
  dialogue: ['bleu', ...WRITTEN],
  captioning: ['cider', 'bleu', ...WRITTEN],
  generation: ['bleu', ...WRITTEN],
  'causal-lm': ['loss', 'perplexity', 'accuracy', 'bitsPerByte'],
  'masked-lm': ['loss', 'perplexity', 'accuracy', 'pairAccuracy'],
};

export function higherIsBetter(metric: string): boolean {
  return !SMALLER.includes(metric);
}

export function isShare(metric: string): boolean {
  return SHARES.includes(metric);
}

/** The metric named, or the task's own. Throws an `InputError` where the task has no such metric. */
export function mainMetric(task: TaskName, named: string | null): string {
  const known = METRICS[task];
  if (named === null) return known[0] as string;
  if (known.includes(named)) return named;
  throw new InputError(
    `metric: ${JSON.stringify(named)} is not one of ${task}; did you mean ${nearest(named, known)}? (${[...new Set(known)].join(', ')})`,
  );
}

/** Scores by `metric`. Throws an `InputError` where the task has no such metric, or it cannot be kept by record. */
export function recordScores(
  task: Objective,
  source: BatchSource,
  outputs: OutputRows,
  { metric, cluster }: { metric: string; cluster?: string },
): RecordScores {
  const all = [...task.metrics(outputs, source), ...relevanceMetrics(outputs, source)];
  const found = all.find(({ name }) => name === metric);
  if (!found) {
    throw new InputError(
      `metric ${JSON.stringify(metric)}: ${task.name} has ${all.map(({ name }) => name).join(', ')}`,
    );
  }
  const set = isRecordTask(task) ? (source as Examples).set : null;
  const scores = formOf(found, task, source, outputs, set);
  const made: RecordScores = {
    metric,
    ids: set
      ? set.records.map((record, row) => record.id ?? String(row))
      : Array.from({ length: source.count }, (_, row) => String(row)),
    clusters: source.clusters(cluster),
    scores,
  };
  const every = Int32Array.from({ length: source.count }, (_, row) => row);
  const [mine, own] = [measuredBy(scores)(every), found.of(every)];
  if (Math.abs(mine - own) > 1e-9 * Math.max(1, Math.abs(own))) {
    throw new Error(`${metric}: by its records it is ${mine}, by the task ${own}`);
  }
  return made;
}

function formOf(
  metric: TaskMetric,
  task: Objective,
  source: BatchSource,
  outputs: OutputRows,
  set: RecordSet | null,
): ScoreForm {
  if (metric.values) return { form: 'values', values: [...metric.values] };
  const row = (name: string) => Array.from((outputs[name] as OutputRows[string]).data);
  const ratio = (sums: number[], counts: number[], exponential = false): ScoreForm => {
    const plain = { form: 'ratio', sums, counts, exponential, scale: 1 } as const;
    const every = Int32Array.from(sums, (_, i) => i);
    return {
      ...plain,
      scale: metric.name === 'bitsPerByte' ? metric.of(every) / measuredBy(plain)(every) : 1,
    };
  };
  if (metric.ratio) return ratio([...metric.ratio.sums], [...metric.ratio.counts]);
  switch (metric.name) {
    case 'loss':
    case 'bitsPerByte':
      return ratio(row('loss'), row('count'));
    case 'perplexity':
      return ratio(row('loss'), row('count'), true);
    case 'accuracy':
      return ratio(row('right'), row('count'));
  }
  if (!set || !isRecordTask(task)) throw notKept(metric.name);
  const field = targetField[task.name];
  const targets = set.records.map((record) => String((record as Record<string, unknown>)[field]));
  const predicted = task.predictions(outputs, source as Examples);
  switch (metric.name) {
    case 'macroF1':
      return { form: 'labels', predictions: predicted.map(({ prediction }) => prediction), targets };
    case 'choiceAccuracy':
      return ratio(
        predicted.map(({ choice }, i) => Number(choice === targets[i])),
        predicted.map(({ choice }) => Number(choice !== undefined)),
      );
    case 'bleu':
    case 'chrf':
      return {
        form: 'written',
        metric: metric.name,
        predictions: predicted.map(({ prediction }) => prediction),
        references: set.records.map((record, i) => [...rightAnswers(record, targets[i] as string)]),
      };
  }
  throw notKept(metric.name);
}

function notKept(name: string): InputError {
  return new InputError(`metric ${JSON.stringify(name)} cannot be resampled by record here; choose another`);
}

/** The metric as a function of the records at some indices. */
export function measuredBy(scores: ScoreForm): IndexMetric {
  const made = measures.get(scores) ?? measureOf(scores);
  measures.set(scores, made);
  return made;
}

/** Counting n-grams takes long, and a row is compared with several. */
const measures = new WeakMap<ScoreForm, IndexMetric>();

function measureOf(scores: ScoreForm): IndexMetric {
  switch (scores.form) {
    case 'values': {
      const { values } = scores;
      return (indices) => sumOf(values, indices) / indices.length;
    }
    case 'ratio': {
      const { sums, counts, exponential, scale } = scores;
      return (indices) => {
        const mean = sumOf(sums, indices) / (sumOf(counts, indices) || 1);
        return scale * (exponential ? Math.exp(mean) : mean);
      };
    }
    case 'labels': {
      const { predictions, targets } = scores;
      const take = (labels: readonly string[], indices: Int32Array) =>
        Array.from(indices, (i) => labels[i] as string);
      return (indices) => metrics.macroF1(take(predictions, indices), take(targets, indices));
    }
    case 'written': {
      const { metric, predictions, references } = scores;
      return (writtenMetrics(metric, predictions, references)[0] as TaskMetric).of;
    }
  }
}

function sumOf(values: readonly number[], indices: Int32Array): number {
  let sum = 0;
  for (const i of indices) sum += values[i] as number;
  return sum;
}
