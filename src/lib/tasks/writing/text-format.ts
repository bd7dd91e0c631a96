/**
 * @file How a record becomes one row of ids for a causal network:
 *
 *     [beginning] prompt, separator, target, end
 *
 * The separator is a line break, or [SEP] where the tokenizer has no line break. The network is asked for the target
 * and the end alone; at decoding it is given all before the target.
 */
import { InputError } from '../../errors';
import type { Tokenizer } from '../../text';

export interface TextFormat {
  /** What stands before every prompt; nothing, for some tokenizers. */
  readonly beginning: readonly number[];
  /** Ids up to the target. */
  prompt(text: string): number[];
  /** Ids of the target and the end. */
  target(text: string): number[];
  readonly endId: number;
}

/** Throws an `InputError` where the tokenizer has no token that can end or separate texts. */
export function textFormat(tokenizer: Tokenizer): TextFormat {
  const plain = (text: string) => [...tokenizer.encode(text, null, { addSpecialTokens: false }).ids];
  const { bosId, eosId, sepId } = tokenizer;
  const endId = eosId ?? sepId;
  const lineBreak = plain('\n').filter((id) => id !== tokenizer.unknownId);
  const separator = lineBreak.length > 0 ? lineBreak : sepId === null ? [] : [sepId];
  if (endId === null || separator.length === 0) {
    throw new InputError(
      'model.tokenizer: it has no token to end a text with, or none to stand between prompt and answer; use "byte-level-bpe", or a pretrained tokenizer with an end-of-text token',
    );
  }
  const beginning = bosId !== null && bosId !== eosId ? [bosId] : [];
  return {
    beginning,
    endId,
    prompt: (text) => [...beginning, ...plain(text), ...separator],
    target: (text) => [...plain(text), endId],
  };
}
