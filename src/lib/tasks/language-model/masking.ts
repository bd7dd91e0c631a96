/**
 * @file Which tokens a masked language model must guess, and what it sees of them (Devlin et al. 2018, §3.1): of the
 * words, 15 % are chosen; of the chosen 80 % become [MASK], 10 % a random token and 10 % stay as they are, so that
 * the model cannot know which of the words that it sees are right. With whole words, all pieces of a word are
 * chosen together (BERT's later release). Masks are drawn anew in each epoch (Liu et al. 2019, §4.1).
 */
import type { Generator } from '../../random';

export interface MaskingOptions {
  /** Share of the tokens that are chosen. */
  share: number;
  maskId: number;
  /** Ids from which the random token is drawn. */
  replacements: ArrayLike<number>;
  /** Whether a token goes on with the word of the one before it; `null` chooses tokens one by one. */
  continuesWord: ((id: number) => boolean) | null;
}

/** How many of `count` tokens are chosen: at least one. */
export function chosenCount(count: number, share: number): number {
  return Math.max(1, Math.round(count * share));
}

/**
 * Chooses among the tokens at `places` of `ids`, writes what the model sees of them into `ids`, and returns the
 * chosen places in ascending order with the ids that stood there. Whole words that would exceed the count are
 * passed over, so there may be a few less.
 */
export function maskTokens(
  ids: Int32Array,
  places: readonly number[],
  options: MaskingOptions,
  generator: Generator,
): { places: number[]; labels: number[] } {
  const words: number[][] = [];
  for (const place of places) {
    const last = words[words.length - 1];
    const continues = options.continuesWord?.(ids[place] as number) ?? false;
    if (continues && last && last[last.length - 1] === place - 1) last.push(place);
    else words.push([place]);
  }
  const budget = chosenCount(places.length, options.share);
  const chosen: number[] = [];
  for (const word of generator.shuffle(words)) {
    if (chosen.length === budget) break;
    if (chosen.length + word.length <= budget) chosen.push(...word);
  }
  if (chosen.length === 0 && words[0]) chosen.push(words[0][0] as number); // one word longer than the budget
  chosen.sort((a, b) => a - b);
  const labels = chosen.map((place) => ids[place] as number);
  for (const place of chosen) {
    const lot = generator.uniform();
    if (lot < 0.8) ids[place] = options.maskId;
    else if (lot < 0.9)
      ids[place] = options.replacements[generator.integer(options.replacements.length)] as number;
  }
  return { places: chosen, labels };
}
