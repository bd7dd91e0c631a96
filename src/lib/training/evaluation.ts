/** @file Metrics of a model on records, with 95 % intervals clustered by group. */
import { groupOf } from '../data';
import { bootstrapInterval } from '../experiments/statistics';
import type { FittedTask, OutputRows } from '../tasks';
import type { Examples } from '../tasks/examples';

/** A metric and its 95 % interval. */
export interface MetricInterval {
  value: number;
  low: number;
  high: number;
}

export type Metrics = Record<string, MetricInterval>;

const RESAMPLES = 2000;

/** Bootstrap over groups, since records that share a picture or a sentence are not independent. */
export function metricIntervals(
  task: FittedTask,
  outputs: OutputRows,
  examples: Examples,
  seed = 1,
): Metrics {
  const { set } = examples;
  const clusters = set.records.map((record, row) => groupOf(record, row));
  return Object.fromEntries(
    task.metrics(outputs, set).map(({ name, values, of }) => {
      const sample = values ? { values } : { metric: of, records: set.records.length };
      const { value, low, high } = bootstrapInterval({ ...sample, clusters, seed, resamples: RESAMPLES });
      return [name, { value, low, high }];
    }),
  );
}

/** Metrics without intervals: for the many evaluations of a run. */
export function metricValues(
  task: FittedTask,
  outputs: OutputRows,
  { set }: Examples,
): Record<string, number> {
  const all = Int32Array.from({ length: set.records.length }, (_, row) => row);
  return Object.fromEntries(task.metrics(outputs, set).map((metric) => [metric.name, metric.of(all)]));
}
