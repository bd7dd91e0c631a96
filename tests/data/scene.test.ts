import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type ClassificationRecord,
  checkRecords,
  generateScenes,
  jsonLines,
  planScenes,
  type RecordSet,
  readRecords,
  sharedGroups,
  textOnlyCeiling,
} from '../../src/lib/data';
import { isHeldOut, KINDS, type SceneFacts } from '../../src/lib/data/scene/attributes';
import { classificationScenes } from '../../src/lib/data/scene/classification-frames';
import { completeScene, meet, satisfies } from '../../src/lib/data/scene/constraints';
import { drawScene, rasterize } from '../../src/lib/data/scene/draw';
import { toRecord } from '../../src/lib/data/scene/generate';
import type { PlannedRecord, SplitPlan } from '../../src/lib/data/scene/plan';
import { Generator } from '../../src/lib/random';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const PARTS = ['train', 'validation', 'test'] as const;
type Part = (typeof PARTS)[number];

const options = { task: 'classification', records: 4000, seed: 1 } as const;
const plans = planScenes(options) as Map<Part, SplitPlan>;
const plan = (part: Part) => plans.get(part) as SplitPlan;
const recordsOf = (part: Part) => plan(part).records.map(({ text, label }) => ({ text: text.text, label }));
const wordsOf = (texts: string[]) =>
  new Set(texts.flatMap((text) => text.toLowerCase().match(/\p{L}+/gu) ?? []));

describe('the texts of 4,000 records', () => {
  it('have the number of records asked for, 80 / 10 / 10', () => {
    expect(PARTS.map((part) => plan(part).records.length)).toEqual([3200, 400, 400]);
  });

  it('are rich: 400 word types and 30 sentence frames in training', () => {
    expect(wordsOf(recordsOf('train').map(({ text }) => text)).size).toBeGreaterThanOrEqual(400);
    expect(new Set(plan('train').records.map(({ text }) => text.frame.id)).size).toBeGreaterThanOrEqual(30);
  });

  it('three or four questions share a scene', () => {
    const { records, scenes } = plan('train');
    const perScene = records.length / scenes.length;
    expect(perScene).toBeGreaterThan(3);
    expect(perScene).toBeLessThan(4.5);
  });

  it.each(PARTS)('%s: the text-only ceiling is 50 to 65 percent, counted over texts that repeat', (part) => {
    const ceiling = textOnlyCeiling(recordsOf(part));
    expect(ceiling.accuracy).toBeGreaterThan(0.5);
    expect(ceiling.accuracy).toBeLessThan(0.65);
    expect(ceiling.ambiguous.accuracy).toBeGreaterThan(0.33);
    expect(ceiling.ambiguous.accuracy).toBeLessThan(0.5);
    expect(ceiling.ambiguous.recordsPerText).toBeGreaterThan(7);
    expect(ceiling.majority).toBeLessThan(0.1);
  });

  it.each(PARTS)(
    '%s: every answer of an open text is right equally often, so no text favours one',
    (part) => {
      const counts = new Map<string, Map<string, number>>();
      for (const { text, label } of plan(part).records) {
        if (text.answers.length < 2) continue;
        const labels = counts.get(text.text) ?? new Map<string, number>();
        labels.set(label, (labels.get(label) ?? 0) + 1);
        counts.set(text.text, labels);
      }
      for (const labels of counts.values()) {
        const unknown = labels.get('unknown') ?? 0;
        labels.delete('unknown');
        const [rounds] = labels.values();
        expect(new Set(labels.values()).size).toBe(1);
        expect(labels.size).toBeGreaterThan(1);
        expect(unknown).toBeLessThanOrEqual(rounds as number);
      }
    },
  );

  it('the frame alone, or the first word, tells hardly more than the majority', () => {
    // Over open texts: no frame has a favourite label beyond the 1/k that its shortest list of answers gives.
    const open = plan('train').records.filter(({ text }) => text.answers.length > 1);
    const rows = open.map(({ text, label }) => ({ text: text.frame.id, label }));
    expect(textOnlyCeiling(rows).accuracy).toBeLessThan(
      textOnlyCeiling(recordsOf('train')).ambiguous.accuracy,
    );
  });

  it.each(PARTS)('%s: each label is true of its scene, and no other answer of its text is', (part) => {
    for (const record of plan(part).records) {
      const scene = plan(part).scenes[record.scene] as SceneFacts | null;
      if (record.text.answers.length === 1) expect(record.label).toBe(record.text.answers[0]?.label);
      else if (scene === null) expect(record.label).toBe('unknown');
      else {
        const right = record.text.answers.filter(({ constraint }) => satisfies(scene, constraint));
        expect(right.map(({ label }) => label)).toEqual([record.label]);
      }
    }
  });

  it('plant relevance: a picture matters where it decides', () => {
    for (const part of PARTS) {
      for (const { imageRelevant, text, scene } of plan(part).records) {
        expect(imageRelevant).toBe(text.answers.length > 1 && plan(part).scenes[scene] !== null);
      }
      const share =
        plan(part).records.filter(({ imageRelevant }) => imageRelevant).length / plan(part).records.length;
      expect(share).toBeGreaterThan(0.6);
      expect(share).toBeLessThan(0.8);
    }
    const offTopic = plan('train').records.filter(({ scene }) => plan('train').scenes[scene] === null);
    expect(offTopic.length).toBeGreaterThan(200);
  });

  it('put a wrong answer beside the right one: distractors', () => {
    const colour = plan('train').records.filter(
      ({ text, scene }) => text.frame.question === 'colour' && plan('train').scenes[scene],
    );
    const distracted = colour.filter(({ text, label, scene }: PlannedRecord) => {
      const facts = plan('train').scenes[scene] as SceneFacts;
      const wrong = text.answers.map((answer) => answer.label).filter((other) => other !== label);
      return facts.companionKind !== 'none' && wrong.includes(facts.companionColour);
    });
    expect(distracted.length / colour.length).toBeGreaterThan(0.3);
  });

  it('hold frames and combinations out of training and validation, and test them', () => {
    const heldOutFrames = classificationScenes.frames.filter((frame) => frame.heldOut).map(({ id }) => id);
    expect(heldOutFrames.length).toBeGreaterThanOrEqual(10);
    for (const part of ['train', 'validation'] as const) {
      for (const { text } of plan(part).records) expect(text.frame.heldOut).toBe(false);
      for (const scene of plan(part).scenes) {
        if (!scene) continue;
        expect(isHeldOut(scene.mainKind, scene.mainColour)).toBe(false);
        if (scene.companionKind !== 'none')
          expect(isHeldOut(scene.companionKind, scene.companionColour)).toBe(false);
      }
    }
    const { records, scenes } = plan('test');
    const unseen = (record: PlannedRecord) => {
      const scene = scenes[record.scene];
      return scene ? isHeldOut(scene.mainKind, scene.mainColour) : false;
    };
    expect(records.filter(({ text }) => text.frame.heldOut).length / records.length).toBeGreaterThan(0.15);
    expect(records.filter(unseen).length / records.length).toBeGreaterThan(0.1);
    const trained = new Set(recordsOf('train').map(({ text }) => text));
    const again = records.filter(({ text }) => trained.has(text.text)).length / records.length;
    expect(again).toBeGreaterThan(0.1);
    expect(again).toBeLessThan(0.5);
  });

  it('read as sentences: a capital, a stop, no slot left', () => {
    for (const part of PARTS) {
      for (const { text } of recordsOf(part)) expect(text).toMatch(/^\p{Lu}[^{}]*[.?]$/u);
    }
  });

  it.each([40, 97, 400, 1234])('%i records: exact counts and labels, whatever the number', (records) => {
    const small = planScenes({ ...options, records, seed: 5 });
    expect([...small.values()].reduce((sum, part) => sum + part.records.length, 0)).toBe(records);
    for (const { records: planned, scenes } of small.values()) {
      for (const { scene } of planned) expect(scene).toBeLessThan(scenes.length);
      expect(new Set(planned.map(({ scene }) => scene)).size).toBeGreaterThan(0);
    }
  });
});

it('plans for every seed', () => {
  for (let seed = 0; seed < 60; seed++) {
    const small = planScenes({ ...options, records: 60 + 13 * seed, seed });
    for (const { records, scenes } of small.values()) {
      for (const { text, label, scene } of records) {
        const facts = scenes[scene];
        if (!facts || text.answers.length === 1) continue;
        const right = text.answers
          .filter(({ constraint }) => satisfies(facts, constraint))
          .map((answer) => answer.label);
        expect(right).toEqual([label]);
      }
    }
  }
});

describe('constraints', () => {
  it('meet where they have values in common', () => {
    expect(meet({ place: ['beach', 'snow'] }, { place: ['snow'], time: ['day'] })).toEqual({
      place: ['snow'],
      time: ['day'],
    });
    expect(meet({ place: ['beach'] }, { place: ['snow'] })).toBeNull();
  });

  it('complete to scenes within them; two objects differ in kind and colour', () => {
    const generator = new Generator(1, 'constraints');
    for (let i = 0; i < 300; i++) {
      const constraint = {
        mainKind: [KINDS[i % 12] as (typeof KINDS)[number]],
        flyerCount: ['two' as const],
      };
      const scene = completeScene(constraint, i % 2 ? 'seen' : 'held-out', generator) as SceneFacts;
      expect(satisfies(scene, constraint)).toBe(true);
      expect(isHeldOut(scene.mainKind, scene.mainColour)).toBe(i % 2 === 0);
      expect(scene.companionKind).not.toBe(scene.mainKind);
      if (scene.companionKind !== 'none') expect(scene.companionColour).not.toBe(scene.mainColour);
    }
    expect(completeScene({ mainKind: ['car'], companionKind: ['car'] }, 'seen', generator)).toBeNull();
  });

  it('have a scene or none whatever the draw: the large object leaves room for the small one', () => {
    for (let seed = 0; seed < 200; seed++) {
      const generator = new Generator(seed, 'room');
      const narrow = { companionKind: ['cat' as const], companionColour: ['red' as const] };
      expect(completeScene(narrow, 'seen', generator)).toMatchObject({
        companionKind: 'cat',
        companionColour: 'red',
      });
      const narrower = {
        ...narrow,
        mainKind: ['cat' as const, 'car' as const],
        mainColour: ['red' as const, 'blue' as const],
      };
      expect(completeScene(narrower, 'seen', generator)).toMatchObject({
        mainKind: 'car',
        mainColour: 'blue',
      });
    }
  });
});

describe('the pictures', () => {
  const facts: SceneFacts = {
    mainKind: 'car',
    mainColour: 'red',
    mainPattern: 'plain',
    companionKind: 'tree',
    companionColour: 'purple',
    side: 'left',
    flyerKind: 'birds',
    flyerCount: 'two',
    place: 'snow',
    time: 'day',
    weather: 'clear',
  };
  const pixels = async (scene: SceneFacts, seed = 'x') =>
    sharp(await rasterize(drawScene(scene, seed), 96))
      .raw()
      .toBuffer();
  const isRed = (data: Buffer, i: number) =>
    (data[i] as number) > 150 && (data[i + 1] as number) < 70 && (data[i + 2] as number) < 80;
  const isPurple = (data: Buffer, i: number) =>
    (data[i + 2] as number) > 120 &&
    (data[i + 1] as number) < 90 &&
    (data[i] as number) > 80 &&
    (data[i] as number) < 170;
  /** Mean column of the pixels that pass, and how many there are. */
  const where = (data: Buffer, test: (data: Buffer, i: number) => boolean) => {
    let [count, sum] = [0, 0];
    for (let i = 0; i < data.length; i += 3) {
      if (!test(data, i)) continue;
      count++;
      sum += (i / 3) % 96;
    }
    return { count, column: sum / count };
  };

  it('show the colours of both objects, the large one larger, the small one on its side', async () => {
    const left = await pixels(facts);
    const right = await pixels({ ...facts, side: 'right' });
    expect(where(left, isRed).count).toBeGreaterThan(2 * where(left, isPurple).count);
    expect(where(left, isPurple).count).toBeGreaterThan(40);
    expect(where(left, isPurple).column).toBeLessThan(where(left, isRed).column - 20);
    expect(where(right, isPurple).column).toBeGreaterThan(where(right, isRed).column + 20);
  });

  it('change with each fact, and with the seed', async () => {
    const base = await pixels(facts);
    const changes: Partial<SceneFacts>[] = [
      { mainKind: 'cat' },
      { mainPattern: 'striped' },
      { companionKind: 'none' },
      { flyerCount: 'none' },
      { flyerKind: 'kites' },
      { place: 'street' },
      { time: 'night' },
      { weather: 'rainy' },
    ];
    for (const change of changes)
      expect(Buffer.compare(await pixels({ ...facts, ...change }), base)).not.toBe(0);
    expect(Buffer.compare(await pixels(facts, 'y'), base)).not.toBe(0);
    expect(Buffer.compare(await pixels(facts), base)).toBe(0);
  });

  it('night is darker than evening, evening than day', async () => {
    const mean = async (time: SceneFacts['time']) => {
      const data = await pixels({ ...facts, time });
      return data.reduce((sum, value) => sum + value, 0) / data.length;
    };
    const [day, evening, night] = [await mean('day'), await mean('evening'), await mean('night')];
    expect(day).toBeGreaterThan(evening + 20);
    expect(evening).toBeGreaterThan(night + 20);
  });
});

describe('generateScenes', () => {
  const small = { task: 'classification', records: 300, seed: 3, size: 64 } as const;
  let sets: RecordSet<ClassificationRecord>[];

  beforeAll(async () => {
    await generateScenes(join(folder.path, 'a'), small);
    await generateScenes(join(folder.path, 'b'), small);
    sets = await Promise.all(
      PARTS.map((part) => readRecords(join(folder.path, 'a', `${part}.jsonl`), 'classification')),
    );
  });

  const hashes = (name: string) =>
    Object.fromEntries(
      readdirSync(join(folder.path, name), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => {
          const path = join(entry.parentPath, entry.name);
          return [
            path.slice(join(folder.path, name).length),
            createHash('sha256').update(readFileSync(path)).digest('hex'),
          ];
        }),
    );

  it('is reproducible to the byte, and other with another seed', async () => {
    expect(hashes('b')).toEqual(hashes('a'));
    await generateScenes(join(folder.path, 'c'), { ...small, seed: 4 });
    expect(hashes('c')['/train.jsonl']).not.toBe(hashes('a')['/train.jsonl']);
  });

  it('writes sound records whose pictures decode, with no scene in two parts', async () => {
    for (const set of sets) {
      await checkRecords(set);
      for (const record of set.records)
        expect(record.group).toBe(
          record.image
            ?.replace('images/', '')
            .replace('.png', '')
            .replace(/-(\d+)$/, '-scene-$1'),
        );
    }
    const [train, validation, test] = sets as unknown as [RecordSet, RecordSet, RecordSet];
    expect(sharedGroups(train.records, validation.records)).toEqual([]);
    expect(sharedGroups(train.records, test.records)).toEqual([]);
    const picture = await sharp(train.pictures[0] as string).metadata();
    expect([picture.width, picture.height, picture.channels, picture.format]).toEqual([64, 64, 3, 'png']);
  });

  it('writes the facts of every picture', async () => {
    const images = new Set<string>();
    for await (const { value } of jsonLines(join(folder.path, 'a/scenes.jsonl')))
      images.add((value as { image: string }).image);
    for (const { records } of sets)
      for (const { image } of records) expect(images.has(image as string)).toBe(true);
    expect(images.size).toBe(readdirSync(join(folder.path, 'a/images')).length);
  });

  it.each([
    [{ records: 39 }, /records is 39; give a whole number of at least 40/],
    [{ size: 16 }, /size is 16; give a whole number of pixels from 32 to 512/],
    [{ seed: 1.5 }, /seed is 1\.5; give a whole number/],
    [
      { task: 'masked-lm' },
      /task is "masked-lm"; the scene world makes records for classification, qa, captioning, translation/,
    ],
  ])('refuses %o before writing', async (wrong, message) => {
    const call = generateScenes(join(folder.path, 'wrong'), { ...small, ...wrong } as typeof small);
    await expect(call).rejects.toThrow(message);
    expect(readdirSync(folder.path)).not.toContain('wrong');
  });
});

it('asks the same questions where the answer is to be written', () => {
  const of = (task: 'classification' | 'qa') => planScenes({ task, records: 200, seed: 3 });
  const [labelled, written] = [of('classification'), of('qa')];
  for (const [part, plan] of labelled) {
    const other = written.get(part) as typeof plan;
    const record = (task: 'classification' | 'qa', from: typeof plan) =>
      from.records.map(
        (one, row) => toRecord(task, one, from, part, row) as unknown as Record<string, string>,
      );
    const expected = record('classification', plan).map(({ text, label }) => [text, label]);
    expect(record('qa', other).map(({ question, answer }) => [question, answer])).toEqual(expected);
  }
});
