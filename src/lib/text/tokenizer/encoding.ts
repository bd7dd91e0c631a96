/** @file What a tokenizer returns: one encoded text, or a padded batch. */

/** One text (or a pair) as ids; all arrays have one entry a token. */
export interface Encoding {
  ids: number[];
  tokens: string[];
  /** 1 everywhere: padding is added by `encodeBatch` alone. */
  attentionMask: number[];
  /** 0 for the first text, 1 for the second (BERT's segment ids). */
  tokenTypeIds: number[];
  /** Index of the word that a token came from, counted in each text from 0; `null` for special tokens. */
  wordIds: (number | null)[];
  /** 0 or 1: the text that a token came from; `null` for special tokens. */
  sequenceIds: (0 | 1 | null)[];
  /**
   * `[start, end)` in UTF-16 units of the text (for `encodeWords`: of the word) that a token came from, so that
   * `text.slice(start, end)` is its source; `[0, 0]` for special tokens. `null` where the tokenizer is of a kind
   * whose offsets are not known here (neither BERT's nor byte-level).
   */
  offsets: [number, number][] | null;
}

/** How a batch is cut and padded. */
export interface BatchOptions {
  /** Longest row allowed, special tokens included. */
  maxLength: number;
  /** A row over `maxLength`: `'error'` (the default) throws, `'right'` cuts it, the longer text of a pair first. */
  truncation?: 'error' | 'right';
  /** Length of the rows: the longest of the batch (the default), `maxLength`, or a number. */
  padTo?: 'longest' | 'maxLength' | number;
  /** Whether [CLS], [SEP] and the like are added. Default true. */
  addSpecialTokens?: boolean;
}

/** A padded batch, row-major. */
export interface EncodedBatch {
  /** [B, T] */
  shape: [number, number];
  /** [B, T], padded with the [PAD] id. */
  ids: Int32Array;
  /** [B, T], 1 for a token, 0 for padding. */
  attentionMask: Int32Array;
  /** [B, T] */
  tokenTypeIds: Int32Array;
  /** [B, T], −1 for special tokens and padding. */
  wordIds: Int32Array;
  /** [B]: tokens of each row, padding not counted. */
  lengths: Int32Array;
  /** [B]: 1 where the row was cut. */
  truncated: Uint8Array;
}
