/** @file Where things stand: the project's own folders, the real data where it is present, and the profile of a run. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The folder of the project (of the installed package): the nearest package.json above this file. */
export function projectFolder(...parts: string[]): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return join(folder, ...parts);
    if (folder === dirname(folder)) throw new Error(`no package.json stands above ${__dirname}`);
  }
}

/**
 * A folder of real data by name (`easy-vqa`, `nlvr`, …), or `null` where it is absent: below the folder that the
 * variable SIGHTLINE_SHARED_DATA names, else `../shared/data` beside the project.
 */
export function realData(name: string): string | null {
  const root = process.env.SIGHTLINE_SHARED_DATA ?? projectFolder('..', 'shared', 'data');
  const path = resolve(root, name);
  return existsSync(path) ? path : null;
}

export type Profile = 'fast' | 'full';

/** `SIGHTLINE_PROFILE`: `fast` (default) takes minutes on a laptop, `full` makes the figures of the README. */
export function profile(): Profile {
  const named = process.env.SIGHTLINE_PROFILE ?? 'fast';
  if (named === 'fast' || named === 'full') return named;
  throw new Error(`SIGHTLINE_PROFILE is ${JSON.stringify(named)}: choose fast or full`);
}

/** The setting for the profile of this run. */
export function byProfile<T>(settings: Record<Profile, T>): T {
  return settings[profile()];
}
