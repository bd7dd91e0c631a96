/** @file The rows of a grid's table: settings × condition, each with the runs of its seeds that have finished. */
import { summarize } from '../group-rows';
import { keptScores } from './cell';
import { runValue, type ScoredRun } from './comparisons';
import type { PlannedEvaluation } from './grid';
import type { FinishedLine, LedgerLine } from './ledger';
import type { JsonObject } from './paths';
import { type AblationPlan, type Cell, settingsName } from './plan';

export interface Row extends PlannedEvaluation {
  combination: number;
  settings: JsonObject;
  looks: boolean;
  name: string;
  runs: ScoredRun[];
  cells: { cell: Cell; line: FinishedLine; value: number }[];
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
  for (const [combination, { settings, evaluations, runs }] of plan.grid.combinations.entries()) {
    const looks = runs[0]?.config.model.fusion.kind !== 'none';
    const own = plan.cells.filter((cell) => cell.combination === combination);
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
        row.runs.push({ seed: cell.seed, scores });
        row.cells.push({ cell, line, value: runValue(scores) });
      }
      rows.push(row);
    }
  }
  return rows;
}

/** `concat`, `concat, pictures shuffled`, `concat, gate at 0`. */
function rowName(settings: JsonObject, { condition, gate, text }: PlannedEvaluation, looks: boolean): string {
  const shown = condition === 'none' ? 'no picture' : `pictures ${condition}`;
  const parts = [
    settingsName(settings) || 'the model',
    ...(looks && condition !== 'right' ? [shown] : []),
    ...(gate === null ? [] : [`gate at ${gate}`]),
    ...(text === 'full' ? [] : [text.replace('-', ' ')]),
  ];
  return parts.join(', ');
}

/** Whether a row is what its combination is judged by, not a control of it: the primary condition, the gate its own. */
export function isSystem(plan: AblationPlan, rows: readonly Row[], row: Row): boolean {
  if (row.condition !== plan.grid.primary) return false;
  const first = rows.find(
    (one) =>
      one.combination === row.combination &&
      one.condition === row.condition &&
      one.text === row.text &&
      (one.gate === null || one.gate === 1),
  );
  return row === first;
}
