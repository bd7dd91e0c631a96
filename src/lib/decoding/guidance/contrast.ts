/**
 * @file Contrastive guidance, the one formula behind classifier-free guidance, VCD, ICD and M3ID: a model that has seen
 * the right picture (the expert) against one that has not, or has seen it badly (the amateur),
 *
 *     l = l_c + w·(l_c − l_u),     l_c, l_u: log-probabilities of expert and amateur,   w ≥ 0
 *
 * and, where there is a cutoff β, only tokens that the expert itself finds plausible: l_c ≥ log β + max l_c, the others
 * get −∞ (Li et al. 2023, contrastive decoding). The mask is taken of l_c, before mixing. w may change from token to
 * token. w = 0 without a cutoff is plain decoding, to the bit. Source: METHODS of each rule in its own file.
 */
import type { ContextRow, LogitsWithStates, NextTokenLogits } from '../next-token-logits';
import { PromptLengths } from '../prompt-lengths';
import { argMax, logSoftmax } from '../rules';
import { expect } from '../rules/arguments';

/** What a weight may depend on. */
export interface ContrastContext {
  /** Tokens written before this one. */
  written: number;
  /** Log-probabilities of the expert [V]. */
  expert: Float64Array;
}

export interface ContrastOptions {
  /** w, one number or a function of the place. */
  weight: number | ((context: ContrastContext) => number);
  /** β in (0, 1]; no cutoff where it is left out. */
  cutoff?: number;
}

/** A model that writes what `contrast` of two models says. Both see the same ids; each has its own picture. */
export function contrast(
  expert: NextTokenLogits,
  amateur: NextTokenLogits,
  { weight, cutoff }: ContrastOptions,
): NextTokenLogits {
  if (typeof weight === 'number') {
    expect(Number.isFinite(weight) && weight >= 0, 'guidance weight', weight, 'a number ≥ 0');
  }
  if (cutoff !== undefined)
    expect(cutoff > 0 && cutoff <= 1, 'guidance cutoff', cutoff, 'a number > 0 and ≤ 1');
  if (expert.vocabularySize !== amateur.vocabularySize) {
    throw new RangeError(
      `guidance: the vocabularies have ${expert.vocabularySize} and ${amateur.vocabularySize} tokens; take two models of one tokenizer`,
    );
  }
  const prompts = new PromptLengths();
  const mix = (row: ContextRow, clean: Float32Array, other: Float32Array | null) => {
    const expertLogs = logSoftmax(clean);
    const w =
      typeof weight === 'number' ? weight : weight({ written: prompts.written(row), expert: expertLogs });
    return mixed(clean, expertLogs, other, w, cutoff);
  };
  // A weight of 0 needs no amateur.
  const needed = weight !== 0;
  const next = async (rows: readonly ContextRow[]) => {
    prompts.note(rows);
    const clean = await expert.next(rows);
    const other = needed ? await amateur.next(rows) : null;
    return rows.map((row, i) => mix(row, clean[i] as Float32Array, other?.[i] ?? null));
  };
  const withStates = expert.nextWithStates?.bind(expert);
  return {
    vocabularySize: expert.vocabularySize,
    maxLength: Math.min(expert.maxLength, amateur.maxLength),
    slides: expert.slides && amateur.slides,
    longestPrompt: leastOf(expert.longestPrompt, amateur.longestPrompt),
    next,
    ...(withStates
      ? {
          async nextWithStates(
            rows: readonly ContextRow[],
            which: 'all' | 'last',
          ): Promise<LogitsWithStates> {
            prompts.note(rows);
            const { logits, states, width } = await withStates(rows, which);
            const other = needed ? await amateur.next(rows) : null;
            return {
              logits: rows.map((row, i) => mix(row, logits[i] as Float32Array, other?.[i] ?? null)),
              states,
              width,
            };
          },
        }
      : {}),
  };
}

function leastOf(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}

/** l [V]: the expert's logits themselves where nothing is mixed in. */
function mixed(
  clean: Float32Array,
  expert: Float64Array,
  other: Float32Array | null,
  weight: number,
  cutoff: number | undefined,
): Float32Array {
  const amateur = other && weight !== 0 ? logSoftmax(other) : null;
  if (!amateur && cutoff === undefined) return clean;
  const least =
    cutoff === undefined ? Number.NEGATIVE_INFINITY : Math.log(cutoff) + (expert[argMax(expert)] as number);
  return Float32Array.from(expert, (value, id) => {
    if (value < least) return Number.NEGATIVE_INFINITY;
    if (!amateur) return clean[id] as number;
    // A token that the amateur finds impossible, and the expert does not, is as good as the expert says.
    const against = amateur[id] as number;
    return Number.isFinite(against) ? value + weight * (value - against) : value;
  });
}
