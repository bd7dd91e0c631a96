/**
 * @file A tokenizer's files: `tokenizer.json`, or the older `vocab.txt` (BERT), or `vocab.json` with `merges.txt`
 * (GPT-2); beside them `tokenizer_config.json` and `special_tokens_map.json`.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../errors';
import { byteLevelJson, checkTokenizerJson, type TokenizerJson, wordPieceJson } from './tokenizer-json';

/** All that is read, where it is there. */
export const TOKENIZER_FILES = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'vocab.txt',
  'vocab.json',
  'merges.txt',
];

/** What a folder holds. */
export interface TokenizerFiles {
  json: TokenizerJson;
  config: Record<string, unknown>;
  specialTokensMap: Record<string, unknown>;
}

/** Reads a folder's tokenizer. Throws `InputError` naming file, line or field. */
export async function readTokenizerFolder(folder: string): Promise<TokenizerFiles> {
  const status = await stat(folder).catch(() => null);
  if (!status?.isDirectory())
    throw new InputError(`${folder}: expected a folder with a tokenizer, found none`);
  const config = (await readJson(folder, 'tokenizer_config.json')) ?? {};
  const specialTokensMap = (await readJson(folder, 'special_tokens_map.json')) ?? {};
  return { json: await readJsonOrVocabulary(folder, config), config, specialTokensMap };
}

async function readJsonOrVocabulary(folder: string, config: Record<string, unknown>): Promise<TokenizerJson> {
  const whole = await readJson(folder, 'tokenizer.json');
  if (whole) return checkTokenizerJson(whole, join(folder, 'tokenizer.json'));
  const lines = await readText(folder, 'vocab.txt');
  if (lines !== null) return fromVocabularyText(lines, config, join(folder, 'vocab.txt'));
  const vocabulary = await readJson(folder, 'vocab.json');
  if (vocabulary) {
    const merges = await readText(folder, 'merges.txt');
    if (merges === null) throw new InputError(`${join(folder, 'merges.txt')}: missing; vocab.json needs it`);
    return fromVocabularyAndMerges(vocabulary, merges, folder);
  }
  throw new InputError(
    `${folder}: expected tokenizer.json, or vocab.txt, or vocab.json and merges.txt, found none of them`,
  );
}

/** BERT's list, one token a line, the line's number from 0 its id. */
function fromVocabularyText(text: string, config: Record<string, unknown>, path: string): TokenizerJson {
  const tokens = text.replace(/\r?\n$/, '').split(/\r?\n/);
  const seen = new Map<string, number>();
  for (const [i, token] of tokens.entries()) {
    const before = seen.get(token);
    if (before !== undefined) {
      throw new InputError(
        `${path}: line ${i + 1}: ${JSON.stringify(token)} stands on line ${before + 1} already`,
      );
    }
    seen.set(token, i);
  }
  for (const needed of ['[UNK]', '[CLS]', '[SEP]']) {
    if (!seen.has(needed))
      throw new InputError(`${path}: expected a line ${needed}, found none: not a BERT vocabulary`);
  }
  const flag = (name: string) => (typeof config[name] === 'boolean' ? (config[name] as boolean) : null);
  return wordPieceJson(tokens, {
    lowercase: flag('do_lower_case') ?? true,
    stripAccents: flag('strip_accents'),
    handleChinese: flag('tokenize_chinese_chars') ?? true,
    special: ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'],
  });
}

function fromVocabularyAndMerges(
  vocabulary: Record<string, unknown>,
  text: string,
  folder: string,
): TokenizerJson {
  const path = join(folder, 'merges.txt');
  const merges: [string, string][] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line === '' || (i === 0 && line.startsWith('#version'))) continue;
    const [left, right, ...rest] = line.split(' ');
    if (!left || !right || rest.length > 0) {
      throw new InputError(
        `${path}: line ${i + 1}: expected two tokens and a space between them, found ${JSON.stringify(line)}`,
      );
    }
    for (const token of [left, right, left + right]) {
      if (!Object.hasOwn(vocabulary, token)) {
        throw new InputError(`${path}: line ${i + 1}: ${JSON.stringify(token)} is not in vocab.json`);
      }
    }
    merges.push([left, right]);
  }
  const names = Object.keys(vocabulary);
  if (names.some((token) => token.endsWith('</w>'))) {
    throw new InputError(
      `${join(folder, 'vocab.json')}: words end in </w> (CLIP's form): tokenizer.json is needed to read it`,
    );
  }
  const json = byteLevelJson([], merges, []);
  json.model.vocab = vocabulary as Record<string, number>;
  json.added_tokens = ['<|endoftext|>', '<s>', '</s>', '<pad>', '<unk>', '<mask>', '<|pad|>']
    .filter((token) => Object.hasOwn(vocabulary, token))
    .map((content) => ({ id: vocabulary[content] as number, content, special: true, normalized: false }));
  return checkTokenizerJson(json, join(folder, 'vocab.json'));
}

async function readText(folder: string, name: string): Promise<string | null> {
  const path = join(folder, name);
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new InputError(`${path}: cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InputError(`${path}: not UTF-8`, { cause });
  }
}

async function readJson(folder: string, name: string): Promise<Record<string, unknown> | null> {
  const text = await readText(folder, name);
  if (text === null) return null;
  const path = join(folder, name);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InputError(`${path}: not JSON: ${(cause as Error).message}`, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(`${path}: expected a JSON object`);
  }
  return value as Record<string, unknown>;
}
