/**
 * @file Anchors of SHAPES, easy-VQA and the emoji set: majority and text-only ceilings, counted from the files.
 * SHAPES groups by logical form. Emoji: one pair for each English tag of an emoji, the tag being the text and the
 * German name the label. easy-VQA's own test split has known ceilings; on other splits they are only reported.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { blindChoice, type TextOnlyCeiling, taskCeiling, textOnlyCeiling } from '../ceiling';
import { easyVqa } from '../formats/easy-vqa';
import { type EmojiRecord, emojiRecords, readEmoji } from '../formats/emoji';
import { readShapesAnswers } from '../formats/shapes';
import type { AnyRecord, ClassificationRecord } from '../records';
import { splitByGroup, THREE_PARTS } from '../splits';
import { type Anchor, exactly, percentage } from './anchor';

const SHAPES_KNOWN = {
  'train.large': { records: 13_568, questions: 212, majority: null, blind: null },
  'train.med': { records: 6_400, questions: 100, majority: null, blind: null },
  'train.small': { records: 640, questions: 10, majority: null, blind: null },
  'train.tiny': { records: 64, questions: 1, majority: null, blind: null },
  val: { records: 1_024, questions: 16, majority: 61.52, blind: 70.12 },
  test: { records: 1_024, questions: 16, majority: 63.38, blind: 64.16 },
} as const;

export async function shapesAnchors(folder: string): Promise<Anchor[]> {
  const out: Anchor[] = [];
  for (const [split, known] of Object.entries(SHAPES_KNOWN)) {
    if (!existsSync(join(folder, `${split}.output`))) continue;
    const ceiling = textOnlyCeiling(await readShapesAnswers(folder, split));
    out.push(exactly(`SHAPES ${split}: records`, known.records, ceiling.records));
    out.push(exactly(`SHAPES ${split}: questions`, known.questions, ceiling.texts));
    if (known.majority === null) continue;
    out.push(percentage(`SHAPES ${split}: majority`, known.majority, ceiling.majority));
    out.push(
      percentage(`SHAPES ${split}: best image-blind answer per question`, known.blind, ceiling.accuracy),
    );
  }
  return out;
}

/** Yes/no questions and the others apart: the authors' 13 answers fall into these two kinds. */
export async function easyVqaAnchors(path: string): Promise<Anchor[]> {
  const out: Anchor[] = [];
  const splits = await easyVqa.read(path, 'classification');
  for (const { name, records } of splits) {
    const plain = records.map(({ record }) => record as ClassificationRecord);
    const known = name === 'test' ? { all: 67.0, yesNo: 82.5, other: 23.3 } : null;
    out.push(...easyVqaCeilings(`easy-VQA ${name}`, plain, known));
    if (splits.length > 1) continue;
    const rows = splitByGroup(plain, { seed: 1, shares: THREE_PARTS }).test;
    const test = rows.map((row) => plain[row] as ClassificationRecord);
    out.push(...easyVqaCeilings(`easy-VQA ${name}, a tenth of its pictures (seed 1)`, test, null));
  }
  return out;
}

function easyVqaCeilings(
  name: string,
  records: readonly ClassificationRecord[],
  known: { all: number; yesNo: number; other: number } | null,
): Anchor[] {
  const isYesNo = ({ label }: ClassificationRecord): boolean => label === 'yes' || label === 'no';
  const ceiling = (what: string, expected: number | null, some: readonly ClassificationRecord[]): Anchor =>
    percentage(`${name}: text-only ceiling${what}`, expected, textOnlyCeiling(some).accuracy, 0.05);
  return [
    ceiling('', known?.all ?? null, records),
    ceiling(', yes/no', known?.yesNo ?? null, records.filter(isYesNo)),
    ceiling(
      ', other answers',
      known?.other ?? null,
      records.filter((record) => !isYesNo(record)),
    ),
  ];
}

export async function emojiAnchors(folder: string): Promise<Anchor[]> {
  const all = await readEmoji(folder);
  const records = emojiRecords(all);
  const ceiling = taskCeiling('translation', records) as TextOnlyCeiling;
  const name = 'emoji, English tag to German name: text-only ceiling';
  const test = (what: string, cluster: (record: AnyRecord) => string): Anchor => {
    const rows = splitByGroup(records, { seed: 1, shares: THREE_PARTS, cluster }).test;
    const blind = blindChoice(rows.map((row) => records[row] as EmojiRecord)) ?? Number.NaN;
    return percentage(`emoji, test ${what} (seed 1): blind choice among the names of the tag`, null, blind);
  };
  return [
    exactly('emoji: pictures', 871, all.length),
    exactly('emoji: pairs of emoji and English tag', 4991, records.length),
    percentage(name, 41.1, ceiling.accuracy, 0.05),
    percentage(`${name}, ambiguous tags`, 21.0, ceiling.ambiguous.accuracy, 0.05),
    test('by pair', (record) => record.id as string),
    test('by emoji', (record) => record.group as string),
  ];
}
