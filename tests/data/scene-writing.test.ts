import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateScenes, planScenes, readRecords, taskCeiling, textOnlyBound } from '../../src/lib/data';
import { isHeldOut, type SceneFacts } from '../../src/lib/data/scene/attributes';
import { captionFrames } from '../../src/lib/data/scene/caption/task';
import { satisfies } from '../../src/lib/data/scene/constraints';
import type { PlannedRecord, SplitPlan } from '../../src/lib/data/scene/plan';
import { definite, indefinite } from '../../src/lib/data/scene/translation/german';
import { SENTENCES } from '../../src/lib/data/scene/translation/sentences';
import { translationScenes } from '../../src/lib/data/scene/translation/task';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const PARTS = ['train', 'validation', 'test'] as const;
type Part = (typeof PARTS)[number];
const wordTypes = (texts: readonly string[]) =>
  new Set(texts.flatMap((text) => text.toLowerCase().match(/\p{L}+/gu) ?? [])).size;
const wordsPerText = (texts: readonly string[]) =>
  texts.reduce((sum, text) => sum + text.split(/\s+/).length, 0) / texts.length;
const isChinese = ({ text }: PlannedRecord) => text.text.startsWith('Chinese: ');

describe('translation in the scene world', () => {
  const plans = planScenes({ task: 'translation', records: 4000, seed: 1 });
  const plan = (part: Part) => plans.get(part) as SplitPlan;
  const rows = (part: Part) =>
    plan(part).records.map(({ text, label }) => translationScenes.fields(text, label));

  it('is rich: 400 word types, 30 sentence frames, targets of 8 words or more', () => {
    const { records } = plan('train');
    const german = records.filter((record) => !isChinese(record)).map(({ label }) => label);
    expect(wordTypes(records.map(({ text }) => text.text))).toBeGreaterThanOrEqual(400);
    expect(wordTypes(german)).toBeGreaterThanOrEqual(400);
    expect(new Set(records.map(({ text }) => text.frame.pattern)).size).toBeGreaterThanOrEqual(30);
    expect(wordsPerText(german)).toBeGreaterThanOrEqual(8);
    const chinese = records.filter(isChinese);
    expect(chinese.length / records.length).toBeGreaterThan(0.3);
    expect(chinese.reduce((sum, { label }) => sum + label.length, 0) / chinese.length).toBeGreaterThan(12);
  });

  it.each(PARTS)(
    '%s: the ceiling is 50 to 70 percent, and 1 in 2 or 3 where the English is ambiguous',
    (part) => {
      const ceiling = taskCeiling('translation', rows(part));
      expect(ceiling?.accuracy).toBeGreaterThan(0.5);
      expect(ceiling?.accuracy).toBeLessThan(0.7);
      expect(ceiling?.ambiguous.accuracy).toBeGreaterThan(0.33);
      expect(ceiling?.ambiguous.accuracy).toBeLessThan(0.5);
      expect(ceiling?.ambiguous.recordsPerText).toBeGreaterThan(7);
    },
  );

  it.each(PARTS)(
    '%s: the picture decides for the target, and for no other choice, where it is relevant',
    (part) => {
      for (const { text, label, scene, imageRelevant } of plan(part).records) {
        expect(imageRelevant).toBe(text.answers.length > 1);
        if (!imageRelevant) {
          expect(label).toBe(text.answers[0]?.label);
          continue;
        }
        const facts = plan(part).scenes[scene] as SceneFacts;
        const right = text.answers.filter(({ constraint }) => satisfies(facts, constraint));
        expect(right.map((answer) => answer.label)).toEqual([label]);
      }
    },
  );

  it('leaves a share unambiguous, and says truthfully which: mouse is open in Chinese, not in German', () => {
    const { records } = plan('train');
    const share = records.filter(({ imageRelevant }) => imageRelevant).length / records.length;
    expect(share).toBeGreaterThan(0.65);
    expect(share).toBeLessThan(0.85);
    const mice = records.filter(({ text }) => /\bmouse\b/.test(text.text));
    expect(mice.filter(isChinese).every(({ imageRelevant }) => imageRelevant)).toBe(true);
    expect(mice.filter((record) => !isChinese(record)).some(({ imageRelevant }) => imageRelevant)).toBe(
      false,
    );
    expect(mice.some(isChinese) && !mice.every(isChinese)).toBe(true);
  });

  it('holds frames and combinations out of training and validation, and tests them', () => {
    expect(SENTENCES.filter(({ heldOut }) => heldOut).length).toBeGreaterThanOrEqual(5);
    for (const part of ['train', 'validation'] as const) {
      for (const { text } of plan(part).records) expect(text.frame.heldOut).toBe(false);
      for (const scene of plan(part).scenes)
        if (scene) expect(isHeldOut(scene.mainKind, scene.mainColour)).toBe(false);
    }
    const { records, scenes } = plan('test');
    const unseen = ({ scene }: PlannedRecord) => {
      const facts = scenes[scene];
      return facts ? isHeldOut(facts.mainKind, facts.mainColour) : false;
    };
    expect(records.filter(({ text }) => text.frame.heldOut).length / records.length).toBeGreaterThan(0.15);
    expect(records.filter(unseen).length / records.length).toBeGreaterThan(0.1);
  });

  it('fills every slot in every language', () => {
    for (const part of PARTS) {
      for (const { text, label } of plan(part).records) {
        expect(text.text).toMatch(/^(German|Chinese): \p{Lu}[^{}|]*[.?]$/u);
        expect(label).toMatch(
          isChinese({ text } as PlannedRecord) ? /\p{Script=Han}[。？]$/u : /^\p{Lu}[^{}|]*[.?]$/u,
        );
        expect(label).not.toMatch(/ {2}|undefined|\p{Script=Han} /u);
        for (const answer of text.answers) expect(answer.label).not.toBe('');
      }
    }
  });

  it('declines German as grammars do', () => {
    const crane = { german: 'Kran', gender: 'm', chinese: '', measure: '' } as const;
    const letter = { ...crane, german: 'Buchstabe', accusative: 'Buchstaben' };
    const key = { ...crane, german: 'Taste', gender: 'f' } as const;
    const sheep = { ...crane, german: 'Schafe', gender: 'p' } as const;
    const house = { ...crane, german: 'Haus', gender: 'n' } as const;
    expect([definite(crane, 'nominative', 'alt'), definite(crane, 'accusative', 'alt')]).toEqual([
      'der alte Kran',
      'den alten Kran',
    ]);
    expect(definite(letter, 'accusative')).toBe('den Buchstaben');
    expect([definite(key, 'accusative', 'alt'), definite(key, 'dative', 'alt')]).toEqual([
      'die alte Taste',
      'der alten Taste',
    ]);
    expect([definite(house, 'accusative', 'alt'), definite(house, 'dative')]).toEqual([
      'das alte Haus',
      'dem Haus',
    ]);
    expect(definite(sheep, 'accusative', 'alt')).toBe('die alten Schafe');
    expect([indefinite(crane, 'nominative', 'alt'), indefinite(crane, 'accusative', 'alt')]).toEqual([
      'ein alter Kran',
      'einen alten Kran',
    ]);
    expect([indefinite(house, 'accusative', 'alt'), indefinite(key, 'nominative', 'alt')]).toEqual([
      'ein altes Haus',
      'eine alte Taste',
    ]);
  });

  it('plans for every seed and size', () => {
    for (let seed = 0; seed < 25; seed++) {
      const records = 40 + 37 * seed;
      const all = [...planScenes({ task: 'translation', records, seed }).values()];
      expect(all.reduce((sum, part) => sum + part.records.length, 0)).toBe(records);
    }
  });
});

describe('captioning in the scene world', () => {
  const plans = planScenes({ task: 'captioning', records: 3000, seed: 1 });
  const plan = (part: Part) => plans.get(part) as SplitPlan;
  const captions = (part: Part) => plan(part).records.map(({ label }) => label);

  it('is rich: 400 word types, 30 sentence frames, 8 words or more, three phrasings a scene', () => {
    expect(wordTypes(captions('train'))).toBeGreaterThanOrEqual(400);
    expect(new Set(plan('train').records.map(({ text }) => text.frame.id)).size).toBeGreaterThanOrEqual(30);
    expect(wordsPerText(captions('train'))).toBeGreaterThanOrEqual(8);
    expect(Math.min(...captions('train').map((text) => text.split(/\s+/).length))).toBeGreaterThanOrEqual(5);
    const framesOf = new Map<number, string[]>();
    for (const { scene, text } of plan('train').records)
      framesOf.set(scene, [...(framesOf.get(scene) ?? []), text.frame.id]);
    for (const ids of framesOf.values()) expect(new Set(ids).size).toBe(ids.length);
    expect(plan('train').records.length / framesOf.size).toBeCloseTo(3, 1);
  });

  it.each(PARTS)('%s: every mention is true of the scene, every caption a sentence', (part) => {
    for (const { text, label, scene } of plan(part).records) {
      const facts = plan(part).scenes[scene] as SceneFacts;
      const { constraint } = text.answers.find((one) => one.label === label) as (typeof text.answers)[number];
      expect(Object.keys(constraint).length).toBeGreaterThanOrEqual(3);
      expect(satisfies(facts, constraint)).toBe(true);
      if (constraint.companionKind) expect(facts.companionKind).not.toBe('none');
      if (constraint.flyerKind) expect(facts.flyerCount).not.toBe('none');
      expect(label).toMatch(/^\p{Lu}[^{}]*\.$/u);
      expect(label).not.toMatch(/undefined|\ba [aeio]/);
    }
  });

  it('without the picture hardly a caption can be guessed', () => {
    expect(
      taskCeiling(
        'captioning',
        captions('train').map((text) => ({ text })),
      )?.accuracy,
    ).toBeLessThan(0.01);
  });

  it.each(PARTS)('%s: of two captions of one frame the picture chooses, and nothing else can', (part) => {
    const { records, scenes } = plan(part);
    const pairs = records.filter(({ text }) => text.answers.length === 2);
    expect(pairs.length).toBeGreaterThan(0.9 * records.length);
    for (const { text, label, scene } of pairs) {
      const facts = scenes[scene] as SceneFacts;
      expect(text.answers.filter((one) => satisfies(facts, one.constraint)).map((one) => one.label)).toEqual([
        label,
      ]);
    }
    const written = pairs.map(({ text, label }) => ({
      text: label,
      choices: text.answers.map((one) => one.label),
    }));
    expect(textOnlyBound('captioning', written, 'choiceAccuracy')).toMatchObject({
      value: 0.5,
      ambiguous: { records: pairs.length, value: 0.5 },
    });
  });

  it('holds frames and combinations out of training and validation, and tests them', () => {
    expect(captionFrames.filter(({ heldOut }) => heldOut).length).toBeGreaterThanOrEqual(5);
    for (const part of ['train', 'validation'] as const) {
      for (const { text } of plan(part).records) expect(text.frame.heldOut).toBe(false);
      for (const scene of plan(part).scenes)
        if (scene) expect(isHeldOut(scene.mainKind, scene.mainColour)).toBe(false);
    }
    const { records, scenes } = plan('test');
    expect(records.filter(({ text }) => text.frame.heldOut).length / records.length).toBeGreaterThan(0.2);
    const heldOut = scenes.filter((scene) => scene && isHeldOut(scene.mainKind, scene.mainColour)).length;
    expect(heldOut / scenes.length).toBeGreaterThan(0.2);
  });
});

it.each(['translation', 'captioning'] as const)('%s records are written and read again', async (task) => {
  const out = join(folder.path, task);
  await generateScenes(out, { task, records: 60, seed: 2, size: 48 });
  const { records } = await readRecords(join(out, 'test.jsonl'), task);
  expect(records).toHaveLength(6);
  for (const record of records) {
    expect(record.image).toMatch(/^images\/test-\d+\.png$/);
    if (task === 'translation') {
      const { target, choices, imageRelevant } = record as unknown as {
        target: string;
        choices: string[];
        imageRelevant: boolean;
      };
      expect(choices).toContain(target);
      expect(imageRelevant).toBe(choices.length > 1);
    }
  }
});
