/** @file Metrics of what was written against the targets of the records, each over any selection of them. */
import {
  bleuCounts,
  bleuOf,
  chrfCounts,
  chrfOf,
  ciderScores,
  exactMatch,
  type RougeScores,
  rouge,
  tokenF1,
} from '../metrics';
import type { TaskMetric } from '../task';

export type WrittenMetric = 'bleu' | 'chrf' | 'cider' | 'rouge' | 'exactMatch' | 'f1';

/** One named metric (ROUGE: three) of predictions and references, in the order of the records. */
export function writtenMetrics(
  name: WrittenMetric,
  predictions: readonly string[],
  references: readonly (string | readonly string[])[],
): TaskMetric[] {
  const each = <T>(score: (prediction: string, reference: string | readonly string[]) => T): T[] =>
    predictions.map((prediction, row) => score(prediction, references[row] as string));
  const mean = (metric: string, scores: readonly number[]): TaskMetric => {
    const values = Float64Array.from(scores);
    const of = (indices: Int32Array) =>
      indices.reduce((sum, row) => sum + (values[row] as number), 0) / indices.length;
    return { name: metric, values, of };
  };
  const corpus = <C>(counts: readonly C[], score: (chosen: C[]) => number): TaskMetric => ({
    name,
    of: (indices) => score(Array.from(indices, (row) => counts[row] as C)),
  });
  switch (name) {
    case 'bleu':
      return [corpus(each(bleuCounts), bleuOf)];
    case 'chrf':
      return [corpus(each(chrfCounts), chrfOf)];
    case 'cider':
      return [mean(name, ciderScores(predictions, references))];
    case 'exactMatch':
      return [mean(name, each(exactMatch))];
    case 'f1':
      return [mean(name, each(tokenF1))];
    case 'rouge': {
      const scores = each(rouge);
      const kinds: (keyof RougeScores)[] = ['rouge1', 'rouge2', 'rougeL'];
      return kinds.map((kind) =>
        mean(
          kind,
          scores.map((one) => one[kind]),
        ),
      );
    }
  }
}
