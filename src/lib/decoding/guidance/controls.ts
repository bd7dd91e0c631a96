/**
 * @file What guidance must beat before it is believed (Yin et al. 2025, arXiv 2504.10020: most of VCD's gain on POPE
 * comes without any contrast of pictures):
 *
 *     cutoff only     the plausibility cutoff with no contrast
 *     prior shift     the guidance's mean effect on each token, the same for every picture
 *     prompt shift    other words before the prompt (`withPrefix`), no contrast
 *     equal budget    as many forward passes spent on a plain search: beams, one a branch
 */
import type { NextTokenLogits } from '../next-token-logits';
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
    next: async (rows) =>
      (await guided.next(rows)).map((logits) =>
        Float32Array.from(logSoftmax(logits), (value, id) => value + (shift[id] as number)),
      ),
  };
}

/**
 * The mean of w·(l_c − l_u) over all places of texts [V]: what guidance does on the average. `texts` are ids with the
 * length of their prompt; each place after it counts once. Tokens are held within `bound` of 0.
 */
export async function meanShift(
  guided: NextTokenLogits,
  amateur: NextTokenLogits,
  texts: readonly { ids: readonly number[]; promptLength: number }[],
  weight: number,
  bound = 20,
): Promise<Float64Array> {
  const sum = new Float64Array(guided.vocabularySize);
  let count = 0;
  for (const [source, { ids, promptLength }] of texts.entries()) {
    for (let length = promptLength; length <= ids.length; length++) {
      const parent = length === promptLength ? null : 0;
      const rows = [{ ids: ids.slice(0, length), source, parent }];
      const [clean] = (await guided.next(rows)).map(logSoftmax);
      const [other] = (await amateur.next(rows)).map(logSoftmax);
      for (let id = 0; id < sum.length; id++) {
        const shift = weight * ((clean?.[id] as number) - (other?.[id] as number));
        sum[id] = (sum[id] as number) + Math.max(-bound, Math.min(bound, Number.isFinite(shift) ? shift : 0));
      }
      count += 1;
    }
  }
  return sum.map((value) => value / Math.max(1, count));
}
