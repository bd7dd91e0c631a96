/**
 * @file A text as one long row of token ids, kept in a temporary file and read where it is asked for: the text may be
 * larger than memory. Where documents begin is kept in memory, eight bytes each. Documents follow one another
 * directly; a separator, where the tokenizer has one, ends each.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { textSource } from './text-source';

export interface TokenStreamOptions {
  /** Ids of a piece of text, without special tokens. */
  encode(text: string): ArrayLike<number>;
  /** Put behind every document; `null` puts nothing. */
  separator: number | null;
  /** Also find where sentences begin and end (Unicode's rules, UAX 29); sixteen bytes of memory each. */
  sentences?: boolean;
  /** Called with the number of tokens so far. */
  onProgress?: (tokens: number) => void;
}

const BYTES = 4;

export class TokenStream {
  private constructor(
    /** What the tokens are of, for messages. */
    readonly path: string,
    private readonly store: Store,
    /** Where this stream begins in the file. */
    private readonly first: number,
    /** Tokens. */
    readonly length: number,
    /** Bytes of text in UTF-8; of a part, its share by tokens. */
    readonly textBytes: number,
    /** Place of the first token of each document, ascending; the first is 0. */
    readonly documentStarts: Float64Array,
    /** SHA-256 of the source. */
    readonly sha256: string,
    /** Places of the first token of each sentence, and of the one behind its last; empty unless asked for. */
    readonly sentences: { starts: Float64Array; ends: Float64Array },
  ) {}

  /** Reads and encodes the text behind `path` (see `textSource`). Throws an `InputError` where it cannot be read. */
  static async create(path: string, options: TokenStreamOptions): Promise<TokenStream> {
    const { encode, separator, sentences = false, onProgress } = options;
    const source = textSource(path);
    const store = new Store();
    try {
      const starts: number[] = [];
      const sentence = { starts: [] as number[], ends: [] as number[] };
      let [length, textBytes, begins] = [0, 0, true];
      const write = (ids: ArrayLike<number>) => {
        const array = Int32Array.from(ids);
        store.append(array);
        length += array.length;
      };
      for await (const { text, endsDocument } of source.pieces()) {
        if (begins) starts.push(length);
        textBytes += Buffer.byteLength(text);
        for (const part of sentences ? sentencesOf(text) : [text]) {
          const start = length;
          write(encode(part));
          if (!sentences || length === start) continue; // white space alone has no tokens
          sentence.starts.push(start);
          sentence.ends.push(length);
        }
        if (endsDocument && separator !== null) write([separator]);
        begins = endsDocument;
        onProgress?.(length);
      }
      const found = { starts: Float64Array.from(sentence.starts), ends: Float64Array.from(sentence.ends) };
      return new TokenStream(
        path,
        store,
        0,
        length,
        textBytes,
        Float64Array.from(starts),
        source.hash(),
        found,
      );
    } catch (error) {
      store.dispose();
      throw error;
    }
  }

  /** Tokens `start` to `end` as a stream of their own, over the same file; dispose of the whole alone. */
  part(start: number, end: number): TokenStream {
    const inside = this.documentStarts.filter((place) => place > start && place < end);
    const starts = Float64Array.from([0, ...inside.map((place) => place - start)]);
    const bytes = Math.round((this.textBytes * (end - start)) / this.length);
    const whole = this.sentences.starts
      .map((_, i) => i)
      .filter((i) => {
        const { starts: from, ends: to } = this.sentences;
        return (from[i] as number) >= start && (to[i] as number) <= end;
      });
    const shifted = (places: Float64Array) => whole.map((i) => (places[i] as number) - start);
    const sentences = { starts: shifted(this.sentences.starts), ends: shifted(this.sentences.ends) };
    const { path, store, sha256 } = this;
    return new TokenStream(path, store, this.first + start, end - start, bytes, starts, sha256, sentences);
  }

  /** Tokens [count] from `start` on. Throws a `RangeError` where they are not all there. */
  read(start: number, count: number): Int32Array {
    if (start < 0 || start + count > this.length) {
      throw new RangeError(`${this.path}: tokens ${start} to ${start + count} of ${this.length}`);
    }
    return this.store.read(this.first + start, count);
  }

  /** The number of the document in which the token at `place` stands, from 0. */
  documentAt(place: number): number {
    const starts = this.documentStarts;
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((starts[middle] as number) <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Removes the temporary file; also done when the process ends. */
  dispose(): void {
    this.store.dispose();
  }
}

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

function sentencesOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Int32 numbers in a file in the temporary folder. */
class Store {
  private readonly folder = mkdtempSync(join(tmpdir(), 'sightline-tokens-'));
  private readonly file = openSync(join(this.folder, 'tokens'), 'w+');
  private disposed = false;

  constructor() {
    openStores.add(this);
  }

  append(values: Int32Array): void {
    writeSync(this.file, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }

  read(start: number, count: number): Int32Array {
    const values = new Int32Array(count);
    const bytes = new Uint8Array(values.buffer);
    let done = 0;
    while (done < bytes.length) {
      done += readSync(this.file, bytes, done, bytes.length - done, start * BYTES + done);
    }
    return values;
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    openStores.delete(this);
    closeSync(this.file);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const openStores = new Set<Store>();
process.once('exit', () => {
  for (const store of openStores) store.dispose();
});
