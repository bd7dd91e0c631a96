/**
 * @file What a language model reaches without looking at any context. Of tokens with frequencies n(t) among n,
 *
 *     H = −Σ_t (n(t)/n)·log(n(t)/n)      (nats)
 *
 * is the smallest mean cross-entropy of any model that says the same distribution at every place, so a loss below it
 * shows that context was used. It is counted from the very tokens that are asked for.
 */
import { sequentialBatches } from '../data';
import { IGNORED } from '../nn';
import type { BatchSource } from '../tasks';

const BATCH = 64;

/** Entropy of the tokens' own frequencies, in nats. Throws a `RangeError` where there is none. */
export function unigramEntropy(tokens: ArrayLike<number>): number {
  return -frequencies(tokens).reduce((sum, p) => sum + p * Math.log(p), 0);
}

function frequencies(tokens: ArrayLike<number>): number[] {
  if (tokens.length === 0) throw new RangeError('unigramEntropy: no tokens');
  const counts = new Map<number, number>();
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as number;
    counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  return [...counts.values()].map((count) => count / tokens.length);
}

/**
 * The same for masked tokens, of a model that sees what stands at the place itself: of those asked for 80 % are
 * hidden, 10 % replaced by one of `replacements` tokens and 10 % left as they are, so that what is seen there helps,
 *
 *     H(label | seen) = 0.8·H + Σ_x P(x)·H(label | x),   P(x) = 0.1·p(x) + 0.1/R,   p(label = x | x) = p(x)·(0.1 + 0.1/R)/P(x)
 *
 * in nats. Only a loss below this one shows that a masked model looks around.
 */
export function maskedUnigramEntropy(tokens: ArrayLike<number>, replacements: number): number {
  const p = frequencies(tokens);
  const random = 0.1 / replacements;
  let entropy = 0.8 * unigramEntropy(tokens);
  const plogp = p.reduce((sum, q) => sum + q * Math.log(q), 0);
  for (const px of p) {
    const seen = 0.1 * px + random; // P(x)
    const right = px * (0.1 + random);
    // Other labels y keep their proportions: p(y)·random each.
    const others = random * (plogp - px * Math.log(px)) + random * (1 - px) * Math.log(random);
    entropy -= right * Math.log(right) + others - seen * Math.log(seen);
  }
  // Random tokens that are never asked for say no more than a mask does.
  const unknown = Math.max(0, replacements - p.length);
  return entropy - unknown * random * plogp;
}

/** Every token that the batches of a language-model task ask for: the next ones, or those under the mask. */
export async function askedTokens(source: BatchSource): Promise<Int32Array> {
  const asked: number[] = [];
  for (const rows of sequentialBatches(source.count, Math.min(BATCH, source.count))) {
    const { inputs, targets } = await source.batch(rows);
    const labels = targets.labels?.dataSync() ?? [];
    for (const label of labels) if (label !== IGNORED) asked.push(label);
    for (const tensor of [...Object.values(inputs), ...Object.values(targets)]) tensor?.dispose();
  }
  return Int32Array.from(asked);
}
