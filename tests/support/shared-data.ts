/** @file Where the real data for tests stands, if it does: `../shared/data`, or `SIGHTLINE_SHARED_DATA`. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** Path of a folder of the shared data, or `null` where it is absent: tests then skip, saying so. */
export function sharedData(name: string): string | null {
  const root = process.env.SIGHTLINE_SHARED_DATA ?? resolve(__dirname, '../../../shared/data');
  const path = resolve(root, name);
  return existsSync(path) ? path : null;
}
