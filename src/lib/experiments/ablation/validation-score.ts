/** @file What a search chooses by: how well a cell did on its validation records while it trained. */
import { higherIsBetter } from './scores';
import { type ValidationPoint, validationCurve } from './validation-curve';

/** The best that the cell reached; `null` where it was never asked. */
export async function bestValidation(
  out: string,
  id: string,
  metric: string,
): Promise<Pick<ValidationPoint, 'metric' | 'value'> | null> {
  const points = await validationCurve(out, id, metric);
  const best = points.reduce<ValidationPoint | null>(
    (best, point) => (best === null || scoreOf(point) > scoreOf(best) ? point : best),
    null,
  );
  return best && { metric: best.metric, value: best.value };
}

/** The same as a number of which more is better. */
export async function validationScore(out: string, id: string, metric: string): Promise<number | null> {
  const best = await bestValidation(out, id, metric);
  return best && scoreOf(best);
}

function scoreOf({ metric, value }: Pick<ValidationPoint, 'metric' | 'value'>): number {
  return higherIsBetter(metric) ? value : -value;
}
