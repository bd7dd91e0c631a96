/**
 * @file The bytes that each token stands for, where the text of ids is their bytes one after the other: byte-level
 * vocabularies (GPT-2: the characters of a token are bytes), and SentencePiece's with byte fallback (Llama: ▁ is a
 * space, `<0x0A>` a byte, and one space at the beginning of a text is left out). WordPiece joins its tokens by more
 * than their bytes and is refused. Special tokens have no bytes.
 */
import { InputError } from '../../errors';
import type { Tokenizer } from '../../text';
import { BYTE_ALPHABET } from '../../text/tokenizer/byte-level';

export interface TokenBytes {
  /** Of each id, inside a text; `null` for special tokens and ids without a token. */
  inside: (Uint8Array | null)[];
  /** Of each id, as the first of a text. The same array where that makes no difference. */
  atStart: (Uint8Array | null)[];
}

const encoder = new TextEncoder();
const SPACE = 0x20;

/** Tokens of `stopIds` have no bytes either. Throws an `InputError` for a tokenizer of another kind. */
export function tokenBytes(tokenizer: Tokenizer, stopIds: readonly number[] = []): TokenBytes {
  const text = tokenizer.toFiles().get('tokenizer.json') as string;
  const decoder = JSON.stringify((JSON.parse(text) as { decoder: unknown }).decoder ?? null);
  const ids = Array.from({ length: tokenizer.vocabularySize }, (_, id) => id);
  const read = (bytesOf: (token: string) => Uint8Array) =>
    ids.map((id) => {
      const token = tokenizer.idToToken(id);
      return token === null || tokenizer.specialIds.has(id) || stopIds.includes(id) ? null : bytesOf(token);
    });
  if (decoder.includes('"ByteFallback"') && decoder.includes('▁')) {
    const inside = read((token) => {
      const byte = /^<0x([0-9A-F]{2})>$/.exec(token);
      return byte
        ? Uint8Array.of(Number.parseInt(byte[1] as string, 16))
        : encoder.encode(token.replaceAll('▁', ' '));
    });
    if (!decoder.includes('"Strip"')) return { inside, atStart: inside };
    return { inside, atStart: inside.map((bytes) => (bytes?.[0] === SPACE ? bytes.subarray(1) : bytes)) };
  }
  if (decoder.includes('"ByteLevel"')) {
    const byteOf = new Map(BYTE_ALPHABET.map((character) => [character, byteOfCharacter(character)]));
    // A token that was added to the vocabulary is written as it is, letter by letter of the text.
    const inside = read((token) => {
      const bytes = [...token].map((character) => byteOf.get(character));
      return bytes.includes(undefined) ? encoder.encode(token) : Uint8Array.from(bytes as number[]);
    });
    return { inside, atStart: inside };
  }
  throw new InputError(
    `a grammar needs a byte-level tokenizer (GPT-2) or one with byte fallback (Llama): the text of this one's tokens depends on their neighbours (its decoder is ${decoder.slice(0, 60)})`,
  );
}

/** The other 68 bytes of GPT-2's alphabet are U+0100, U+0101, … in order. */
function byteOfCharacter(character: string): number {
  const code = character.codePointAt(0) as number;
  return code < 0x100 ? code : (OTHER_BYTES[code - 0x100] as number);
}

const direct = new Set(BYTE_ALPHABET.map((character) => character.codePointAt(0) as number));
const OTHER_BYTES = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !direct.has(byte));
