/** @file From a token stream to the blocks that a language-model task learns from or is measured on. */
import type { TokenStream } from '../../data';
import type { Tokenizer } from '../../text';
import type { BatchSource } from '../source';
import { MaskedBlocks, type MaskedBlocksOptions } from './masked-blocks';
import { PackedBlocks } from './packed-blocks';
import { type PairQuestion, SentencePairs } from './sentence-pairs';

export type LanguageModelTask = 'causal-lm' | 'masked-lm';

export function isLanguageModelTask(name: string): name is LanguageModelTask {
  return name === 'causal-lm' || name === 'masked-lm';
}

/** What the blocks are like; goes with a trained model, so that it is measured as it was trained. */
export interface LanguageModelSettings {
  blockLength: number;
  acrossDocuments: boolean;
  maskedShare: number;
  wholeWords: boolean;
  /** `masked-lm`: pairs of sentences, and what is asked of them. */
  sentencePairs: 'none' | PairQuestion;
  /** Of masks, and of the cuts in training. */
  seed: number;
  /** Of the loss in training; what is reported is never smoothed. */
  labelSmoothing?: number;
}

/** Blocks of `stream`; where the model `learns`, their cuts move from epoch to epoch. */
export function languageModelBlocks(
  task: LanguageModelTask,
  stream: TokenStream,
  settings: LanguageModelSettings,
  { tokenizer, learns }: { tokenizer: Tokenizer; learns: boolean },
): BatchSource {
  const { maskedShare: share, wholeWords, sentencePairs, seed, blockLength, acrossDocuments } = settings;
  const shape = { blockLength, acrossDocuments };
  const padId = tokenizer.padId ?? 0;
  if (task === 'causal-lm') return new PackedBlocks(stream, { ...shape, padId, seed: learns ? seed : null });
  const special = tokenizer.specialIds;
  const all = Int32Array.from({ length: tokenizer.vocabularySize }, (_, id) => id);
  const options: MaskedBlocksOptions = {
    ...shape,
    seed,
    masking: {
      share,
      maskId: tokenizer.maskId as number,
      replacements: all.filter((id) => !special.has(id)),
      continuesWord: wholeWords ? (id) => tokenizer.idToToken(id)?.startsWith('##') ?? false : null,
    },
    clsId: tokenizer.clsId as number,
    sepId: tokenizer.sepId as number,
    padId,
  };
  if (sentencePairs === 'none') return new MaskedBlocks(stream, options);
  return new SentencePairs(stream, { ...options, question: sentencePairs });
}
