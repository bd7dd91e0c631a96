/** @file Metrics of a model on records, with 95 % intervals clustered by group. */
import { bootstrapInterval } from '../experiments/statistics';
import type { Objective, OutputRows, TaskMetric } from '../tasks';
import { relevanceMetrics } from '../tasks/relevance-metrics';
import type { BatchSource } from '../tasks/source';

/** A metric and its 95 % interval. */
export interface MetricInterval {
  value: number;
  low: number;
  high: number;
}

export type Metrics = Record<string, MetricInterval>;

const RESAMPLES = 2000;

export interface IntervalOptions {
  seed?: number;
  /** Field of the records whose equal values make a cluster; the record's group by default. */
  cluster?: string;
}

/** Bootstrap over clusters, since records that share a picture or a sentence are not independent. */
export function metricIntervals<S extends BatchSource>(
  task: Objective<S>,
  outputs: OutputRows,
  source: S,
  { seed = 1, cluster }: IntervalOptions = {},
): Metrics {
  const clusters = source.clusters(cluster);
  return Object.fromEntries(
    allMetrics(task, outputs, source).map(({ name, values, of }) => {
      const sample = values ? { values } : { metric: of, records: source.count };
      const { value, low, high } = bootstrapInterval({ ...sample, clusters, seed, resamples: RESAMPLES });
      return [name, { value, low, high }];
    }),
  );
}

/** The task's metrics, and the gate's. */
function allMetrics<S extends BatchSource>(task: Objective<S>, outputs: OutputRows, source: S): TaskMetric[] {
  return [...task.metrics(outputs, source), ...relevanceMetrics(outputs, source)];
}

/** Metrics without intervals: for the many evaluations of a run. */
export function metricValues<S extends BatchSource>(
  task: Objective<S>,
  outputs: OutputRows,
  source: S,
): Record<string, number> {
  const all = Int32Array.from({ length: source.count }, (_, row) => row);
  return Object.fromEntries(allMetrics(task, outputs, source).map((metric) => [metric.name, metric.of(all)]));
}
