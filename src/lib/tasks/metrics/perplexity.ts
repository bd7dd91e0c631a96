/**
 * @file Perplexity: how many equally likely tokens the model is choosing among.
 *
 *     perplexity = exp( −(1/N) Σ_i log p(token_i) )
 *
 * The mean runs over all tokens of the corpus, not over sentences. Worked: losses 2 ln 2 nats over 2 tokens and
 * ln 8 over 1 token: exp((2 ln 2 + 3 ln 2) / 3) = 2^(5/3) = 3.1748; the mean of the two sentences' 2 and 8 is
 * not it.
 */
import { assertPaired } from './labels';

/** exp of the mean negative log-likelihood a token, in nats. */
export function perplexity(meanLoss: number): number {
  return Math.exp(meanLoss);
}

/** Perplexity of a corpus from each sentence's summed loss (nats) and its number of tokens. */
export function corpusPerplexity(lossSums: ArrayLike<number>, tokenCounts: ArrayLike<number>): number {
  assertPaired('corpusPerplexity', lossSums, tokenCounts);
  let loss = 0;
  let tokens = 0;
  for (let i = 0; i < lossSums.length; i++) {
    loss += lossSums[i] as number;
    tokens += tokenCounts[i] as number;
  }
  return Math.exp(loss / tokens);
}
