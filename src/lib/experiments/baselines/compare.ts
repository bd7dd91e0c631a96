/**
 * @file A trained model beside a baseline on the same records: both scored record by record by the same metric, the
 * difference with its paired interval, and the verdict in words.
 */
import type { AnyRecord, Task as TaskName } from '../../data';
import { targetField } from '../../data/records';
import { rightAnswers } from '../../data/right-answers';
import { InputError } from '../../errors';
import { isWritingTask, type TaskMetric } from '../../tasks';
import { entityMetrics } from '../../tasks/entity-metrics';
import { type WrittenMetric, writtenMetrics } from '../../tasks/writing/metrics';
import { higherIsBetter, isShare, measuredBy, type RecordScores, type ScoreForm } from '../ablation/scores';
import {
  bootstrapInterval,
  type PairedDifference,
  pairedBootstrap,
  type Verdict,
  verdict,
} from '../statistics';

export interface BaselineComparison {
  metric: string;
  model: { value: number; low: number; high: number };
  baseline: { value: number; low: number; high: number };
  /** model − baseline */
  difference: PairedDifference;
  verdict: Verdict;
}

const LABELS = ['accuracy', 'macroF1'];
const WRITTEN = ['exactMatch', 'f1', 'bleu', 'chrf', 'rouge1', 'rouge2', 'rougeL', 'cider'];

/** What answers to records of the task, given as text, can be scored by. */
function metricsOf(task: TaskName): readonly string[] {
  if (task === 'classification' || task === 'relation') return LABELS;
  if (task === 'ner') return ['f1', 'precision', 'recall'];
  return isWritingTask(task) ? WRITTEN : [];
}

/** Answers to records of `task`, scored by `metric` as the task itself scores a model's. Throws an `InputError` on a metric that it cannot take. */
export function answerScores(
  task: TaskName,
  metric: string,
  answers: readonly string[],
  records: readonly AnyRecord[],
): ScoreForm {
  if (answers.length !== records.length)
    throw new InputError(`answers: expected ${records.length}, one a record, found ${answers.length}`);
  if (!metricsOf(task).includes(metric)) {
    const known = metricsOf(task).join(', ');
    throw new InputError(
      `metric ${JSON.stringify(metric)}: answers of ${task} ${known ? `are scored by ${known}` : 'are no text'}`,
    );
  }
  const targets = records.map((record) => (record as unknown as Record<string, unknown>)[targetField[task]]);
  if (metric === 'accuracy')
    return { form: 'values', values: answers.map((answer, row) => Number(answer === targets[row])) };
  if (metric === 'macroF1')
    return { form: 'labels', predictions: [...answers], targets: targets.map(String) };
  const references = records.map((record, row) => [...rightAnswers(record, String(targets[row]))]);
  const found = (
    task === 'ner'
      ? entityMetrics(
          answers.map((answer) => answer.split(' ')),
          targets as string[][],
        )
      : writtenMetrics(metricFamily(metric), answers, references)
  ).find(({ name }) => name === metric);
  return formOf(found as TaskMetric, answers, references);
}

function metricFamily(metric: string): WrittenMetric {
  return (metric.startsWith('rouge') ? 'rouge' : metric) as WrittenMetric;
}

function formOf(
  { name, values, ratio }: TaskMetric,
  answers: readonly string[],
  references: readonly (string | string[])[],
): ScoreForm {
  if (values) return { form: 'values', values: [...values] };
  if (ratio)
    return { form: 'ratio', sums: [...ratio.sums], counts: [...ratio.counts], exponential: false, scale: 1 };
  const metric = name as 'bleu' | 'chrf';
  return { form: 'written', metric, predictions: [...answers], references: [...references] };
}

/** @param names what the two are called in the verdict. */
export function compareWithBaseline(
  model: RecordScores,
  baseline: ScoreForm,
  names: { model: string; baseline: string },
): BaselineComparison {
  const { metric, clusters } = model;
  const records = model.ids.length;
  const sample = (scores: ScoreForm) => (scores.form === 'values' ? scores.values : measuredBy(scores));
  const interval = (scores: ScoreForm) => {
    const { value, low, high } = bootstrapInterval({
      ...(scores.form === 'values' ? { values: scores.values } : { metric: measuredBy(scores), records }),
      clusters,
    });
    return { value, low, high };
  };
  const difference = pairedBootstrap({
    first: sample(model.scores),
    second: sample(baseline),
    records,
    clusters,
  });
  return {
    metric,
    model: interval(model.scores),
    baseline: interval(baseline),
    difference,
    verdict: verdict({
      system: names.model,
      baseline: names.baseline,
      difference,
      higherIsBetter: higherIsBetter(metric),
      unit: isShare(metric) ? 'points' : metric,
    }),
  };
}
