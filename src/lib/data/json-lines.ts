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
  for await (const block of jsonLineBlocks(path, digest)) yield* block;
}

/**
 * As `jsonLines`, but by blocks of about a megabyte: each gives its lines without waiting, which is several times
 * faster. Consume a block before asking for the next.
 */
export async function* jsonLineBlocks(path: string, digest?: Hash): AsyncGenerator<Iterable<JsonLine>> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let number = 0;
  function* parsed(lines: readonly Buffer[]): Iterable<JsonLine> {
    for (const bytes of lines) {
      number++;
      const text = decode(decoder, trimmed(bytes, path, number), path, number);
      if (text.trim() !== '') yield { line: number, value: parse(text, path, number) };
    }
  }
  for await (const lines of byteLines(path, digest)) yield parsed(lines);
}

/** The lines of a file as bytes without their line feeds, block by block. */
async function* byteLines(path: string, digest?: Hash): AsyncGenerator<Buffer[]> {
  const info = await stat(path).catch((error: Error) => {
    throw new InputError(`${path}: cannot be opened (${error.message}); give the path of a JSON-lines file`, {
      cause: error,
    });
  });
  if (!info.isFile()) throw new InputError(`${path}: is not a file; give the path of a JSON-lines file`);
  let begun: Buffer[] = [];
  let begunLength = 0;
  let count = 0;
  for await (const block of createReadStream(path, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) {
    digest?.update(block);
    const lines: Buffer[] = [];
    let start = 0;
    for (let end = block.indexOf(0x0a); end >= 0; end = block.indexOf(0x0a, start)) {
      const piece = block.subarray(start, end);
      lines.push(begunLength === 0 ? piece : Buffer.concat([...begun, piece]));
      begun = [];
      begunLength = 0;
      start = end + 1;
    }
    begun.push(block.subarray(start));
    begunLength += block.length - start;
    count += lines.length;
    if (lines.length > 0) yield lines;
    if (begunLength > MAXIMUM_LINE_BYTES) {
      throw new InputError(`${path}:${count + 1}: the line is longer than 64 MiB; write one record a line`);
    }
  }
  if (begunLength > 0) yield [Buffer.concat(begun)];
}

/** A line without carriage return, the first also without byte order mark; refuses what is no plain UTF-8 file. */
function trimmed(line: Buffer, path: string, number: number): Buffer {
  let out = line;
  if (number === 1) {
    const [a, b, c] = line;
    if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
      throw new InputError(`${path}:1: is UTF-16; save the file as UTF-8`);
    }
    if (a === 0x1f && b === 0x8b)
      throw new InputError(`${path}:1: is compressed by gzip; unpack it first (gunzip)`);
    if (a === 0xef && b === 0xbb && c === 0xbf) out = line.subarray(3);
  }
  return out.at(-1) === 0x0d ? out.subarray(0, -1) : out;
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
