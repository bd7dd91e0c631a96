/**
 * @file NLVR v1, METHODS.md D1: sizes, majority, the best that a sentence alone allows, and the share of sentences
 * that "always true" gets right for all their examples. Source of the values: the files themselves; the majority
 * equals the table of Suhr et al. (2017). A sentence is the published string, to the character.
 */
import { textOnlyCeiling } from '../ceiling';
import { nlvr } from '../formats/nlvr';
import type { ClassificationRecord } from '../records';
import { type Anchor, exactly, percentage } from './anchor';

const KNOWN = {
  dev: { examples: 989, pictures: 5934, sentences: 249, majority: 55.31, blind: 58.65, consistency: 6.02 },
  test: { examples: 990, pictures: 5940, sentences: 247, majority: 56.16, blind: 60.61, consistency: 9.72 },
} as const;

export type NlvrSplit = keyof typeof KNOWN;

/** One example (not picture) a record: its six pictures share sentence and label. */
export interface NlvrExample {
  text: string;
  label: string;
  example: string;
  pictures: number;
}

/** The examples of each split below `path` that has known values. */
export async function readNlvrExamples(path: string): Promise<Map<NlvrSplit, NlvrExample[]>> {
  const out = new Map<NlvrSplit, NlvrExample[]>();
  for (const { name, records } of await nlvr.read(path, 'classification')) {
    if (!(name in KNOWN)) continue;
    const byExample = new Map<string, NlvrExample>();
    for (const { record } of records) {
      const { text, label, example } = record as ClassificationRecord & { example: string };
      const known = byExample.get(example);
      if (known) known.pictures++;
      else byExample.set(example, { text, label, example, pictures: 1 });
    }
    out.set(name as NlvrSplit, [...byExample.values()]);
  }
  return out;
}

export function nlvrAnchors(split: NlvrSplit, examples: readonly NlvrExample[]): Anchor[] {
  const known = KNOWN[split];
  const ceiling = textOnlyCeiling(examples);
  const truth = examples.filter(({ label }) => label === 'true').length / examples.length;
  const of = (what: string): string => `NLVR ${split}: ${what}`;
  return [
    exactly(of('examples'), known.examples, examples.length),
    exactly(
      of('pictures'),
      known.pictures,
      examples.reduce((sum, { pictures }) => sum + pictures, 0),
    ),
    exactly(of('sentences'), known.sentences, ceiling.texts),
    percentage(of('majority (true)'), known.majority, truth),
    percentage(of('best image-blind answer per sentence'), known.blind, ceiling.accuracy),
    percentage(of('consistency of "always true"'), known.consistency, alwaysTrueConsistency(examples)),
  ];
}

/** Share of sentences whose every example is true. */
function alwaysTrueConsistency(examples: readonly NlvrExample[]): number {
  const allTrue = new Map<string, boolean>();
  for (const { text, label } of examples) allTrue.set(text, (allTrue.get(text) ?? true) && label === 'true');
  return [...allTrue.values()].filter(Boolean).length / allTrue.size;
}
