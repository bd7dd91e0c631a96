/**
 * @file The parts of `@huggingface/tokenizers` that this kit calls: the model that finds pieces in a word, the
 * decoder, the post-processor, and normalizers and pre-tokenizers of kinds other than BERT's and GPT-2's. It is
 * the library inside transformers.js. It knows neither places nor words, which is why `tokenizer.ts` walks the
 * text itself and hands it one word at a time.
 */
import { createRequire } from 'node:module';
import { InputError } from '../../errors';
import type { TokenizerJson } from './tokenizer-json';

/** What a tokenizer is made of. */
export interface TokenizerParts {
  /** `null` where there is no normalizer. */
  normalize: ((text: string) => string) | null;
  /** `null` where the text is one word. `section`: how many stretches of text came before. */
  preTokenize: ((text: string, section: number) => string[]) | null;
  /** The pieces of one word. */
  pieces(word: string): string[];
  /** Special tokens put around one text or two; `null` where there is no post-processor. */
  postProcess:
    | ((first: string[], second: string[] | null) => { tokens: string[]; token_type_ids?: number[] })
    | null;
  /** Text of ids that are all in the vocabulary; not for an empty list. */
  decode(ids: number[], skipSpecialTokens: boolean): string;
  /** Number of ids: 1 + the largest. */
  size: number;
  /** The id of pieces that the vocabulary does not have. */
  unknownId: number | undefined;
  tokenToId(token: string): number | undefined;
  idToToken(id: number): string | undefined;
}

interface Library {
  Tokenizer: new (
    json: object,
    config: object,
  ) => {
    normalizer: { normalize(text: string): string } | null;
    pre_tokenizer: { pre_tokenize(text: string, options: { section_index: number }): string[] } | null;
    model: {
      vocab: string[];
      tokens_to_ids: Map<string, number>;
      unk_token_id?: number;
      _call(words: string[]): string[];
    };
    post_processor: {
      post_process(
        first: string[],
        second: string[] | null,
        special: boolean,
      ): { tokens: string[]; token_type_ids?: number[] };
    } | null;
    decode(ids: number[], options: { skip_special_tokens: boolean }): string;
    id_to_token(id: number): string | undefined;
  };
}

// Required, not imported: its declarations are those of an ES module, which CommonJS may not import by name.
const library = createRequire(__filename)('@huggingface/tokenizers') as Library;

/** Builds the parts. `source` stands for the tokenizer in messages. Throws `InputError` for kinds it does not know. */
export function createParts(json: TokenizerJson, config: object, source: string): TokenizerParts {
  let tokenizer: InstanceType<Library['Tokenizer']>;
  try {
    tokenizer = new library.Tokenizer(json, config);
  } catch (cause) {
    throw new InputError(`${source}: not a tokenizer that can be used here: ${(cause as Error).message}`, {
      cause,
    });
  }
  const { normalizer, pre_tokenizer, post_processor, model } = tokenizer;
  // The library enters added tokens into the model's own vocabulary, where they would be found inside words as well.
  const added = new Map((json.added_tokens ?? []).map(({ content, id }) => [content, id]));
  if (!Array.isArray(json.model.vocab)) {
    for (const token of added.keys())
      if (!Object.hasOwn(json.model.vocab, token)) model.tokens_to_ids.delete(token);
  }
  return {
    normalize: normalizer && ((text) => normalizer.normalize(text)),
    preTokenize:
      pre_tokenizer && ((text, section) => pre_tokenizer.pre_tokenize(text, { section_index: section })),
    pieces: (word) => model._call([word]),
    postProcess: post_processor && ((first, second) => post_processor.post_process(first, second, true)),
    decode: (ids, skipSpecialTokens) => tokenizer.decode(ids, { skip_special_tokens: skipSpecialTokens }),
    size: model.vocab.length,
    unknownId: model.unk_token_id,
    tokenToId: (token) => added.get(token) ?? model.tokens_to_ids.get(token),
    idToToken: (id) => tokenizer.id_to_token(id),
  };
}
