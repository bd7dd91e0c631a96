/**
 * @file Whether a new model is worse than an old one on the same test records, by the paired bootstrap (Koehn 2004),
 * clustered as all intervals are. Not worse, by at most the share m of the old value v:
 *
 *     lower end of the 95 % interval of (new − old) ≥ −m·|v|         (signs turned where smaller is better)
 *
 * The burden of proof is the new model's: where the records are too few to tell, the old one stays. Answers that are
 * the same on all of n records leave ±3.84/n.
 */
import { type PairedDifference, pairedBootstrap } from '../experiments/statistics';
import type { TaskMetric } from '../tasks';
import { type Answered, answerUnder, type EvaluateOptions } from './evaluate';

export interface MetricComparison {
  old: number;
  new: number;
  /** Of new − old, 95 %. */
  difference: number;
  low: number;
  high: number;
}

export interface ModelComparison {
  /** The metric that decides: the one that training watches. */
  metric: string;
  direction: 'larger' | 'smaller';
  /** Share of the old value by which the new one may be worse. */
  margin: number;
  notWorse: boolean;
  records: number;
  metrics: Record<string, MetricComparison>;
}

export interface ComparisonOptions extends Pick<EvaluateOptions, 'batchSize' | 'onProgress'> {
  margin?: number;
}

interface Measured {
  metrics: TaskMetric[];
  clusters: string[];
  count: number;
  main: Answered['task']['mainMetric'];
}

/** Compares the models of two run folders on the records of `file`. */
export async function compareModels(
  oldRun: string,
  newRun: string,
  file: string,
  { margin = 0.01, ...options }: ComparisonOptions = {},
): Promise<ModelComparison> {
  const before = await measure(oldRun, file, options);
  const after = await measure(newRun, file, options);
  const metrics: Record<string, MetricComparison> = {};
  for (const metric of after.metrics) {
    const earlier = before.metrics.find(({ name }) => name === metric.name);
    if (earlier) metrics[metric.name] = paired(earlier, metric, after);
  }
  const { name, direction } = after.main;
  const deciding = metrics[name] as MetricComparison;
  const worstCase = direction === 'larger' ? deciding.low : -deciding.high;
  const notWorse = worstCase >= -margin * Math.abs(deciding.old);
  return { metric: name, direction, margin, notWorse, records: after.count, metrics };
}

async function measure(run: string, file: string, options: EvaluateOptions): Promise<Measured> {
  const score = ({ task, source, outputs }: Answered): Measured => ({
    metrics: task.metrics(outputs, source),
    clusters: source.clusters(),
    count: source.count,
    main: task.mainMetric,
  });
  return (await answerUnder([{}], run, file, score, options))[0] as Measured;
}

function paired(before: TaskMetric, after: TaskMetric, { clusters, count }: Measured): MetricComparison {
  const all = Int32Array.from({ length: count }, (_, row) => row);
  const both = before.values && after.values;
  const { value, low, high }: PairedDifference = pairedBootstrap({
    first: both ? (after.values as Float64Array) : (rows) => after.of(rows),
    second: both ? (before.values as Float64Array) : (rows) => before.of(rows),
    records: count,
    clusters,
  });
  return { old: before.of(all), new: after.of(all), difference: value, low, high };
}
