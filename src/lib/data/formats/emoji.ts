/**
 * @file The emoji set (pictures from Twemoji, CC BY 4.0; names and tags from emojibase, MIT): `emoji.json` and
 * `images/<code>.png`, 25 × 25 with transparency. An English tag ("animal") stands for many emoji; the picture says
 * which, and so which German name is its translation. One record a pair of emoji and tag; emoji without tags have none.
 *
 * `group` is what was split (the pair, or the emoji), `choices` the German names that share the tag, sorted. The pairs
 * are split, so that test asks
 * known emoji by tags that training did not ask them by; or whole emoji are (`unseen`), and the right name has then
 * never been a target. Pictures are laid on light grey, on which white and black emoji both show, and enlarged to 100.
 */
import { join } from 'node:path';
import sharp from 'sharp';
import { z } from 'zod';
import { InputError } from '../../errors';
import type { Pixels } from '../../vision/picture';
import { forEachParallel } from '../parallel';
import type { AnyRecord, Task } from '../records';
import { checked, type Format, type FormatRecord, findRoot } from './format';
import { readJson } from './published';

const NAME = 'the emoji set';
const EDGE = 100;
const READ_AT_ONCE = 8;
const BACKGROUND = '#dfe3e8';

const schema = z.array(
  z.object({
    file: z.string().regex(/^[\w-]+\.png$/),
    hexcode: z.string().min(1),
    emoji: z.string().min(1),
    label: z.object({ en: z.string().min(1), de: z.string().min(1) }),
    tags: z.object({ en: z.array(z.string().min(1)) }),
  }),
);

export type Emoji = z.infer<typeof schema>[number];

/** A record of the set, as it is written for the task `translation`. */
export interface EmojiRecord extends AnyRecord {
  id: string;
  source: string;
  target: string;
  emoji: string;
  choices: string[];
}

export const emoji: Format = {
  name: 'emoji',
  description:
    'English tag and emoji to German name: emoji.json, images/<code>.png; --unseen splits by emoji',
  tasks: ['translation', 'classification'],
  async read(path, task) {
    const root = findRoot(path, NAME, ['', 'emoji'], ['emoji.json']);
    const all = await readEmoji(root);
    const pictures = new Map<string, Pixels>();
    await forEachParallel(all, READ_AT_ONCE, async ({ file }) => {
      pictures.set(file, await readPicture(join(root, 'images', file)));
    });
    const fileOf = new Map(all.map(({ file, emoji: sign }) => [sign, file]));
    const records = emojiRecords(all).map((record): FormatRecord => {
      const file = fileOf.get(record.group as string) as string;
      const image = `images/${file}`;
      const source = pictures.get(file) as Pixels;
      return { record: { ...inTask(record, task), image }, picture: { name: image, source } };
    });
    return [{ name: 'emoji.json', part: 'train', records }];
  },
  cluster: (record, unseen) => (unseen ? (record.group as string) : (record.id as string)),
};

/** The entries of `emoji.json` in the folder. */
export async function readEmoji(folder: string): Promise<Emoji[]> {
  const file = join(folder, 'emoji.json');
  return checked(schema, await readJson(file), file, NAME);
}

/** One record a pair of emoji and tag. */
export function emojiRecords(all: readonly Emoji[]): EmojiRecord[] {
  const namesOf = new Map<string, Set<string>>();
  for (const { label, tags } of all) {
    for (const tag of tags.en) namesOf.set(tag, (namesOf.get(tag) ?? new Set()).add(label.de));
  }
  return all.flatMap(({ hexcode, emoji: sign, label, tags }) =>
    [...new Set(tags.en)].map((tag, number) => {
      const choices = [...(namesOf.get(tag) as Set<string>)].sort();
      return {
        id: `${hexcode}-${number}`,
        source: tag,
        target: label.de,
        group: sign,
        emoji: sign,
        imageRelevant: choices.length > 1,
        choices,
      };
    }),
  );
}

function inTask({ id, source, target, ...rest }: EmojiRecord, task: Task): AnyRecord {
  const fields = task === 'classification' ? { text: source, label: target } : { source, target };
  return { id, ...fields, ...rest } as AnyRecord;
}

async function readPicture(file: string): Promise<Pixels> {
  try {
    const { data, info } = await sharp(file)
      .flatten({ background: BACKGROUND })
      .toColourspace('srgb')
      .resize(EDGE, EDGE, { fit: 'contain', background: BACKGROUND, kernel: 'cubic' })
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { data, height: info.height, width: info.width };
  } catch (error) {
    throw new InputError(
      `${file}: no such picture, or it cannot be read (${(error as Error).message}); fetch the data anew`,
      {
        cause: error,
      },
    );
  }
}
