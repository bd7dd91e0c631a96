/** @file What a row is compared with (its baseline, its controls), and the verdict on it. */
import { holm, type PairedDifference, type Verdict, verdict } from '../statistics';
import { type ResampledRuns, rowDifference } from './comparisons';
import type { AblationPlan } from './plan';
import type { Row } from './rows';

export interface Compared {
  baseline: { name: string } | null;
  difference: PairedDifference | null;
  controls: { name: string; difference: PairedDifference }[];
}

export function comparedWith(
  plan: AblationPlan,
  rows: readonly Row[],
  systems: readonly Row[],
  row: Row,
  resampled?: ResampledRuns,
): Compared {
  const controls = !row.looks
    ? []
    : rows
        .filter((one) => one.combination === row.combination && one.text === row.text && one !== row)
        .filter(
          ({ condition, gate }) =>
            (plan.grid.controls.includes(condition) && gate === row.gate) ||
            (condition === row.condition && gate === 0),
        )
        .flatMap((control) => {
          const difference = rowDifference(row.runs, control.runs, resampled);
          return difference ? [{ name: control.name, difference }] : [];
        });
  const baseline = baselineOf(systems, row);
  return { baseline, difference: baseline && rowDifference(row.runs, baseline.runs, resampled), controls };
}

/** What a system is compared with: the text-only model nearest to it, else the first system; `null` for those themselves. */
function baselineOf(systems: readonly Row[], row: Row): Row | null {
  // Of the same text: what a spoiled text costs is another question than what the picture gives.
  const alike = systems.filter(({ text }) => text === row.text);
  const blind = alike.filter(({ looks }) => !looks);
  if (blind.length === 0 || alike.length === blind.length)
    return alike[0] === row ? null : (alike[0] ?? null);
  if (!row.looks) return null;
  const own = [...writtenSettings(row)];
  let best = { row: blind[0] as Row, shared: -1 };
  for (const one of blind) {
    const theirs = writtenSettings(one);
    const shared = own.filter((setting) => theirs.has(setting)).length;
    if (shared > best.shared) best = { row: one, shared };
  }
  return best.row;
}

/** Each setting as text, kept: a large grid compares every row with every text-only one. */
function writtenSettings({ settings }: Row): ReadonlySet<string> {
  const known = written.get(settings);
  if (known) return known;
  const made = new Set(Object.entries(settings).map(([path, value]) => `${path} ${JSON.stringify(value)}`));
  written.set(settings, made);
  return made;
}

const written = new WeakMap<Row['settings'], ReadonlySet<string>>();

/** Holm's correction of the p values of differences to baselines, in place. */
export function adjust(compared: readonly Compared[]): void {
  const tested = compared.filter(({ difference }) => difference !== null);
  const adjusted = holm(tested.map(({ difference }) => (difference as PairedDifference).pValue));
  for (const [i, one] of tested.entries()) {
    one.difference = { ...(one.difference as PairedDifference), pValue: adjusted[i] as number };
  }
}

export function verdictOf(
  row: Row,
  compared: Compared,
  higherIsBetter: boolean,
  unit: string,
): Verdict | null {
  const { baseline, difference, controls } = compared;
  const common = { system: row.name, higherIsBetter, unit };
  if (baseline && difference) return verdict({ ...common, baseline: baseline.name, difference, controls });
  // A system that is its own baseline can still be held against its controls.
  const [first, ...others] = controls;
  if (!first) return null;
  return verdict({ ...common, baseline: first.name, difference: first.difference, controls: others });
}
