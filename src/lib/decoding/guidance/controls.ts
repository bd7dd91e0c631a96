/**
 * @file What guidance must beat before it is believed (Yin et al. 2025, arXiv 2504.10020: most of VCD's gain on POPE
 * comes without any contrast of pictures):
 *
 *     cutoff only     the plausibility cutoff with no contrast
 *     prior shift     the guidance's mean effect on each token, the same for every picture
 *     prompt shift    other words before the prompt (`withPrefix`), no contrast
 *     equal budget    as many forward passes spent on a plain search: beams, one a branch
 */
import type { ContextRow, NextTokenLogits } from '../next-token-logits';
import { logSoftmax } from '../rules';
import { contrast } from './contrast';

/** The cutoff β of VCD with nothing else. */
export function cutoffOnly(guided: NextTokenLogits, cutoff: number): NextTokenLogits {
  return contrast(guided, guided, { weight: 0, cutoff });
}

/** Log-probabilities plus a shift [V] that knows no picture. */
export function priorShift(guided: NextTokenLogits, shift: Float64Array): NextTokenLogits {
  if (shift.length !== guided.vocabularySize) {
    throw new RangeError(`prior shift: ${shift.length} numbers for a vocabulary of ${guided.vocabularySize}`);
  }
  return {
    vocabularySize: guided.vocabularySize,
    maxLength: guided.maxLength,
    slides: guided.slides,
    longestPrompt: guided.longestPrompt,
    next: async (rows) =>
      (await guided.next(rows)).map((logits) =>
        Float32Array.from(logSoftmax(logits), (value, id) => value + (shift[id] as number)),
      ),
  };
}

/** Texts go through the model so many at a time. */
const TOGETHER = 16;

/**
 * The mean over all places of texts of what guidance adds to each log-probability [V]: its effect on the average
 * picture. `texts` are ids with the length of their prompt, one a picture; each place after it counts once. A single
 * effect is held within `bound` of 0, since a cutoff's is without end.
 */
export async function meanShift(
  guided: NextTokenLogits,
  plain: NextTokenLogits,
  texts: readonly { ids: readonly number[]; promptLength: number }[],
  bound = 10,
): Promise<Float64Array> {
  const sum = new Float64Array(plain.vocabularySize);
  let count = 0;
  for (let from = 0; from < texts.length; from += TOGETHER) {
    const some = texts.slice(from, from + TOGETHER).map((text, i) => ({ ...text, source: from + i }));
    let rows: ContextRow[] = some.map(({ ids, promptLength, source }) => ({
      ids: ids.slice(0, promptLength),
      source,
      parent: null,
    }));
    while (rows.length > 0) {
      const after = await guided.next(rows);
      const before = await plain.next(rows);
      for (const i of rows.keys()) {
        const [a, b] = [logSoftmax(after[i] as Float32Array), logSoftmax(before[i] as Float32Array)];
        for (let id = 0; id < sum.length; id++) {
          const shift = (a[id] as number) - (b[id] as number);
          sum[id] =
            (sum[id] as number) + (Number.isNaN(shift) ? 0 : Math.max(-bound, Math.min(bound, shift)));
        }
      }
      count += rows.length;
      rows = rows.flatMap(({ ids, source }, parent) => {
        const all = (texts[source] as { ids: readonly number[] }).ids;
        return ids.length < all.length ? [{ ids: all.slice(0, ids.length + 1), source, parent }] : [];
      });
    }
  }
  return sum.map((value) => value / Math.max(1, count));
}
