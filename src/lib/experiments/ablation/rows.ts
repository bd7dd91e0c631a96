/** @file The rows of a grid's table: settings × condition, each with the runs of its seeds that have finished. */
import type { WritingCost } from '../../tasks';
import { summarize } from '../group-rows';
import { type KeptScores, keptScores } from './cell';
import { runValue, type ScoredRun, sameRecords } from './comparisons';
import { type PlannedEvaluation, shownBeside } from './evaluations';
import type { FinishedLine, LedgerLine } from './ledger';
import type { JsonObject } from './paths';
import { type AblationPlan, type Cell, settingsName } from './plan';

export interface Row extends PlannedEvaluation {
  combination: number;
  settings: JsonObject;
  looks: boolean;
  name: string;
  runs: ScoredRun[];
  cells: { cell: Cell; line: FinishedLine; value: number; writing: WritingCost | null }[];
  /** That its runs learn from, mean over the seeds; `null` where none are counted. */
  trainingRecords: number | null;
}

/** Every row of the plan, finished or not. */
export async function scoredRows(
  plan: AblationPlan,
  ledger: ReadonlyMap<string, LedgerLine>,
  out: string,
): Promise<Row[]> {
  const rows: Row[] = [];
  const cellsOf = byCombination(plan.cells);
  const share = sharedNames();
  for (const [combination, { settings, evaluations, runs }] of plan.grid.combinations.entries()) {
    const looks = runs[0]?.config.model.fusion.kind !== 'none';
    const own = cellsOf.get(combination) ?? [];
    for (const evaluation of evaluations) {
      const row: Row = {
        ...evaluation,
        combination,
        settings,
        looks,
        name: rowName(settings, evaluation, looks),
        runs: [],
        cells: [],
        trainingRecords: summarize(own.map(({ trainingRecords }) => trainingRecords))?.mean ?? null,
      };
      for (const cell of own) {
        const line = ledger.get(cell.id);
        if (line?.status !== 'finished') continue;
        const scores = await keptScores(plan, out, cell, evaluation);
        if (!scores) continue;
        row.runs.push({ seed: cell.seed, scores: share(scores) });
        row.cells.push({ cell, line, value: runValue(scores), writing: scores.writing ?? null });
      }
      rows.push(row);
    }
  }
  return rows;
}

/** `concat`, `concat, pictures shuffled`, `concat, gate at 0`. */
function rowName(settings: JsonObject, evaluation: PlannedEvaluation, looks: boolean): string {
  const { condition } = evaluation;
  const shown = condition === 'none' ? 'no picture' : `pictures ${condition}`;
  const parts = [
    settingsName(settings) || 'the model',
    ...(looks && condition !== 'right' ? [shown] : []),
    ...shownBeside(evaluation),
  ];
  return parts.join(', ');
}

/** The scores with ids and clusters of others before them that are equal, so that a large grid holds them once. */
function sharedNames(): (scores: KeptScores) => KeptScores {
  let last: KeptScores | null = null;
  return (scores) => {
    if (last && sameRecords(last, scores)) return { ...scores, ids: last.ids, clusters: last.clusters };
    last = scores;
    return scores;
  };
}

/** In order of first appearance. */
export function byCombination<One extends { combination: number }>(
  all: readonly One[],
): ReadonlyMap<number, One[]> {
  const found = new Map<number, One[]>();
  for (const one of all) {
    const own = found.get(one.combination);
    if (own) own.push(one);
    else found.set(one.combination, [one]);
  }
  return found;
}

/**
 * The rows that their combinations are judged by, not controls of them: the primary condition, the gate its own; one for
 * each text that is read and each way of decoding on the axis.
 */
export function systemsOf(plan: AblationPlan, rows: readonly Row[]): Row[] {
  return [...byCombination(rows).values()].flatMap((own) => {
    const primary = own.filter(({ condition }) => condition === plan.grid.primary);
    const judged = primary.filter(
      ({ gate, guidance }) =>
        (gate === null || gate === 1) && (guidance === null || plan.grid.guidances.includes(guidance)),
    );
    return primary.filter(
      (row) => judged.find(({ text, guidance }) => text === row.text && guidance === row.guidance) === row,
    );
  });
}
