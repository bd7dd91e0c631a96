/** @file Metrics of a model on records, with 95 % intervals clustered by group. */
import { type AnyRecord, groupOf, type RecordSet } from '../data';
import { InputError } from '../errors';
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

export interface IntervalOptions {
  seed?: number;
  /** Field of the records whose equal values make a cluster; the record's group by default. */
  cluster?: string;
}

/** Bootstrap over clusters, since records that share a picture or a sentence are not independent. */
export function metricIntervals(
  task: FittedTask,
  outputs: OutputRows,
  examples: Examples,
  { seed = 1, cluster }: IntervalOptions = {},
): Metrics {
  const { set } = examples;
  const clusters = set.records.map((record, row) =>
    cluster ? fieldOf(record, cluster, set, row) : groupOf(record, row),
  );
  return Object.fromEntries(
    task.metrics(outputs, set).map(({ name, values, of }) => {
      const sample = values ? { values } : { metric: of, records: set.records.length };
      const { value, low, high } = bootstrapInterval({ ...sample, clusters, seed, resamples: RESAMPLES });
      return [name, { value, low, high }];
    }),
  );
}

function fieldOf(record: AnyRecord, field: string, set: RecordSet, row: number): string {
  const value = (record as Record<string, unknown>)[field];
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new InputError(
    `${set.file}:${set.lines[row]}: no field ${field} to cluster by; name a field that every record has`,
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
