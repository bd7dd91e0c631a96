/**
 * @file JSON lines, streamed: a file is read in blocks, cut at line feeds, and each line is decoded and parsed
 * alone, so that one bad line in a million is found with a line's memory. UTF-8 is decoded strictly; a byte
 * order mark and carriage returns are dropped; blank lines are skipped. Left out: compressed files.
 */
import type { Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { TextDecoder } from 'node:util';
import { InputError } from '../errors';

/** One parsed line: its number, counted from 1, and the JSON value that stands there. */
export interface JsonLine {
  line: number;
  value: unknown;
}

/** No record is longer; a file without line feeds must not be gathered into memory. */
const MAXIMUM_LINE_BYTES = 64 * 2 ** 20;

/**
 * The JSON values of a file, line by line.
 * @param digest updated with every byte that is read, so that the hash of the file costs no second reading.
 * @throws InputError naming file and line where the file is missing, not UTF-8, or a line is not JSON.
 */
export async function* jsonLines(path: string, digest?: Hash): AsyncGenerator<JsonLine> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let number = 0;
  for await (const bytes of byteLines(path, digest)) {
    number++;
    const text = decode(decoder, bytes, path, number);
    if (text.trim() === '') continue;
    yield { line: number, value: parse(text, path, number) };
  }
}

/** The lines of a file as bytes, without line feed, carriage return and leading byte order mark. */
async function* byteLines(path: string, digest?: Hash): AsyncGenerator<Uint8Array> {
  const info = await stat(path).catch((error: Error) => {
    throw new InputError(`${path}: cannot be opened (${error.message}); give the path of a JSON-lines file`, {
      cause: error,
    });
  });
  if (!info.isFile()) throw new InputError(`${path}: is not a file; give the path of a JSON-lines file`);
  let rest: Buffer[] = [];
  let restLength = 0;
  let first = true;
  let number = 0;
  const finish = (last: Buffer): Uint8Array => {
    let line = rest.length === 0 ? last : Buffer.concat([...rest, last]);
    rest = [];
    restLength = 0;
    number++;
    if (first && line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf) line = line.subarray(3);
    if (first && ((line[0] === 0xff && line[1] === 0xfe) || (line[0] === 0xfe && line[1] === 0xff))) {
      throw new InputError(`${path}:1: is UTF-16; save the file as UTF-8`);
    }
    if (first && line[0] === 0x1f && line[1] === 0x8b) {
      throw new InputError(`${path}:1: is compressed by gzip; unpack it first (gunzip)`);
    }
    first = false;
    return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
  };
  for await (const block of createReadStream(path, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) {
    digest?.update(block);
    let start = 0;
    for (let end = block.indexOf(0x0a); end >= 0; end = block.indexOf(0x0a, start)) {
      yield finish(block.subarray(start, end));
      start = end + 1;
    }
    if (start < block.length) {
      rest.push(block.subarray(start));
      restLength += block.length - start;
    }
    if (restLength > MAXIMUM_LINE_BYTES) {
      throw new InputError(`${path}:${number + 1}: the line is longer than 64 MiB; write one record a line`);
    }
  }
  if (restLength > 0) yield finish(Buffer.alloc(0));
}

function decode(decoder: TextDecoder, bytes: Uint8Array, path: string, line: number): string {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    const shown = new TextDecoder().decode(bytes.subarray(0, 4096));
    const at = Math.max(0, shown.indexOf('\uFFFD'));
    throw new InputError(
      `${path}:${line}: is not valid UTF-8 near ${quote(shown.slice(Math.max(0, at - 20), at + 20))}; save the file as UTF-8`,
      { cause: error },
    );
  }
}

function parse(text: string, path: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const mend =
      line === 1 && text.trim().startsWith('[')
        ? 'this looks like one JSON array: write one object a line instead'
        : 'write one complete JSON object on this line';
    throw new InputError(
      `${path}:${line}: is not JSON (${(error as Error).message}) in ${quote(text)}; ${mend}`,
      {
        cause: error,
      },
    );
  }
}

/** A value as it may stand in a message: JSON, at most 80 characters. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
