/**
 * @file What stands behind the rows, for figures. Of the first few models, as many as can be told apart: how validation went
 * while they trained, whether gates mean the probabilities that they say. Of the best of all models: what it takes for what
 * (classifiers), and of the best that attends to patches where an answer was looked for.
 */
import { dirname, resolve } from 'node:path';
import sharp from 'sharp';
import { expectedCalibrationError, reliability } from '../../tasks/metrics';
import { wilsonInterval } from '../statistics/wilson';
import { isOwn, readAnswers } from './answers';
import type { AttendedRecord } from './attended';
import type { AblationPlan } from './plan';
import type { Row } from './rows';
import { higherIsBetter } from './scores';
import { type ValidationPoint, validationCurve } from './validation-curve';

/** Of so many models curves and gates are shown. */
export const MODELS = 7;
/** Labels that a matrix has room for. */
const LABELS = 24;
/** Of 500 records or more; of fewer half as many. */
const BINS = 10;

export interface CurveOfSeeds {
  name: string;
  looks: boolean;
  /** Steps at which every seed was evaluated. */
  steps: number[];
  mean: number[];
  lowest: number[];
  highest: number[];
  seeds: number;
}

export interface GateReliability {
  name: string;
  /** Mean distance between what the gate says and how often it is so (tasks/metrics/calibration.ts). */
  calibrationError: number;
  /** Records, of all seeds together. */
  records: number;
  /**
   * Bins of what the gate says that hold records: their mean, how often the picture is relevant, with Wilson's interval. Seeds
   * see the same records, so an interval is of as many records as a seed has in the bin on average.
   */
  bins: { said: number; relevant: number; low: number; high: number; count: number }[];
}

export interface Confusions {
  name: string;
  labels: string[];
  /** So many rare labels are counted together as the last one; 0 where all have room. */
  others: number;
  /** `counts[i][j]`: answers j to records of label i, of all seeds together. */
  counts: number[][];
  seeds: number;
}

export interface GridDetails {
  /** As they are (`isOwn`), of which a cell has finished; curves and gates are of the first `MODELS`. */
  models: number;
  /** `metric`: of the curves; the loss where what is measured in the end is of what is written. */
  curves: { metric: string; lines: CurveOfSeeds[] } | null;
  gates: GateReliability[];
  confusions: Confusions | null;
  /** Where the best model that looks so looked before it answered, its first seed. */
  attended: { name: string; records: AttendedRecord[] } | null;
  /** What could not be looked into, and why. */
  notes: string[];
}

/** Of the models as they are (`isOwn`), in the order of the rows. */
export async function gridDetails(
  plan: AblationPlan,
  rows: readonly Row[],
  out: string,
  folder: string,
): Promise<GridDetails> {
  const own = rows.filter((row) => isOwn(row, plan.grid.primary) && row.cells.length > 0);
  const first = own.slice(0, MODELS);
  const notes: string[] = [];
  const file = resolve(folder, plan.file);
  return {
    models: own.length,
    curves: await curvesOf(plan, first, out),
    gates: first.flatMap((row) => gateOf(row, out) ?? []),
    confusions: confusionsOf(byValue(own, plan.metric)[0] ?? null, out),
    attended: await attendedOf(byValue(own, plan.metric), out, file, notes),
    notes,
  };
}

async function curvesOf(
  plan: AblationPlan,
  rows: readonly Row[],
  out: string,
): Promise<GridDetails['curves']> {
  const lines: CurveOfSeeds[] = [];
  const metrics = new Set<string>();
  for (const { name, looks, cells } of rows) {
    const curves: ValidationPoint[][] = [];
    for (const { cell } of cells) curves.push(await validationCurve(out, cell.id, plan.metric));
    for (const point of curves.flat()) metrics.add(point.metric);
    const valuesAt = (step: number) =>
      curves.flatMap((points) => points.find((point) => point.step === step)?.value ?? []);
    const steps = (curves[0] ?? [])
      .map(({ step }) => step)
      .filter((step) => valuesAt(step).length === curves.length);
    if (steps.length < 2) continue;
    const values = steps.map(valuesAt);
    lines.push({
      name,
      looks,
      steps,
      mean: values.map((some) => some.reduce((sum, value) => sum + value, 0) / some.length),
      lowest: values.map((some) => Math.min(...some)),
      highest: values.map((some) => Math.max(...some)),
      seeds: curves.length,
    });
  }
  const [metric, ...others] = metrics;
  return metric === undefined || others.length > 0 || lines.length === 0 ? null : { metric, lines };
}

function gateOf({ name, cells }: Row, out: string): GateReliability | null {
  const found = cells.flatMap(({ cell }) => readAnswers(out, cell.id)?.gate ?? []);
  const said = found.flatMap((one) => one.said);
  const relevant = found.flatMap((one) => one.relevant);
  if (said.length === 0) return null;
  const few = said.length / found.length < 500;
  const bins = reliability(said, relevant, { bins: few ? BINS / 2 : BINS }).filter(({ count }) => count > 0);
  return {
    name,
    calibrationError: expectedCalibrationError(said, relevant),
    records: said.length,
    bins: bins.map(({ confidence, accuracy, count }) => {
      const trials = count / found.length;
      const { low, high } = wilsonInterval(Math.min(trials, accuracy * trials), trials);
      return { said: confidence, relevant: accuracy, low, high, count };
    }),
  };
}

/** Of the first of the rows that has kept it. Pictures that cannot be read are left out, with a note. */
async function attendedOf(
  rows: readonly Row[],
  out: string,
  file: string,
  notes: string[],
): Promise<GridDetails['attended']> {
  for (const { name, cells } of rows) {
    const kept = readAnswers(out, cells[0]?.cell.id as string);
    if (kept?.attendedError !== undefined) {
      notes.push(`Where ${name} looks before it answers could not be found out: ${kept.attendedError}`);
    }
    if (!kept?.attended) continue;
    const records: AttendedRecord[] = [];
    for (const record of kept.attended) {
      const picture = resolve(dirname(file), record.picture);
      try {
        await sharp(picture).stats();
        records.push({ ...record, picture });
      } catch (error) {
        notes.push(
          `Where ${name} looks is not drawn on ${picture}, which cannot be read (${(error as Error).message}).`,
        );
      }
    }
    return records.length === 0 ? null : { name, records };
  }
  return null;
}

/** From the best to the worst, by the mean over the seeds; equal ones in their order. */
function byValue(rows: readonly Row[], metric: string): Row[] {
  const sign = higherIsBetter(metric) ? 1 : -1;
  const mean = ({ cells }: Row) => (sign * cells.reduce((sum, { value }) => sum + value, 0)) / cells.length;
  return [...rows].sort((a, b) => mean(b) - mean(a));
}

function confusionsOf(row: Row | null, out: string): Confusions | null {
  if (!row) return null;
  const found = row.cells.flatMap(({ cell }) => readAnswers(out, cell.id)?.labels ?? []);
  if (found.length === 0) return null;
  const targets = found.flatMap((one) => one.targets);
  const predictions = found.flatMap((one) => one.predictions);
  const frequency = new Map<string, number>();
  for (const label of predictions) frequency.set(label, frequency.get(label) ?? 0);
  for (const label of targets) frequency.set(label, (frequency.get(label) ?? 0) + 1);
  const all = [...frequency].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([label]) => label);
  const kept = all.length > LABELS ? all.slice(0, LABELS - 1) : all;
  const labels = [...kept].sort();
  const others = all.length - kept.length;
  if (others > 0) labels.push(`${others} others`);
  const placeOf = new Map(labels.map((label, place) => [label, place]));
  const place = (label: string) => placeOf.get(label) ?? labels.length - 1;
  const counts = labels.map(() => labels.map(() => 0));
  for (const [i, target] of targets.entries()) {
    const line = counts[place(target)] as number[];
    const answer = place(predictions[i] as string);
    line[answer] = (line[answer] as number) + 1;
  }
  return { name: row.name, labels, others, counts, seeds: found.length };
}
