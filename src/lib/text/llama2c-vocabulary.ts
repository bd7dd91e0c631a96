/**
 * @file The vocabulary file of llama2.c: the longest token's length, then for each token a float32 score, a length
 * and its bytes. Encoding is SentencePiece's byte-pair merging: from single characters, the neighbours whose union
 * has the highest score are joined until no union is a token. Token 1 begins a text, 2 ends it; 3 to 258 are bytes.
 */
import { InputError } from '../errors';

const BEGIN = 1;
const BYTES = 3;
const BYTE_TOKEN = /^<0x([0-9A-F]{2})>$/;

export class Llama2cVocabulary {
  private readonly index: Map<string, number>;

  private constructor(
    readonly tokens: readonly string[],
    readonly scores: readonly number[],
  ) {
    this.index = new Map(tokens.map((token, id) => [token, id]));
  }

  /**
   * From the bytes of the file. The file does not say how many tokens it holds, so one that is cut between two
   * tokens is only noticed by `count`, the network's `vocabSize`. Throws an `InputError` that names `source`.
   */
  static read(bytes: Uint8Array, count: number, source = 'llama2.c vocabulary'): Llama2cVocabulary {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const tokens: string[] = [];
    const scores: number[] = [];
    let offset = 4;
    while (offset < bytes.length) {
      const length = offset + 8 <= bytes.length ? view.getInt32(offset + 4, true) : -1;
      if (length < 0 || offset + 8 + length > bytes.length) {
        throw new InputError(`${source}: the file is cut short in token ${tokens.length}`);
      }
      scores.push(view.getFloat32(offset, true));
      tokens.push(new TextDecoder().decode(bytes.subarray(offset + 8, offset + 8 + length)));
      offset += 8 + length;
    }
    if (tokens.length !== count) {
      throw new InputError(`${source}: ${tokens.length} tokens, but the network has ${count}`);
    }
    return new Llama2cVocabulary(tokens, scores);
  }

  /** Token ids of a text, the beginning token first. A space is put before the text, as SentencePiece does. */
  encode(text: string): number[] {
    const pieces = (text === '' ? [] : [...` ${text}`]).flatMap((character) => {
      const id = this.index.get(character);
      return id === undefined ? [...new TextEncoder().encode(character)].map((byte) => byte + BYTES) : [id];
    });
    for (;;) {
      let best = Number.NEGATIVE_INFINITY;
      let at = -1;
      let merged = -1;
      for (let i = 0; i + 1 < pieces.length; i++) {
        const id = this.index.get(this.token(pieces[i]) + this.token(pieces[i + 1]));
        const score = id === undefined ? Number.NEGATIVE_INFINITY : (this.scores[id] as number);
        if (id !== undefined && score > best) [best, at, merged] = [score, i, id];
      }
      if (at < 0) return [BEGIN, ...pieces];
      pieces.splice(at, 2, merged);
    }
  }

  /** The text of token ids; a beginning token is left out, and the space that it stands before. */
  decode(ids: readonly number[]): string {
    const bytes = ids.flatMap((id, at) => {
      const token = id === BEGIN ? '' : this.token(id);
      const byte = BYTE_TOKEN.exec(token)?.[1];
      if (byte) return [Number.parseInt(byte, 16)];
      const first = ids[at - 1] === BEGIN && token.startsWith(' ');
      return [...new TextEncoder().encode(first ? token.slice(1) : token)];
    });
    return new TextDecoder().decode(Uint8Array.from(bytes));
  }

  private token(id: number | undefined): string {
    const token = id === undefined ? undefined : this.tokens[id];
    if (token === undefined) throw new RangeError(`there is no token ${id} among ${this.tokens.length}`);
    return token;
  }
}
