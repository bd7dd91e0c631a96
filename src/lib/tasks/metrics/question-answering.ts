/**
 * @file Exact match and token F1 of answers, with the normalization of SQuAD (Rajpurkar 2016, v2.0 script): lower case,
 * ASCII punctuation away, the articles a, an, the away, white space collapsed.
 *
 *     F1 = 2PR / (P + R),  P = shared / tokens predicted,  R = shared / tokens true   (multiset of tokens)
 *
 * With several references the best counts. Worked: "the red Circle!" against "red circle" is exact; "a red
 * circle left" against "red circle" has P 2/3, R 1, F1 0.8.
 */
import { InputError } from '../../errors';

/** The answer as SQuAD compares it. */
export function normalizeAnswer(text: string): string {
  return text
    .toLowerCase()
    .replace(/[!-/:-@[-`{-~]/g, '')
    .replace(/(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu, ' ')
    .split(/\s+/)
    .filter((word) => word !== '')
    .join(' ');
}

/** 1 where the normalized answer equals a reference, else 0. */
export function exactMatch(prediction: string, references: string | readonly string[]): number {
  const answer = normalizeAnswer(prediction);
  return listOf(references).some((reference) => normalizeAnswer(reference) === answer) ? 1 : 0;
}

/** Best token F1 over the references, in [0, 1]. Two empty answers agree (1). */
export function tokenF1(prediction: string, references: string | readonly string[]): number {
  const predicted = tokensOf(prediction);
  return Math.max(...listOf(references).map((reference) => overlapF1(predicted, tokensOf(reference))));
}

function overlapF1(predicted: readonly string[], truth: readonly string[]): number {
  if (predicted.length === 0 || truth.length === 0) return predicted.length === truth.length ? 1 : 0;
  const left = new Map<string, number>();
  for (const token of truth) left.set(token, (left.get(token) ?? 0) + 1);
  let shared = 0;
  for (const token of predicted) {
    const count = left.get(token) ?? 0;
    if (count === 0) continue;
    shared++;
    left.set(token, count - 1);
  }
  return (2 * shared) / (predicted.length + truth.length);
}

function tokensOf(text: string): string[] {
  const normal = normalizeAnswer(text);
  return normal === '' ? [] : normal.split(' ');
}

function listOf(references: string | readonly string[]): readonly string[] {
  const list = typeof references === 'string' ? [references] : references;
  if (list.length === 0) throw new InputError('an answer needs at least one reference; the list is empty');
  return list;
}
