/**
 * @file A scorer of texts against a picture, and the two rules that use one: MAGIC, inside contrastive search, and
 * reranking of whole texts.
 *
 *     MAGIC (Su et al. 2022, arXiv 2205.02655, eq. 3):  bonus(u) = β·softmax over the k candidates of τ·s(picture, y_<t u)
 *     reranking (Deng et al. 2024, arXiv 2402.15300):   F(y) = (1 − α)·log p(y)/|y| + α·s(picture, y)
 *
 * CLIP is the usual scorer (τ its logit scale, MAGIC reads the last 60 tokens of what was written); a relevance gate
 * that learned to tell a text's own picture from another's is one too.
 */
import type { Candidates } from '../contrastive-search';
import { softmax } from '../rules';
import { expect, expectWhole } from '../rules/arguments';
import type { Written } from '../writing';

export interface ImageTextScorer {
  /** How well each text goes with the picture of prompt `source`; larger is better. */
  score(texts: readonly string[], source: number): Promise<ArrayLike<number>>;
}

export interface MagicOptions {
  scorer: ImageTextScorer;
  decode: (ids: readonly number[]) => string;
  /** β ≥ 0; 2 by default (MAGIC's captioning). */
  strength?: number;
  /** τ; 1 by default, for scorers that have a scale of their own. */
  scale?: number;
  /** Only so many of the last tokens are scored; 60 by default. */
  tokens?: number;
}

/** The `bonus` of `contrastiveSearch`. */
export function magic({ scorer, decode, strength = 2, scale = 1, tokens = 60 }: MagicOptions) {
  expect(strength >= 0 && Number.isFinite(strength), 'MAGIC: strength', strength, 'a number ≥ 0');
  expectWhole('MAGIC: tokens', tokens, 1);
  return async ({ row, written, ids }: Candidates): Promise<Float64Array> => {
    const texts = ids.map((id) => decode([...written, id].slice(-tokens)));
    const scores = await scorer.score(texts, row);
    return softmax(Float64Array.from(scores, (score) => scale * score)).map((value) => strength * value);
  };
}

export interface RerankOptions {
  scorer: ImageTextScorer;
  decode: (ids: readonly number[]) => string;
  /** α in [0, 1]. */
  weight: number;
}

export interface Ranked<W extends Written> {
  written: W;
  /** F */
  score: number;
  /** What the scorer said. */
  imageScore: number;
}

/** Candidates of one prompt by F, the best first; of equals the earlier. */
export async function rerank<W extends Written>(
  candidates: readonly W[],
  source: number,
  { scorer, decode, weight }: RerankOptions,
): Promise<Ranked<W>[]> {
  expect(weight >= 0 && weight <= 1, 'rerank: weight', weight, 'a number from 0 to 1');
  const scores = await scorer.score(
    candidates.map(({ ids }) => decode(ids)),
    source,
  );
  return candidates
    .map((written, i) => {
      const length = Math.max(1, written.ids.length + (written.ending === 'stop-id' ? 1 : 0));
      const imageScore = scores[i] as number;
      return {
        written,
        imageScore,
        score: (1 - weight) * (written.logProbability / length) + weight * imageScore,
      };
    })
    .sort((a, b) => b.score - a.score);
}
