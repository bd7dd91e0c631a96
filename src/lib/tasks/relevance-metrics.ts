/**
 * @file How well a relevance gate knows which pictures matter, against the records that say so (`imageRelevant`):
 *
 *     gateAuroc              chance that a relevant picture scores above one that is not
 *     gateCalibrationError   mean distance between P(relevant) and how often it is, over 15 bins of P
 *     gateMean               mean P(relevant) over all records
 */
import { auroc, expectedCalibrationError } from './metrics';
import type { BatchSource } from './source';
import type { OutputRows, TaskMetric } from './task';

/** Metrics of `relevance` [records] among the outputs; none where there is no gate. */
export function relevanceMetrics({ relevance }: OutputRows, { relevant }: BatchSource): TaskMetric[] {
  if (!relevance) return [];
  const said = Float64Array.from(relevance.data);
  const mean: TaskMetric = {
    name: 'gateMean',
    values: said,
    of: (indices) => indices.reduce((sum, row) => sum + (said[row] as number), 0) / indices.length,
  };
  if (!relevant?.includes(0) || !relevant.includes(1)) return [mean];
  const labelled = (indices: Int32Array) => {
    const rows = indices.filter((row) => (relevant[row] as number) >= 0);
    return {
      scores: Float64Array.from(rows, (row) => said[row] as number),
      truth: rows.map((row) => relevant[row] as number),
    };
  };
  return [
    {
      name: 'gateAuroc',
      of(indices) {
        const { scores, truth } = labelled(indices);
        const area = auroc(scores, truth);
        return Number.isNaN(area) ? 0.5 : area; // a sample of one kind tells nothing
      },
    },
    {
      name: 'gateCalibrationError',
      of(indices) {
        const { scores, truth } = labelled(indices);
        return scores.length === 0 ? 0 : expectedCalibrationError(scores, truth);
      },
    },
    mean,
  ];
}
