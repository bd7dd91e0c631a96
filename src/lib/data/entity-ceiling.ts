/**
 * @file The text-only ceiling of entities: the best micro F1 that any function of the tokens alone can reach on these
 * very records. Tagging a token sequence that stands in n records with entity e, which is true in c of them, adds c
 * to the true positives and n to the predicted:
 *
 *     F1* = max 2·Σ c / (Σ n + A)        A: true entities of all records; entities of one sequence do not overlap
 *
 * A ratio of sums is maximal at λ where max Σ (2c − λ·n) = λ·A (Dinkelbach 1967): for a given λ each sequence takes its
 * best set of entities by itself (weighted interval scheduling), and λ rises to F1* in a few rounds.
 */
import { entitiesOf } from '../tasks/metrics/entities';
import type { NerRecord } from './records';

export interface EntityCeiling {
  /** Records counted. */
  records: number;
  /** Distinct token sequences. */
  texts: number;
  /** Micro F1 of the best text-only tagger, in [0, 1]; NaN without records. */
  f1: number;
  /** Its precision and recall. */
  precision: number;
  recall: number;
  /** Records whose tokens come with two taggings or more, and the ceiling over these: where only a picture can help. */
  ambiguousRecords: number;
  /** NaN where there are none. */
  ambiguousF1: number;
}

/** An entity that some record of a token sequence has: in how many, `count`. */
interface Candidate {
  start: number;
  end: number;
  count: number;
}

interface Sequence {
  records: number;
  taggings: number;
  /** True entities of all its records. */
  actual: number;
  /** In order of their end. */
  candidates: Candidate[];
}

/** The ceiling of `records`. */
export function entityCeiling(records: readonly Pick<NerRecord, 'tokens' | 'tags'>[]): EntityCeiling {
  const rowsOf = new Map<string, string[][]>();
  for (const { tokens, tags } of records) {
    const key = JSON.stringify(tokens);
    rowsOf.set(key, [...(rowsOf.get(key) ?? []), tags]);
  }
  const sequences = [...rowsOf.values()].map(sequenceOf);
  const ambiguous = sequences.filter(({ taggings }) => taggings > 1);
  const { f1, precision, recall } = best(sequences);
  return {
    records: records.length,
    texts: sequences.length,
    f1,
    precision,
    recall,
    ambiguousRecords: ambiguous.reduce((sum, one) => sum + one.records, 0),
    ambiguousF1: best(ambiguous).f1,
  };
}

function sequenceOf(rows: readonly string[][]): Sequence {
  const candidates = new Map<string, Candidate>();
  let actual = 0;
  for (const tags of rows) {
    for (const { type, start, end } of entitiesOf(tags)) {
      actual++;
      const key = `${start} ${end} ${type}`;
      const known = candidates.get(key);
      if (known) known.count++;
      else candidates.set(key, { start, end, count: 1 });
    }
  }
  return {
    records: rows.length,
    taggings: new Set(rows.map((tags) => tags.join(' '))).size,
    actual,
    candidates: [...candidates.values()].sort((a, b) => a.end - b.end),
  };
}

function best(sequences: readonly Sequence[]): { f1: number; precision: number; recall: number } {
  const actual = sequences.reduce((sum, one) => sum + one.actual, 0);
  if (sequences.length === 0) return { f1: Number.NaN, precision: Number.NaN, recall: Number.NaN };
  for (let ratio = 0; ; ) {
    let [matched, predicted] = [0, 0];
    for (const sequence of sequences) {
      const chosen = bestSet(sequence, ratio);
      matched += chosen.matched;
      predicted += chosen.predicted;
    }
    const f1 = predicted + actual === 0 ? 0 : (2 * matched) / (predicted + actual);
    if (f1 <= ratio) {
      return { f1: ratio, precision: share(matched, predicted), recall: share(matched, actual) };
    }
    ratio = f1;
  }
}

const share = (a: number, b: number): number => (b === 0 ? 0 : a / b);

interface Chosen {
  worth: number;
  matched: number;
  predicted: number;
}

/** The entities that do not overlap whose Σ (2c − ratio·n) is largest. */
function bestSet({ candidates, records }: Sequence, ratio: number): Chosen {
  /** `upTo[i]`: the best among the first i candidates. */
  const upTo: Chosen[] = [{ worth: 0, matched: 0, predicted: 0 }];
  for (const [i, { start, count }] of candidates.entries()) {
    let before = i;
    while (before > 0 && (candidates[before - 1] as Candidate).end > start) before--;
    const rest = upTo[before] as Chosen;
    const taken = {
      worth: rest.worth + 2 * count - ratio * records,
      matched: rest.matched + count,
      predicted: rest.predicted + records,
    };
    const left = upTo[i] as Chosen;
    upTo.push(taken.worth > left.worth ? taken : left);
  }
  return upTo.at(-1) as Chosen;
}
