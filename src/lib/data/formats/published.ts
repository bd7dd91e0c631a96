/**
 * @file Published files, read strictly: UTF-8 (gunzipped where the name ends so) or an error that says at which line
 * it is not, JSON or an error, and the first of several names under which a file or folder may stand.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TextDecoder } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { InputError } from '../../errors';
import { quote } from '../json-lines';
import type { FormatSplit } from './format';

const ANEW = 'fetch the file anew';

/** The bytes of a file; throws an InputError where it cannot be read or unpacked. */
export async function readBytes(file: string): Promise<Buffer> {
  const bytes = await readFile(file).catch((error: Error) => {
    throw new InputError(`${file}: cannot be read (${error.message}); ${ANEW}`, { cause: error });
  });
  if (!file.endsWith('.gz')) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw new InputError(`${file}: cannot be unpacked (${(error as Error).message}); ${ANEW}`, {
      cause: error,
    });
  }
}

/** The text of a UTF-8 file, without byte order mark; throws an InputError naming the first line that is none. */
export async function readText(file: string): Promise<string> {
  return decodeText(await readBytes(file), file);
}

/** `bytes` as UTF-8, without byte order mark; throws an InputError naming the first line that is none. */
export function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const shown = new TextDecoder().decode(bytes);
    const at = Math.max(0, shown.indexOf('\uFFFD'));
    const line = shown.slice(0, at).split('\n').length;
    throw new InputError(
      `${file}:${line}: is not valid UTF-8 near ${quote(shown.slice(Math.max(0, at - 20), at + 20))}; save the file as UTF-8 (iconv -f latin1 -t utf-8)`,
      { cause: error },
    );
  }
}

/** The lines of a UTF-8 file, those at its end that are empty left out. */
export async function readLines(file: string): Promise<string[]> {
  const lines = (await readText(file)).split(/\r?\n/);
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The value of a JSON file. */
export async function readJson(file: string): Promise<unknown> {
  return parseJson(await readText(file), file);
}

/** The value of the JSON text that stood in `file`. */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${file}: is not JSON (${(error as Error).message}); ${ANEW}`, { cause: error });
  }
}

/** The first of `root/<name>` that exists. */
export function firstHere(root: string, names: readonly string[]): string | null {
  const found = names.find((name) => existsSync(join(root, name)));
  return found === undefined ? null : join(root, found);
}

/** The folder that the pictures are in, or, so that an error can name it, the one that they should be in. */
export function pictureFolder(root: string, names: readonly [string, ...string[]]): string {
  return firstHere(root, names) ?? join(root, names[0]);
}

/** Which file is which split: the first of `files` that is there. */
export interface SplitFile {
  name: string;
  part: FormatSplit['part'];
  files: readonly string[];
}

/** The splits of the table that are there. */
export function splitsHere(
  root: string,
  table: readonly SplitFile[],
): { name: string; part: FormatSplit['part']; file: string }[] {
  return table.flatMap(({ name, part, files }) => {
    const file = firstHere(root, files);
    return file ? [{ name, part, file }] : [];
  });
}

/** Every name of the table, for `findRoot`. */
export function marksOf(table: readonly SplitFile[]): string[] {
  return table.flatMap(({ files }) => files);
}
