/** @file The tokenizer: text to ids and back, by `@huggingface/tokenizers`. */
import type { BatchOptions, EncodedBatch, Encoding } from './encoding';

/** Text to ids and back. Made by `Tokenizer.fromFolder`, `Tokenizer.fromJson`, `trainWordPiece`, `trainByteLevelBpe`. */
export class Tokenizer {
  /** Reads `tokenizer.json` (or `vocab.txt`, or `vocab.json` and `merges.txt`) of a folder. */
  static async fromFolder(_folder: string): Promise<Tokenizer> {
    throw new Error('not written yet');
  }

  /** Number of ids: the rows that an embedding needs. */
  readonly vocabularySize: number = 0;
  readonly padId: number | null = null;
  readonly unknownId: number | null = null;
  readonly clsId: number | null = null;
  readonly sepId: number | null = null;
  readonly maskId: number | null = null;
  readonly bosId: number | null = null;
  readonly eosId: number | null = null;
  /** Ids of all special tokens. */
  readonly specialIds: ReadonlySet<number> = new Set();

  encode(_text: string, _pair?: string | null, _options?: { addSpecialTokens?: boolean }): Encoding {
    throw new Error('not written yet');
  }

  /** Encodes words that are already split; `wordIds` index into `words`. */
  encodeWords(
    _words: readonly string[],
    _pair?: readonly string[] | null,
    _options?: { addSpecialTokens?: boolean },
  ): Encoding {
    throw new Error('not written yet');
  }

  encodeBatch(_texts: readonly (string | readonly [string, string])[], _options: BatchOptions): EncodedBatch {
    throw new Error('not written yet');
  }

  encodeWordsBatch(_rows: readonly (readonly string[])[], _options: BatchOptions): EncodedBatch {
    throw new Error('not written yet');
  }

  decode(_ids: Iterable<number>, _options?: { skipSpecialTokens?: boolean }): string {
    throw new Error('not written yet');
  }

  tokenToId(_token: string): number | null {
    throw new Error('not written yet');
  }

  idToToken(_id: number): string | null {
    throw new Error('not written yet');
  }

  /** The files of a Hugging Face folder: `tokenizer.json`, `tokenizer_config.json`, `special_tokens_map.json`, … */
  toFiles(): Map<string, string> {
    throw new Error('not written yet');
  }

  /** Writes `toFiles()` into `folder`, which is made if absent. */
  async save(_folder: string): Promise<void> {
    throw new Error('not written yet');
  }
}
