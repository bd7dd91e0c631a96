/** @file Data sets that are made once and then found: `data/scene-…`, `data/easy-vqa`, … */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../errors';
import { type ConvertOptions, convert } from './formats/convert';
import { generateScenes, type SceneOptions } from './scene/generate';

/** The scene world in `folder`, made if it is not there. Throws an `InputError` where it was made with other arguments. */
export function preparedScenes(folder: string, options: SceneOptions): Promise<string> {
  const { task, kind, records, seed, size } = options;
  return preparedGenerated(folder, { task, kind, records, seed, size }, () =>
    generateScenes(folder, options),
  );
}

/**
 * What a generator of the kit writes to `folder`, made if it is not there. `asked` are those of its arguments that it
 * keeps in `about.json`. Throws an `InputError` where it was made with others.
 */
export async function preparedGenerated(
  folder: string,
  asked: Readonly<Record<string, unknown>>,
  make: () => Promise<unknown>,
): Promise<string> {
  const about = join(folder, 'about.json');
  if (!existsSync(about)) await unlessMadeMeanwhile(about, make);
  checkMadeWith(folder, about, asked);
  return folder;
}

/** Of what is asked for now, what is `undefined` may have been anything. */
function checkMadeWith(folder: string, about: string, asked: Readonly<Record<string, unknown>>): void {
  const made = JSON.parse(readFileSync(about, 'utf8')) as Record<string, unknown>;
  for (const [name, value] of Object.entries(asked)) {
    if (value === undefined || made[name] === value) continue;
    throw new InputError(
      `${folder}: was made with ${name} ${JSON.stringify(made[name])}, not ${JSON.stringify(value)}; remove it, or name another folder`,
    );
  }
}

/** A public data set converted to records in `folder`, if it is not there yet. Throws an `InputError` where it was made with other options. */
export async function preparedConversion(
  folder: string,
  format: string,
  path: string,
  options: ConvertOptions = {},
): Promise<string> {
  const records = join(folder, 'train.jsonl');
  const about = join(folder, 'about.json');
  const { task, seed, language, pictures, dropShared = false, unseen = false } = options;
  const asked = { format, task, seed, language, pictures, dropShared, unseen };
  if (!existsSync(records)) {
    await unlessMadeMeanwhile(records, () => convert(format, path, folder, options));
    writeFileSync(about, `${JSON.stringify(asked)}\n`);
  } else if (existsSync(about)) checkMadeWith(folder, about, asked);
  return folder;
}

/** Two notebooks that are opened together make the same folder; it appears whole, and the second finds it there. */
async function unlessMadeMeanwhile(file: string, make: () => Promise<unknown>): Promise<void> {
  try {
    await make();
  } catch (error) {
    if (!(error instanceof InputError) || !existsSync(file)) throw error;
  }
}
