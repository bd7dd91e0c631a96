/**
 * @file Text to pretrain on, read as a stream of pieces, so that it may be larger than memory: a plain text file (one
 * document), a folder of `.txt` files (a document each, in the order of their names), or JSON lines with a `text`
 * each. Pieces are cut only behind a line feed between two characters that are no white space: there every
 * tokenizer of the kit would part the words anyway, so that the pieces' tokens are the whole text's.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TextDecoder } from 'node:util';
import { InputError } from '../../errors';
import { jsonLines } from '../json-lines';

export interface TextPiece {
  text: string;
  /** Whether the document ends with this piece. */
  endsDocument: boolean;
}

/** Characters after which a piece ends at the next place where it may. */
const PIECE_CHARACTERS = 2 ** 16;

export interface TextSource {
  /** The pieces in order. Throws an `InputError` naming the file, and the line of a record, where it cannot be read. */
  pieces(): AsyncGenerator<TextPiece>;
  /** SHA-256 of all bytes read so far, in hexadecimal. */
  hash(): string;
}

/** The text behind a path. */
export function textSource(path: string): TextSource {
  const digest = createHash('sha256');
  return { pieces: () => piecesOf(path, digest), hash: () => digest.copy().digest('hex') };
}

async function* piecesOf(path: string, digest: Hash): AsyncGenerator<TextPiece> {
  const info = await stat(path).catch((error: Error) => {
    throw new InputError(
      `${path}: cannot be opened (${error.message}); give a text file, a folder of .txt files, or JSON lines with "text"`,
      { cause: error },
    );
  });
  if (info.isDirectory()) {
    const names = (await readdir(path)).filter((name) => name.endsWith('.txt')).sort();
    if (names.length === 0) throw new InputError(`${path}: there is no .txt file in this folder`);
    for (const name of names) yield* plainText(join(path, name), digest);
  } else if (/\.(jsonl|ndjson)$/.test(path)) {
    yield* records(path, digest);
  } else {
    yield* plainText(path, digest);
  }
}

async function* records(path: string, digest: Hash): AsyncGenerator<TextPiece> {
  for await (const { line, value } of jsonLines(path, digest)) {
    const text = (value as { text?: unknown } | null)?.text;
    if (typeof text !== 'string') {
      const found = text === undefined ? 'is missing' : `is ${JSON.stringify(text).slice(0, 60)}`;
      throw new InputError(`${path}:${line}: text ${found}; expected a string`);
    }
    if (text === '') throw new InputError(`${path}:${line}: text is empty; leave the record out`);
    yield* cut(text);
  }
}

/** A whole document in memory, in pieces. */
function* cut(text: string): Generator<TextPiece> {
  let rest = text;
  for (;;) {
    const at = rest.length > PIECE_CHARACTERS ? placeToCut(rest) : -1;
    if (at < 0) break;
    yield { text: rest.slice(0, at), endsDocument: false };
    rest = rest.slice(at);
  }
  yield { text: rest, endsDocument: true };
}

async function* plainText(path: string, digest: Hash): AsyncGenerator<TextPiece> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let pending = '';
  let bytes = 0;
  const decode = (block?: Buffer) => {
    try {
      return block ? decoder.decode(block, { stream: true }) : decoder.decode();
    } catch (cause) {
      throw new InputError(`${path}: not UTF-8, near byte ${bytes}; convert it (iconv -t UTF-8)`, { cause });
    }
  };
  for await (const block of createReadStream(path, { highWaterMark: 2 ** 18 }) as AsyncIterable<Buffer>) {
    digest.update(block);
    pending += decode(block);
    bytes += block.length;
    for (;;) {
      const at = pending.length > PIECE_CHARACTERS ? placeToCut(pending) : -1;
      if (at < 0) break;
      yield { text: pending.slice(0, at), endsDocument: false };
      pending = pending.slice(at);
    }
  }
  pending += decode();
  if (bytes === 0) throw new InputError(`${path}: the file is empty`);
  yield { text: pending, endsDocument: true };
}

/** Where the first piece of a long text may end, or −1. */
function placeToCut(text: string): number {
  const boundary = /\S\n(?=\S)/g;
  boundary.lastIndex = PIECE_CHARACTERS;
  const found = boundary.exec(text);
  return found ? found.index + 2 : -1;
}
