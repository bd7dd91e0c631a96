/**
 * @file Tokens and objectives as people can read them. A byte-level token is shown as the text that it stands for
 * (`Ġking` is " king"), spaces and line ends by signs; `�` is a part of a letter.
 */
import type { ShownToken } from '../figures';
import { Generator } from '../random';
import { maskTokens } from '../tasks';
import type { Tokenizer } from '../text';

/** One token for the eye: `·` a space, `↵` a line feed; WordPiece's `##` stays. */
export function shownToken(tokenizer: Tokenizer, id: number): string {
  const token = tokenizer.idToToken(id) ?? '';
  // The name that byte-level tokenizers give to the space.
  const text =
    tokenizer.tokenToId('Ġ') === null || tokenizer.specialIds.has(id) ? token : tokenizer.decode([id]);
  return text.replaceAll(' ', '·').replaceAll('\n', '↵');
}

/** The tokens of a text for the eye, without special tokens. */
export function shownTokens(tokenizer: Tokenizer, text: string): string[] {
  const { ids } = tokenizer.encode(text, null, { addSpecialTokens: false });
  return ids.map((id) => shownToken(tokenizer, id));
}

/** What a model reads at each place, and what it must say there: four rows of one length. */
export interface ObjectiveView {
  reads: ShownToken[];
  asked: ShownToken[];
}

const NOTHING: ShownToken = { text: '–', tone: 'none' };

/** A causal model reads every token and must say at each place the one that follows. */
export function causalView(tokenizer: Tokenizer, text: string): ObjectiveView {
  const tokens = shownTokens(tokenizer, text);
  return {
    reads: tokens.map((token) => ({ text: token })),
    asked: tokens.map((_, i) => {
      const next = tokens[i + 1];
      return next === undefined ? NOTHING : { text: next, tone: 'asked' };
    }),
  };
}

/** A masked model reads both sides and must say what stood at the chosen places; the masks are the trainer's own. */
export function maskedView(
  tokenizer: Tokenizer,
  text: string,
  { share = 0.15, seed = 1 }: { share?: number; seed?: number } = {},
): ObjectiveView {
  const { ids } = tokenizer.encode(text, null, { addSpecialTokens: false });
  const seen = Int32Array.from(ids);
  const all = Int32Array.from({ length: tokenizer.vocabularySize }, (_, id) => id);
  const masking = {
    share,
    maskId: tokenizer.maskId as number,
    replacements: all.filter((id) => !tokenizer.specialIds.has(id)),
    continuesWord: null,
  };
  const { places } = maskTokens(seen, [...ids.keys()], masking, new Generator(seed, 'shown mask'));
  const chosen = new Set(places);
  const tone = (i: number): ShownToken['tone'] => {
    if (!chosen.has(i)) return 'plain';
    if (seen[i] === tokenizer.maskId) return 'hidden';
    return seen[i] === ids[i] ? 'plain' : 'changed';
  };
  return {
    reads: Array.from(seen, (id, i) => ({ text: shownToken(tokenizer, id), tone: tone(i) })),
    asked: ids.map((id, i) => (chosen.has(i) ? { text: shownToken(tokenizer, id), tone: 'asked' } : NOTHING)),
  };
}
