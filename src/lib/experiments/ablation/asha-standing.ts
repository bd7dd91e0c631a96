/** @file How an asynchronous search stands, by what its ledger, folders of cells and claims say. */
import { existsSync } from 'node:fs';
import type { AshaPlan } from './asha';
import { cellFolder, isSettled } from './cell';
import type { LedgerLine } from './ledger';
import type { AblationPlan, Cell } from './plan';
import { nextStep, type RungStanding } from './promotion';
import { byCombination } from './rows';
import { validationScore } from './validation-score';

export class Standing {
  /** Cells that another process had claimed when this one asked. */
  readonly others = new Set<string>();
  private readonly scores = new Map<string, number | null>();
  private readonly cells: ReadonlyMap<number, Cell[]>[];
  private readonly plans = new Map<string, AblationPlan>();

  constructor(
    private readonly asha: AshaPlan,
    private readonly out: string,
    private readonly before: ReadonlyMap<string, LedgerLine>,
  ) {
    this.cells = asha.rungs.map(({ plan }) => byCombination(plan.cells));
    for (const { plan } of asha.rungs) for (const { id } of plan.cells) this.plans.set(id, plan);
  }

  /** Those of a combination in a rung, one a seed. */
  cellsOf(rung: number, combination: number): Cell[] {
    return this.cells[rung]?.get(combination) ?? [];
  }

  planOf({ id }: Cell): AblationPlan {
    return this.plans.get(id) as AblationPlan;
  }

  settledIn(lines: ReadonlyMap<string, LedgerLine>): number {
    return this.asha.whole.cells.filter((cell) => this.isSettled(cell, lines)).length;
  }

  /** Cells of what was begun, begun themselves or not: the last rung has one a seed. */
  takenOn(lines: ReadonlyMap<string, LedgerLine>): number {
    return this.begun(lines).flat().length;
  }

  /** The cell to begin next; `null` where there is none before another has finished. */
  async next(lines: ReadonlyMap<string, LedgerLine>, allowed: number): Promise<Cell | 'not allowed' | null> {
    const { order, factor } = this.asha;
    const step = nextStep(await this.of(lines), order, factor);
    if (!step) return null;
    const cells = this.cellsOf(step.rung, step.combination);
    return this.takenOn(lines) + cells.length > allowed ? 'not allowed' : (cells[0] as Cell);
  }

  /** How many cells were begun, this one counted. */
  numberOf(cell: Cell, lines: ReadonlyMap<string, LedgerLine>): number {
    return this.asha.whole.cells.filter((one) => one.id === cell.id || this.isBegun(one, lines)).length;
  }

  /** Cells of what was begun that are not settled, those of the highest rung first. */
  open(lines: ReadonlyMap<string, LedgerLine>): Cell[] {
    return this.begun(lines)
      .flat()
      .filter((cell) => !this.isSettled(cell, lines));
  }

  async of(lines: ReadonlyMap<string, LedgerLine>): Promise<RungStanding[]> {
    const standings: RungStanding[] = [];
    for (const own of this.cells) {
      const [begun, settled, scores] = [new Set<number>(), new Set<number>(), new Map<number, number>()];
      for (const [combination, cells] of own) {
        if (cells.some((cell) => this.isBegun(cell, lines))) begun.add(combination);
        if (cells.every((cell) => this.isSettled(cell, lines))) settled.add(combination);
        const score = await this.scoreOf(cells[0] as Cell, lines);
        if (score !== null) scores.set(combination, score);
      }
      standings.push({ begun, settled, scores });
    }
    return standings;
  }

  /** The cells of each combination that was begun in a rung, those of the highest rung first. */
  private begun(lines: ReadonlyMap<string, LedgerLine>): Cell[][] {
    return [...this.cells.keys()]
      .reverse()
      .flatMap((rung) => this.asha.order.map((combination) => this.cellsOf(rung, combination)))
      .filter((own) => own.some((cell) => this.isBegun(cell, lines)));
  }

  private isBegun({ id }: Cell, lines: ReadonlyMap<string, LedgerLine>): boolean {
    return lines.has(id) || this.others.has(id) || existsSync(cellFolder(this.out, id));
  }

  private isSettled(cell: Cell, lines: ReadonlyMap<string, LedgerLine>): boolean {
    return isSettled(this.planOf(cell), cell, lines, this.before, this.out);
  }

  private async scoreOf({ id }: Cell, lines: ReadonlyMap<string, LedgerLine>): Promise<number | null> {
    if (lines.get(id)?.status !== 'finished') return null;
    const known = this.scores.get(id);
    if (known !== undefined) return known;
    const score = await validationScore(this.out, id, this.asha.whole.metric);
    this.scores.set(id, score);
    return score;
  }
}
