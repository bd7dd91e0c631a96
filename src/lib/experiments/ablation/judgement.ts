/** @file What a row is compared with (its baseline, its controls), and the verdict on it. */
import { holm, type PairedDifference, type Verdict, verdict } from '../statistics';
import { type ResampledRuns, rowDifference } from './comparisons';
import { evaluationName } from './evaluations';
import { guidanceControls } from './guidance';
import type { AblationPlan } from './plan';
import { byCombination, type Row } from './rows';

export interface Compared {
  baseline: { name: string } | null;
  difference: PairedDifference | null;
  controls: { name: string; difference: PairedDifference }[];
}

/** Compares the systems among some rows; what it needs for each is looked up, since a large grid has thousands. */
export class Judge {
  private readonly rowsOf: ReadonlyMap<number, readonly Row[]>;
  /** By text, of plain decoding: what a spoiled text costs is another question than what the picture gives. */
  private readonly baselines = new Map<Row['text'], Baselines>();

  constructor(
    private readonly plan: AblationPlan,
    rows: readonly Row[],
    systems: readonly Row[],
    private readonly resampled?: ResampledRuns,
  ) {
    this.rowsOf = byCombination(rows);
    const plain = systems.filter(({ guidance }) => guidance === null);
    for (const text of new Set(plain.map((row) => row.text))) {
      this.baselines.set(text, new Baselines(plain.filter((row) => row.text === text)));
    }
  }

  /** What one of the systems is compared with. */
  compare(row: Row): Compared {
    const { plan, resampled } = this;
    const own = row.looks ? (this.rowsOf.get(row.combination) ?? []) : [];
    const alike = own.filter((one) => one.text === row.text && one !== row);
    const guided = new Set(guidanceControls(row).map(evaluationName));
    const controls = alike
      .filter(
        (one) =>
          guided.has(evaluationName(one)) ||
          (one.guidance === row.guidance &&
            ((plan.grid.controls.includes(one.condition) && one.gate === row.gate) ||
              (one.condition === row.condition && one.gate === 0))),
      )
      .flatMap((control) => {
        const difference = rowDifference(row.runs, control.runs, resampled);
        return difference ? [{ name: control.name, difference }] : [];
      });
    const baseline =
      row.guidance === null
        ? (this.baselines.get(row.text)?.of(row) ?? null)
        : (alike.find(
            ({ condition, gate, guidance }) =>
              condition === row.condition && gate === row.gate && guidance === null,
          ) ?? null);
    return { baseline, difference: baseline && rowDifference(row.runs, baseline.runs, resampled), controls };
  }
}

/** What systems that read the same text are compared with. */
class Baselines {
  private readonly blind: readonly Row[];
  /** Numbers of the text-only systems that have a setting. */
  private readonly having = new Map<string, number[]>();

  constructor(private readonly systems: readonly Row[]) {
    this.blind = systems.filter(({ looks }) => !looks);
    for (const [i, { settings }] of this.blind.entries()) {
      for (const setting of written(settings)) {
        const before = this.having.get(setting);
        if (before) before.push(i);
        else this.having.set(setting, [i]);
      }
    }
  }

  /** The text-only system nearest to it, else the first system; `null` for those themselves. */
  of(row: Row): Row | null {
    const { blind, systems } = this;
    if (blind.length === 0 || blind.length === systems.length) {
      return systems[0] === row ? null : (systems[0] ?? null);
    }
    if (!row.looks) return null;
    const shared = new Map<number, number>();
    for (const setting of written(row.settings)) {
      for (const i of this.having.get(setting) ?? []) shared.set(i, (shared.get(i) ?? 0) + 1);
    }
    // Of those that agree in as many settings the first.
    const most = Math.max(0, ...shared.values());
    const nearest = [...shared].filter(([, count]) => count === most).map(([i]) => i);
    return blind[nearest.length > 0 ? Math.min(...nearest) : 0] as Row;
  }
}

function written(settings: Row['settings']): string[] {
  return Object.entries(settings).map(([path, value]) => `${path} ${JSON.stringify(value)}`);
}

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
