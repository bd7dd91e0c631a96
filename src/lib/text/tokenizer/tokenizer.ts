/**
 * @file The tokenizer: text to ids and back. The pieces come from `@huggingface/tokenizers`; what is around them
 * (words, places, batches) is here, and agrees with the Python `tokenizers` piece for piece. Left out: sampling
 * of segmentations (BPE dropout) and cutting into overlapping windows.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../errors';
import { writeAll, writeFileAtomically } from '../../export/atomic-file';
import { type BatchOptions, checkBatchOptions, type EncodedBatch, fit, padRows } from './batch';
import { BYTE_ALPHABET } from './byte-level';
import { assemble, type Encoding } from './encoding';
import { readTokenizerFolder, type TokenizerFiles } from './folder';
import { createParts, type TokenizerParts } from './library';
import { createSegmenter, type Pieces } from './segment';
import { type Role, rolesOf } from './special-roles';
import { type Place, readTemplates, type Templates } from './template';
import { addedTokensOf, checkTokenizerJson, type TokenizerJson } from './tokenizer-json';

/** Text to ids and back. Made by `Tokenizer.fromFolder`, `Tokenizer.fromJson`, `trainWordPiece`, `trainByteLevelBpe`. */
export class Tokenizer {
  /** Number of ids: the rows that an embedding needs. */
  readonly vocabularySize: number;
  readonly padId: number | null;
  readonly unknownId: number | null;
  readonly clsId: number | null;
  readonly sepId: number | null;
  readonly maskId: number | null;
  readonly bosId: number | null;
  readonly eosId: number | null;
  /** Ids of all special tokens. */
  readonly specialIds: ReadonlySet<number>;

  private readonly parts: TokenizerParts;
  private readonly templates: Templates;
  private readonly segment: (text: string) => Pieces;
  private readonly roles: ReadonlyMap<Role, string>;
  private readonly json: TokenizerJson;
  private readonly config: Record<string, unknown>;

  private constructor(files: TokenizerFiles, source: string) {
    this.json = files.json;
    this.config = files.config;
    const added = addedTokensOf(files.json);
    this.parts = createParts(files.json, files.config, source);
    this.templates = readTemplates(this.parts, files.json, source);
    this.segment = createSegmenter(files.json, this.parts);
    this.roles = rolesOf(
      [files.config, files.specialTokensMap, { unk_token: files.json.model.unk_token }],
      added,
    );
    const idOf = (role: Role) => this.tokenToId(this.roles.get(role) ?? '');
    this.vocabularySize = this.parts.size;
    this.padId = idOf('pad_token');
    this.unknownId = idOf('unk_token');
    this.clsId = idOf('cls_token');
    this.sepId = idOf('sep_token');
    this.maskId = idOf('mask_token');
    this.bosId = idOf('bos_token');
    this.eosId = idOf('eos_token');
    this.specialIds = new Set(added.filter((token) => token.special).map((token) => token.id));
  }

  /**
   * Reads `tokenizer.json` of a folder, or `vocab.txt`, or `vocab.json` and `merges.txt`. Throws `InputError`
   * where there is none, or where one is broken.
   */
  static async fromFolder(folder: string): Promise<Tokenizer> {
    return new Tokenizer(await readTokenizerFolder(folder), folder);
  }

  /** From the contents of `tokenizer.json` and `tokenizer_config.json`. Throws `InputError`. */
  static fromJson(json: unknown, config: Record<string, unknown> = {}, source = 'tokenizer.json'): Tokenizer {
    return new Tokenizer({ json: checkTokenizerJson(json, source), config, specialTokensMap: {} }, source);
  }

  /** Whether texts may hold bytes that have no id, so that they would be dropped in silence (`trainCharacters`). */
  get onlyKnownCharacters(): boolean {
    const { model, pre_tokenizer: step } = this.json;
    return model.type === 'BPE' && step?.type === 'ByteLevel' && this.vocabularySize < BYTE_ALPHABET.length;
  }

  /** Encodes a text, or two as a pair. Halves of surrogate pairs are read as U+FFFD. */
  encode(text: string, pair: string | null = null, options: { addSpecialTokens?: boolean } = {}): Encoding {
    return assemble(this.template(pair !== null, options.addSpecialTokens), [
      this.cut(text),
      pair === null ? null : this.cut(pair),
    ]);
  }

  /**
   * Encodes words that are already split; `wordIds` index into `words`. Byte-level tokenizers read every word but
   * the first with the space that stands before it in running text. A word of which nothing is left (one control
   * character) has no token.
   */
  encodeWords(
    words: readonly string[],
    pair: readonly string[] | null = null,
    options: { addSpecialTokens?: boolean } = {},
  ): Encoding {
    return assemble(this.template(pair !== null, options.addSpecialTokens), [
      this.cutWords(words),
      pair === null ? null : this.cutWords(pair),
    ]);
  }

  /** Encodes texts, or pairs of texts, as one rectangle. Throws `InputError` where a row is too long, unless told to cut. */
  encodeBatch(texts: readonly (string | readonly [string, string])[], options: BatchOptions): EncodedBatch {
    return this.batch(texts, options, (row) =>
      typeof row === 'string' ? [this.cut(row), null] : [this.cut(row[0]), this.cut(row[1])],
    );
  }

  /** `encodeBatch` for words that are already split. */
  encodeWordsBatch(rows: readonly (readonly string[])[], options: BatchOptions): EncodedBatch {
    return this.batch(rows, options, (row) => [this.cutWords(row), null]);
  }

  /** Text of ids; ids beyond the vocabulary are passed over. */
  decode(ids: Iterable<number>, options: { skipSpecialTokens?: boolean } = {}): string {
    const known = Array.from(ids).filter((id) => this.parts.idToToken(id) !== undefined);
    return known.length === 0 ? '' : this.parts.decode(known, options.skipSpecialTokens ?? false);
  }

  /** Id of a token, `null` where there is none. */
  tokenToId(token: string): number | null {
    return this.parts.tokenToId(token) ?? null;
  }

  /** Token of an id, `null` where there is none. */
  idToToken(id: number): string | null {
    return this.parts.idToToken(id) ?? null;
  }

  /**
   * The files of a Hugging Face folder: `tokenizer.json`, `tokenizer_config.json`, `special_tokens_map.json`.
   * `modelMaxLength`: the most tokens that the model takes, for tools that cut by it.
   */
  toFiles(options: { modelMaxLength?: number } = {}): Map<string, string> {
    const text = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
    const { modelMaxLength } = options;
    const config =
      modelMaxLength === undefined ? this.config : { ...this.config, model_max_length: modelMaxLength };
    return new Map([
      ['tokenizer.json', text(this.json)],
      ['tokenizer_config.json', text(config)],
      ['special_tokens_map.json', text(Object.fromEntries(this.roles))],
    ]);
  }

  /** Writes `toFiles(options)` into `folder`, which is made if absent. */
  async save(folder: string, options: { modelMaxLength?: number } = {}): Promise<void> {
    await mkdir(folder, { recursive: true });
    for (const [name, text] of this.toFiles(options)) {
      await writeFileAtomically(join(folder, name), (file) => writeAll(file, Buffer.from(text)));
    }
  }

  private template(isPair: boolean, addSpecialTokens = true): Place[] {
    return addSpecialTokens ? (isPair ? this.templates.pair : this.templates.single) : this.templates.bare;
  }

  private cut(text: string): Pieces {
    if (typeof text !== 'string')
      throw new InputError(`expected a text to encode, found ${text === null ? 'null' : typeof text}`);
    return this.segment(text.replace(/\p{Surrogate}/gu, '\ufffd'));
  }

  private cutWords(words: readonly string[]): Pieces {
    if (!Array.isArray(words))
      throw new InputError(`expected a list of words to encode, found ${typeof words}`);
    const all: Pieces = { ids: [], tokens: [], words: [], offsets: null };
    const isByteLevel = this.json.pre_tokenizer?.type === 'ByteLevel';
    for (const [index, word] of words.entries()) {
      const space = isByteLevel && index > 0 && !/^\s/.test(word) ? 1 : 0;
      const { ids, tokens, offsets } = this.cut(space ? ` ${word}` : word);
      all.ids.push(...ids);
      all.tokens.push(...tokens);
      all.words.push(...ids.map(() => index));
      if (!offsets) continue;
      all.offsets ??= [];
      for (const [start, end] of offsets)
        all.offsets.push([Math.max(start - space, 0), Math.max(end - space, 0)]);
    }
    if (words.length === 0 || all.ids.length === 0) all.offsets ??= [];
    return all;
  }

  private batch<Row>(
    rows: readonly Row[],
    options: BatchOptions,
    cut: (row: Row) => [Pieces, Pieces | null],
  ): EncodedBatch {
    checkBatchOptions(options);
    const { maxLength, truncation = 'error', addSpecialTokens } = options;
    const encoded = rows.map((row, index) => {
      const [first, second] = cut(row);
      const template = this.template(second !== null, addSpecialTokens);
      const special = template.filter((place) => 'token' in place).length;
      const room = maxLength - special;
      const [kept, keptSecond] = fit(first.ids.length, second?.ids.length ?? 0, Math.max(room, 0));
      const truncated = kept < first.ids.length || keptSecond < (second?.ids.length ?? 0);
      if (truncated || room < 0)
        refuse(index, row, first, second, special, maxLength, room < 0 ? 'error' : truncation);
      const encoding = assemble(template, [shorten(first, kept), second && shorten(second, keptSecond)]);
      return { encoding, truncated };
    });
    return padRows(encoded, this.padId ?? this.eosId ?? 0, options);
  }
}

function refuse(
  index: number,
  row: unknown,
  first: Pieces,
  second: Pieces | null,
  special: number,
  maxLength: number,
  truncation: 'error' | 'right',
): void {
  if (truncation === 'right') return;
  const length = first.ids.length + (second?.ids.length ?? 0) + special;
  const text = JSON.stringify(row);
  throw new InputError(
    `row ${index}: ${length} tokens, expected at most ${maxLength} (maxLength): shorten it, raise maxLength, or cut it by truncation: 'right': ${text.length > 80 ? `${text.slice(0, 80)}…` : text}`,
  );
}

function shorten(pieces: Pieces, length: number): Pieces {
  if (length === pieces.ids.length) return pieces;
  return {
    ids: pieces.ids.slice(0, length),
    tokens: pieces.tokens.slice(0, length),
    words: pieces.words.slice(0, length),
    offsets: pieces.offsets?.slice(0, length) ?? null,
  };
}
