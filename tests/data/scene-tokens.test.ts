/** @file Entities, relations and numbers in the scene world: rich, decided by the picture by a known amount, true of it. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { registerData } from '../../src/commands/data';
import {
  entityCeiling,
  generateScenes,
  type NerRecord,
  planScenes,
  type RegressionRecord,
  type RelationRecord,
  readRecords,
  taskCeiling,
  valueFloor,
} from '../../src/lib/data';
import { isHeldOut, type SceneFacts } from '../../src/lib/data/scene/attributes';
import { satisfies } from '../../src/lib/data/scene/constraints';
import { toRecord } from '../../src/lib/data/scene/generate';
import { LEXICON } from '../../src/lib/data/scene/lexicon';
import { KINDS_OF_TYPE, type ThingType } from '../../src/lib/data/scene/named-things';
import type { PlannedRecord, SplitPlan } from '../../src/lib/data/scene/plan';
import { COOLER, DEGREES } from '../../src/lib/data/scene/regression/task';
import { RELATION_OF_TYPE } from '../../src/lib/data/scene/relation/task';
import { run } from '../commands/run-command';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const PARTS = ['train', 'validation', 'test'] as const;
type Part = (typeof PARTS)[number];
const TASKS = ['ner', 'relation', 'regression'] as const;
type TokenTask = (typeof TASKS)[number];

const plans = Object.fromEntries(
  TASKS.map((task) => [task, planScenes({ task, records: 4000, seed: 1 })]),
) as Record<TokenTask, Map<Part, SplitPlan>>;
const plan = (task: TokenTask, part: Part) => plans[task].get(part) as SplitPlan;
const recordsOf = <R>(task: TokenTask, part: Part) =>
  plan(task, part).records.map((record, row) => toRecord(task, record, plan(task, part), part, row)) as R[];
const sceneOf = (task: TokenTask, part: Part, { scene }: PlannedRecord) =>
  plan(task, part).scenes[scene] as SceneFacts | null;

describe.each(TASKS)('%s', (task) => {
  it('is rich: 400 word types, 30 frames in training', () => {
    const { records } = plan(task, 'train');
    const words = records.flatMap(({ text }) => text.text.toLowerCase().match(/\p{L}+/gu) ?? []);
    expect(new Set(words).size).toBeGreaterThanOrEqual(400);
    expect(new Set(records.map(({ text }) => text.frame.id)).size).toBeGreaterThanOrEqual(30);
  });

  it.each(PARTS)('%s: the picture decides for the answer, and for no other, where it is relevant', (part) => {
    const { records } = plan(task, part);
    const relevant = records.filter(({ imageRelevant }) => imageRelevant);
    expect(relevant.length / records.length).toBeGreaterThan(0.6);
    expect(relevant.length / records.length).toBeLessThan(0.85);
    for (const record of records) {
      const { text, label, imageRelevant } = record;
      const scene = sceneOf(task, part, record);
      if (text.answers.length === 1) {
        expect([imageRelevant, label]).toEqual([false, text.answers[0]?.label]);
      } else {
        const right = text.answers.filter(({ constraint }) => satisfies(scene as SceneFacts, constraint));
        expect([imageRelevant, right.map((answer) => answer.label)]).toEqual([true, [label]]);
      }
    }
  });

  it('holds frames and combinations out of training and validation, and tests them', () => {
    for (const part of ['train', 'validation'] as const) {
      for (const { text } of plan(task, part).records) expect(text.frame.heldOut).toBe(false);
      for (const scene of plan(task, part).scenes)
        if (scene) expect(isHeldOut(scene.mainKind, scene.mainColour)).toBe(false);
    }
    const { records } = plan(task, 'test');
    const share = (is: (record: PlannedRecord) => boolean) => records.filter(is).length / records.length;
    expect(share(({ text }) => text.frame.heldOut === true)).toBeGreaterThan(0.15);
    expect(
      share((record) => {
        const scene = sceneOf(task, 'test', record);
        return scene !== null && isHeldOut(scene.mainKind, scene.mainColour);
      }),
    ).toBeGreaterThan(0.1);
  });

  it('is written, read again and checked, with the ceiling beside it', async () => {
    const out = join(folder.path, task);
    const { stdout } = await run(
      registerData,
      'data',
      'scene',
      '--task',
      task,
      '--records',
      '60',
      '--size',
      '32',
      '--out',
      out,
    );
    expect(stdout).toMatch(
      /train 48 records, .*text-only (ceiling|ceiling F1|floor: mean squared error) [\d.]+/,
    );
    expect((await readRecords(join(out, 'test.jsonl'), task)).records).toHaveLength(6);
    const again = planScenes({ task, records: 60, seed: 1 }).get('train') as SplitPlan;
    expect(
      (await readRecords(join(out, 'train.jsonl'), task)).records.map((record) => record.imageRelevant),
    ).toEqual(again.records.map(({ imageRelevant }) => imageRelevant));
    await expect(generateScenes(out, { task, records: 60, seed: 1 })).rejects.toThrow(
      /holds 6 entries already/,
    );
  });
});

describe('the text-only bounds, counted from the records', () => {
  it.each(PARTS)('%s: entities: one of three types where the sentence leaves it open', (part) => {
    const records = recordsOf<NerRecord>('ner', part);
    const { f1, ambiguousF1 } = entityCeiling(records);
    expect(f1).toBeGreaterThan(0.55);
    expect(f1).toBeLessThan(0.75);
    expect(ambiguousF1).toBeLessThan(0.6);
    // The thing alone: a third.
    const thing = records
      .filter(({ imageRelevant }) => imageRelevant)
      .map(({ tokens, tags }) => ({
        tokens,
        tags: tags.map((tag) => (/person|place/.test(tag) ? 'O' : tag)),
      }));
    expect(entityCeiling(thing).f1).toBeCloseTo(1 / 3, 1);
  });

  it.each(PARTS)('%s: relations: one of three', (part) => {
    const ceiling = taskCeiling('relation', recordsOf<RelationRecord>('relation', part));
    expect(ceiling?.accuracy).toBeGreaterThan(0.48);
    expect(ceiling?.accuracy).toBeLessThan(0.52);
    expect(ceiling?.ambiguous.accuracy).toBeCloseTo(1 / 3, 2);
  });

  it.each(PARTS)(
    '%s: numbers: the variance of the places where the picture tells, nothing elsewhere',
    (part) => {
      const { mse, ambiguousMse, variance } = valueFloor(recordsOf<RegressionRecord>('regression', part));
      // Four of six places at random: their variance is on average that of all six, 173.8, times (3/4)·(6/5).
      expect(ambiguousMse).toBeGreaterThan(130);
      expect(ambiguousMse).toBeLessThan(190);
      expect(mse / ambiguousMse).toBeCloseTo(0.75, 1);
      expect(mse).toBeLessThan(variance);
    },
  );
});

describe('the fields', () => {
  it('of entities: the name has the type of the object in front, also in two words; people and towns their own', () => {
    const records = recordsOf<NerRecord>('ner', 'train');
    for (const [row, { tokens, tags }] of records.entries()) {
      expect(tags).toHaveLength(tokens.length);
      const types = new Set(tags.filter((tag) => tag.startsWith('B-')).map((tag) => tag.slice(2)));
      const thing = [...types].find((type) => type in KINDS_OF_TYPE) as keyof typeof KINDS_OF_TYPE;
      const planned = plan('ner', 'train').records[row] as PlannedRecord;
      expect(thing).toBe(planned.label);
      const scene = sceneOf('ner', 'train', planned);
      if (planned.imageRelevant) expect(KINDS_OF_TYPE[thing]).toContain(scene?.mainKind);
    }
    expect(records.some(({ tags }) => tags.some((tag) => tag.startsWith('I-')))).toBe(true);
    expect(records.some(({ tags }) => tags.includes('B-person') && tags.includes('B-place'))).toBe(true);
  });

  it('of relations: both spans name somebody or something, and the relation is true of what is drawn', () => {
    const typeOf = (kind: string) =>
      (Object.keys(KINDS_OF_TYPE) as ThingType[]).find((type) =>
        (KINDS_OF_TYPE[type] as readonly string[]).includes(kind),
      ) as ThingType;
    const labels = new Set<string>();
    for (const [row, { tokens, head, tail, label }] of recordsOf<RelationRecord>(
      'relation',
      'train',
    ).entries()) {
      const planned = plan('relation', 'train').records[row] as PlannedRecord;
      const [a, b] = [head, tail].map(([start, end]) => tokens.slice(start, end).join(' ')) as [
        string,
        string,
      ];
      expect(a).not.toBe(b);
      labels.add(label);
      if (!planned.imageRelevant) {
        expect(label).toMatch(/^(knows|lives-in|drives|grows)$/);
        continue;
      }
      const [forward, backward] =
        RELATION_OF_TYPE[typeOf(sceneOf('relation', 'train', planned)?.mainKind as string)];
      const personFirst = planned.text.frame.question === 'has';
      expect(label).toBe(personFirst ? forward : backward);
      expect(LEXICON.name).toContain(personFirst ? a : b);
    }
    expect(labels.size).toBe(7);
  });

  it('of numbers: the degrees of the place that is drawn, less what the hour takes off', () => {
    for (const [row, { value, imageRelevant }] of recordsOf<RegressionRecord>(
      'regression',
      'test',
    ).entries()) {
      if (!imageRelevant) continue;
      const scene = sceneOf('regression', 'test', plan('regression', 'test').records[row] as PlannedRecord);
      if (scene) expect(value).toBe(DEGREES[scene.place] - COOLER[scene.time]);
    }
  });
});
