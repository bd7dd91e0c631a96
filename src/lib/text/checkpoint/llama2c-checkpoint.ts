/**
 * @file llama2.c's two files as a Hugging Face Llama folder. Its vocabulary becomes a `tokenizer.json` of the kind
 * that Llama has: SentencePiece's byte-pair merging told as ranked merges,
 *
 *     every way to cut a token in two tokens is a merge, those of the highest score first,
 *
 * with ▁ for the space, one put before the text, and bytes for characters that are no token. Left out: score ties
 * between different tokens, which SentencePiece decides by place and a ranking cannot; the published
 * vocabularies, whose scores count down by one, have none.
 */
import { readFile } from 'node:fs/promises';
import { InputError } from '../../errors';
import { readLlama2c } from '../llama2c';
import { Llama2cVocabulary } from '../llama2c-vocabulary';
import { Tokenizer } from '../tokenizer';
import type { TextCheckpoint } from './load';

const SPECIAL = ['<unk>', '<s>', '</s>'];
/** Special tokens and bytes: what no merge makes. */
const FIRST_PIECE = SPECIAL.length + 256;

/** Reads llama2.c's weights (`.bin`) and vocabulary (`tok….bin`). Throws an `InputError` naming the file. */
export async function readLlama2cCheckpoint(weights: string, vocabulary: string): Promise<TextCheckpoint> {
  const { config, arrays } = readLlama2c(await bytesOf(weights), weights);
  const words = Llama2cVocabulary.read(await bytesOf(vocabulary), config.vocabSize, vocabulary);
  return {
    config,
    weights: arrays,
    tokenizer: llama2cTokenizer(words, vocabulary),
    heads: ['causal-lm'],
    endTokenIds: [2],
    ignored: [],
  };
}

/** The tokenizer of a llama2.c vocabulary. Throws an `InputError` where two tokens are spelled alike. */
export function llama2cTokenizer(vocabulary: Llama2cVocabulary, source = 'llama2.c vocabulary'): Tokenizer {
  const names = vocabulary.tokens.map((token, id) => SPECIAL[id] ?? token.replaceAll(' ', '▁'));
  const ids = new Map<string, number>();
  for (const [id, name] of names.entries()) {
    const other = ids.get(name);
    if (other !== undefined) {
      throw new InputError(`${source}: tokens ${other} and ${id} are both ${JSON.stringify(name)}`);
    }
    ids.set(name, id);
  }
  return Tokenizer.fromJson(
    llamaTokenizerJson(Object.fromEntries(ids), mergesOf(names, vocabulary.scores)),
    {
      tokenizer_class: 'PreTrainedTokenizerFast',
      bos_token: '<s>',
      eos_token: '</s>',
      unk_token: '<unk>',
      clean_up_tokenization_spaces: false,
    },
    source,
  );
}

/** Every cut of every token in two tokens; the highest score first, within a token the shortest left part first. */
function mergesOf(names: readonly string[], scores: readonly number[]): [string, string][] {
  const pieces = new Set(names.slice(FIRST_PIECE));
  const order = names.map((_, id) => id).slice(FIRST_PIECE);
  order.sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
  return order.flatMap((id) => {
    const characters = [...(names[id] as string)];
    return characters.slice(1).flatMap((_, i): [string, string][] => {
      const left = characters.slice(0, i + 1).join('');
      const right = characters.slice(i + 1).join('');
      return pieces.has(left) && pieces.has(right) ? [[left, right]] : [];
    });
  });
}

function llamaTokenizerJson(vocab: Record<string, number>, merges: [string, string][]): object {
  const special = (content: string, id: number) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  const begin = { SpecialToken: { id: '<s>', type_id: 0 } };
  const sequence = (id: string, type: number) => ({ Sequence: { id, type_id: type } });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map(special),
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'Prepend', prepend: '▁' },
        { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
      ],
    },
    pre_tokenizer: null,
    post_processor: {
      type: 'TemplateProcessing',
      single: [begin, sequence('A', 0)],
      pair: [begin, sequence('A', 0), { SpecialToken: { id: '<s>', type_id: 1 } }, sequence('B', 1)],
      special_tokens: { '<s>': { id: '<s>', ids: [1], tokens: ['<s>'] } },
    },
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        { type: 'Strip', content: ' ', start: 1, stop: 0 },
      ],
    },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: '<unk>',
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: true,
      ignore_merges: false,
      vocab,
      merges,
    },
  };
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    return Uint8Array.from(await readFile(path));
  } catch (cause) {
    throw new InputError(`${path}: cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}
