/** @file The comparison as people look at it: its learning curves while it trains, its values as bars. */
import { join } from 'node:path';
import { readRecords, textOnlyCeiling } from '../data';
import {
  type ComparisonGroup,
  comparison,
  type FigureSpecification,
  LiveFigure,
  learningCurve,
} from '../figures';
import { CurveRecorder } from './curve-recorder';
import {
  type ComparedModel,
  type ComparedRow,
  type Comparison,
  type ComparisonPlan,
  compareTextOnlyAndGuided,
} from './text-only-against-guided';

/** Between two drawings of the live figure. */
const REDRAW_MS = 5000;

export interface WatchedComparison {
  comparison: Comparison;
  /** Both models' losses and validation accuracies, with the ceiling of the validation records. */
  curve: FigureSpecification;
}

/** `compareTextOnlyAndGuided`, with a learning curve below the cell that grows while the models train. */
export async function watchComparison(plan: ComparisonPlan): Promise<WatchedComparison> {
  const { records } = await readRecords(join(plan.data, 'validation.jsonl'), 'classification');
  const ceilings = [{ name: 'text-only ceiling', value: textOnlyCeiling(records).accuracy }];
  const curves: Record<ComparedModel, CurveRecorder> = {
    'text-only': new CurveRecorder('text-only', 'text-only'),
    guided: new CurveRecorder('vision-guided', 'vision-guided'),
  };
  const draw = () =>
    learningCurve({
      title: `Learning with and without the picture: ${plan.name}`,
      metric: 'validation accuracy',
      percent: true,
      ceilings,
      runs: Object.values(curves)
        .map(({ run }) => run)
        .filter(({ points }) => points.length > 0),
    });
  const live = new LiveFigure(REDRAW_MS);
  const compared = await compareTextOnlyAndGuided({
    ...plan,
    onEvent: (model, event) => {
      plan.onEvent?.(model, event);
      curves[model].note(event);
      if (event.kind === 'evaluation') void live.update(draw());
    },
  });
  const curve = draw();
  await live.update(curve, { last: true });
  return { comparison: compared, curve };
}

/** One group of bars for each data set and subset: text-only, guided, and guided under each control. */
export function comparedBars(
  rows: readonly ComparedRow[],
  { title, subtitle }: { title: string; subtitle?: string },
): FigureSpecification {
  const names = [...new Set(rows.map(comparedGroup))];
  const groups = names.map((name): ComparisonGroup => {
    const own = rows.filter((row) => comparedGroup(row) === name);
    const systems = own.map((row) => ({ ...systemOf(row), value: row.value, low: row.low, high: row.high }));
    return {
      name,
      systems,
      ceilings: [{ name: 'text-only ceiling', value: (own[0] as ComparedRow).ceiling }],
    };
  });
  return comparison({ title, subtitle, groups, metric: 'accuracy' });
}

/** `scene world`, or `easy-VQA, not yes/no` where a subset is scored apart. */
export function comparedGroup({ data, subset }: ComparedRow): string {
  return subset === 'all' ? data : `${data}, ${subset}`;
}

function systemOf({
  model,
  condition,
}: ComparedRow): Pick<ComparisonGroup['systems'][number], 'name' | 'role'> {
  if (model === 'text-only') return { name: 'text-only', role: 'text-only' };
  if (condition === 'right') return { name: 'vision-guided', role: 'vision-guided' };
  return {
    name: `guided, ${condition === 'none' ? 'no picture' : `pictures ${condition}`}`,
    role: 'control',
  };
}
