import { existsSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  blindChoice,
  checkRecords,
  convert,
  readRecords,
  splitByGroup,
  THREE_PARTS,
  taskCeiling,
} from '../../src/lib/data';
import { emojiRecords } from '../../src/lib/data/formats/emoji';
import { noisePicture } from '../support/pictures';
import { sharedData } from '../support/shared-data';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const at = (name: string) => join(folder.path, name);
const PARTS = ['train', 'validation', 'test'] as const;
const entry = (hexcode: string, de: string, en: string[]) => ({
  file: `${hexcode}.png`,
  hexcode,
  emoji: hexcode,
  label: { en: `${de} in English`, de },
  tags: { en },
});
const cat = entry('c', 'Katze', ['animal', 'pet']);
const cow = entry('k', 'Kuh', ['animal', 'farm', 'farm']);
const bare = entry('n', 'Nichts', []);

interface Row {
  id: string;
  source: string;
  target: string;
  group: string;
  emoji: string;
  image: string;
  choices: string[];
  imageRelevant: boolean;
}

async function rows(out: string): Promise<Record<(typeof PARTS)[number], Row[]>> {
  const sets = await Promise.all(PARTS.map((part) => readRecords(join(out, `${part}.jsonl`), 'translation')));
  return Object.fromEntries(PARTS.map((part, i) => [part, sets[i]?.records])) as never;
}

describe('the emoji set', () => {
  it('makes a record of each pair of emoji and tag, with the names that share the tag', () => {
    const records = emojiRecords([cat, cow, bare] as never);
    expect(
      records.map(({ id, source, target, choices, imageRelevant }) => [
        id,
        source,
        target,
        choices,
        imageRelevant,
      ]),
    ).toEqual([
      ['c-0', 'animal', 'Katze', ['Katze', 'Kuh'], true],
      ['c-1', 'pet', 'Katze', ['Katze'], false],
      ['k-0', 'animal', 'Kuh', ['Katze', 'Kuh'], true],
      ['k-1', 'farm', 'Kuh', ['Kuh'], false],
    ]);
    // Right: 1 of 2 for animal, pet and farm for certain: 3 of 4; blindly 1/2, 1, 1/2, 1.
    expect(taskCeiling('translation', records)?.accuracy).toBe(0.75);
    expect(blindChoice(records)).toBe(0.75);
    expect(blindChoice([{ id: 'x' }])).toBeNull();
  });

  it('splits by pair, or by emoji so that no name of the test was a target', async () => {
    const many = Array.from({ length: 20 }, (_, i) => entry(`e${i}`, `Name ${i}`, ['one', 'two', 'three']));
    for (const [i, { file }] of many.entries()) {
      folder.write(`many/images/${file}`, await noisePicture(25, 25, i).png().toBuffer());
    }
    folder.write('many/emoji.json', JSON.stringify(many));
    const targets = (list: Row[]) => new Set(list.map(({ target }) => target));
    const shared = (a: Row[], b: Row[]) => [...targets(a)].filter((target) => targets(b).has(target)).length;
    const byPair = await convert('emoji', at('many'), at('many-pairs'));
    const byEmoji = await convert('emoji', at('many'), at('many-unseen'), { unseen: true });
    expect([byPair.sharedGroups, byEmoji.sharedGroups]).toEqual([0, 0]);
    const [pairs, unseen] = [await rows(at('many-pairs')), await rows(at('many-unseen'))];
    expect(shared(pairs.train, pairs.test)).toBeGreaterThan(0);
    expect(shared(unseen.train, unseen.test)).toBe(0);
    expect(PARTS.map((part) => unseen[part].length)).toEqual([48, 6, 6]);
    expect((await checkRecords(await readRecords(at('many-unseen/test.jsonl'), 'translation'))).files).toBe(
      2,
    );
  });

  it('lays transparent pictures on light grey and enlarges them', async () => {
    for (const name of ['c', 'k', 'n']) {
      const blank = {
        width: 25,
        height: 25,
        channels: 4,
        background: { r: 0, g: 0, b: 0, alpha: 0 },
      } as const;
      folder.write(`small/images/${name}.png`, await sharp({ create: blank }).png().toBuffer());
    }
    folder.write('small/emoji.json', JSON.stringify([cat, cow, bare]));
    await convert('emoji', at('small'), at('small-out'), { task: 'classification' });
    const { records, pictures } = await readRecords(at('small-out/train.jsonl'), 'classification');
    expect(records[0]).toMatchObject({ text: expect.any(String), label: expect.any(String) });
    const { data, info } = await sharp(pictures[0] as string)
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([100, 100, 3]);
    expect([...data.subarray(0, 3)]).toEqual([0xdf, 0xe3, 0xe8]);
  });

  it('refuses a missing picture, broken JSON, a wrong entry, and unseen for a format without it', async () => {
    folder.write('bad/emoji.json', JSON.stringify([cat]));
    await expect(convert('emoji', at('bad'), at('bad-out'))).rejects.toThrow(/c\.png: no such picture/);
    folder.write('bad/emoji.json', '[{');
    await expect(convert('emoji', at('bad'), at('bad-out'))).rejects.toThrow(/emoji\.json: is not JSON/);
    folder.write('bad/emoji.json', JSON.stringify([{ ...cat, file: '../c.png' }]));
    await expect(convert('emoji', at('bad'), at('bad-out'))).rejects.toThrow(/emoji\.json: field "0\.file"/);
    folder.write('easy/train/images/0.png', await noisePicture(4, 4).png().toBuffer());
    folder.write('easy/train/questions.json', '[["q","a",0]]');
    await expect(convert('easy-vqa', at('easy'), at('bad-out'), { unseen: true })).rejects.toThrow(
      /easy-vqa has one split; unseen is for emoji/,
    );
    expect(existsSync(at('bad-out'))).toBe(false);
  });

  const real = sharedData('emoji');
  it.skipIf(!real)('is as ambiguous as is known, and splits by pair or by emoji', async () => {
    const byPair = await convert('emoji', real as string, at('pairs'));
    expect(byPair.parts.map(({ records }) => records)).toEqual([3991, 500, 500]);
    expect([byPair.pictures, byPair.sharedGroups]).toEqual([845, 0]);
    const pairs = await rows(at('pairs'));
    const all = PARTS.flatMap((part) => pairs[part]);
    const ceiling = taskCeiling('translation', all);
    expect(100 * (ceiling?.accuracy ?? 0)).toBeCloseTo(41.1, 1);
    expect(100 * (ceiling?.ambiguous.accuracy ?? 0)).toBeCloseTo(21.0, 1);
    // Every pair once, so a blind choice does exactly as well as the best label a tag.
    expect(blindChoice(all)).toBeCloseTo(ceiling?.accuracy ?? 0, 12);
    expect(
      all.every(
        ({ choices, target, imageRelevant }) =>
          choices.includes(target) && imageRelevant === choices.length > 1,
      ),
    ).toBe(true);
    const trained = new Set(pairs.train.map(({ emoji }) => emoji));
    expect(pairs.test.filter(({ emoji }) => trained.has(emoji)).length / pairs.test.length).toBeGreaterThan(
      0.9,
    );

    const unseen = splitByGroup(all, {
      seed: 1,
      shares: THREE_PARTS,
      cluster: (record) => (record as { emoji?: string }).emoji as string,
    });
    const targets = new Set(unseen.train.map((row) => all[row]?.target));
    expect(unseen.test.some((row) => targets.has(all[row]?.target))).toBe(false);
  });
});
