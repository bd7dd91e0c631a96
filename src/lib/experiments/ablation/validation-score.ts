/** @file What a search chooses by: how well a cell did on its validation records while it trained. */
import { higherIsBetter } from './scores';
import { validationCurve } from './validation-curve';

/** The best that the cell reached, more being better; `null` where it was never asked. */
export async function validationScore(out: string, id: string, metric: string): Promise<number | null> {
  const points = await validationCurve(out, id, metric);
  if (points.length === 0) return null;
  return Math.max(...points.map((point) => (higherIsBetter(point.metric) ? point.value : -point.value)));
}
