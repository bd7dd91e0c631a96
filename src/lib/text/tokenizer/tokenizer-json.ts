/**
 * @file `tokenizer.json`, the form in which Hugging Face's tokenizers are kept: written for the two kinds that
 * this kit trains, checked where it is read. Source: huggingface/tokenizers; the files of `bert-base-uncased` and
 * `gpt2` on the hub.
 */
import { z } from 'zod';
import { InputError } from '../../errors';
import type { AddedToken } from './added-tokens';

const step = z.looseObject({ type: z.string() }).nullish();

const tokenizerJson = z.looseObject({
  added_tokens: z
    .array(
      z.looseObject({
        id: z.int().nonnegative(),
        content: z.string(),
        single_word: z.boolean().optional(),
        lstrip: z.boolean().optional(),
        rstrip: z.boolean().optional(),
        normalized: z.boolean().optional(),
        special: z.boolean().optional(),
      }),
    )
    .nullish(),
  normalizer: step,
  pre_tokenizer: step,
  post_processor: step,
  decoder: step,
  model: z.looseObject({
    type: z.string().nullish(),
    unk_token: z.string().nullish(),
    continuing_subword_prefix: z.string().nullish(),
    byte_fallback: z.boolean().nullish(),
    end_of_word_suffix: z.string().nullish(),
    // Checked below: zod's records would drop a token named __proto__.
    vocab: z.custom<Record<string, number> | unknown[]>(
      (value) => typeof value === 'object' && value !== null,
    ),
  }),
});

/** The content of `tokenizer.json`. */
export type TokenizerJson = z.infer<typeof tokenizerJson>;

/** Checks what was parsed from a `tokenizer.json`. Throws `InputError` naming file and field. */
export function checkTokenizerJson(value: unknown, source: string): TokenizerJson {
  const result = tokenizerJson.safeParse(value);
  if (!result.success) {
    const faults = result.error.issues
      .slice(0, 5)
      .map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
    throw new InputError(`${source}: not a tokenizer.json:\n  ${faults.join('\n  ')}`);
  }
  // The library asks for every step by name, and stays silent about two tokens of one id.
  const json = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, ...result.data };
  json.added_tokens ??= [];
  if (!Array.isArray(json.model.vocab)) checkVocabulary(json.model.vocab, source);
  return json;
}

function checkVocabulary(vocabulary: Record<string, unknown>, source: string): void {
  const seen = new Map<number, string>();
  for (const [token, id] of Object.entries(vocabulary)) {
    const where = `${source}: model.vocab: ${JSON.stringify(token)}`;
    if (!(typeof id === 'number' && Number.isSafeInteger(id) && id >= 0)) {
      throw new InputError(`${where}: expected a whole number ≥ 0, found ${JSON.stringify(id)}`);
    }
    const other = seen.get(id);
    if (other !== undefined) throw new InputError(`${where} and ${JSON.stringify(other)} share the id ${id}`);
    seen.set(id, token);
  }
}

/** The added tokens, with the defaults of the format. */
export function addedTokensOf(json: TokenizerJson): AddedToken[] {
  return (json.added_tokens ?? []).map((token) => ({
    id: token.id,
    content: token.content,
    singleWord: token.single_word ?? false,
    leftStrip: token.lstrip ?? false,
    rightStrip: token.rstrip ?? false,
    normalized: token.normalized ?? !token.special,
    special: token.special ?? false,
  }));
}

/** BERT's tokenizer over a vocabulary that holds [UNK], [CLS] and [SEP]; `special` are found in texts as they are. */
export function wordPieceJson(
  vocabulary: readonly string[],
  options: {
    lowercase: boolean;
    stripAccents?: boolean | null;
    handleChinese?: boolean;
    special: readonly string[];
  },
): TokenizerJson {
  const ids = idsOf(vocabulary);
  const special = (token: string, type: number) => ({ SpecialToken: { id: token, type_id: type } });
  const sequence = (id: string, type: number) => ({ Sequence: { id, type_id: type } });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialTokens(options.special, ids),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: options.handleChinese ?? true,
      strip_accents: options.stripAccents ?? null,
      lowercase: options.lowercase,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [special('[CLS]', 0), sequence('A', 0), special('[SEP]', 0)],
      pair: [
        special('[CLS]', 0),
        sequence('A', 0),
        special('[SEP]', 0),
        sequence('B', 1),
        special('[SEP]', 1),
      ],
      special_tokens: Object.fromEntries(
        ['[CLS]', '[SEP]'].map((token) => [token, { id: token, ids: [ids.get(token)], tokens: [token] }]),
      ),
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(ids),
    },
  };
}

/** GPT-2's tokenizer. */
export function byteLevelJson(
  vocabulary: readonly string[],
  merges: readonly (readonly [string, string])[],
  special: readonly string[],
): TokenizerJson {
  const ids = idsOf(vocabulary);
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialTokens(special, ids),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false, use_regex: true },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(ids),
      merges: merges.map(([left, right]) => [left, right]),
    },
  };
}

function idsOf(vocabulary: readonly string[]): Map<string, number> {
  return new Map(vocabulary.map((token, id) => [token, id]));
}

function specialTokens(tokens: readonly string[], ids: ReadonlyMap<string, number>) {
  return tokens
    .filter((token) => ids.has(token))
    .map((content) => ({
      id: ids.get(content) as number,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    }))
    .sort((a, b) => a.id - b.id);
}
