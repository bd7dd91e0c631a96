/** @file Data sets that are made once and then found: `data/scene-…`, `data/easy-vqa`, … */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../errors';
import { type ConvertOptions, convert } from './formats/convert';
import { generateScenes, type SceneOptions } from './scene/generate';

/** The scene world in `folder`, made if it is not there. Throws an `InputError` where it was made with other arguments. */
export async function preparedScenes(folder: string, options: SceneOptions): Promise<string> {
  const about = join(folder, 'about.json');
  if (!existsSync(about)) {
    await unlessMadeMeanwhile(about, () => generateScenes(folder, options));
    return preparedScenes(folder, options);
  }
  const made = JSON.parse(readFileSync(about, 'utf8')) as Record<string, unknown>;
  for (const name of ['task', 'records', 'seed', 'size'] as const) {
    if (options[name] === undefined || made[name] === options[name]) continue;
    throw new InputError(
      `${folder}: was made with ${name} ${JSON.stringify(made[name])}, not ${JSON.stringify(options[name])}; remove it, or name another folder`,
    );
  }
  return folder;
}

/** A public data set converted to records in `folder`, if it is not there yet. */
export async function preparedConversion(
  folder: string,
  format: string,
  path: string,
  options: ConvertOptions = {},
): Promise<string> {
  const records = join(folder, 'train.jsonl');
  if (!existsSync(records)) await unlessMadeMeanwhile(records, () => convert(format, path, folder, options));
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
