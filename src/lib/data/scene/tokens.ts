/**
 * @file Frames of tasks that speak of tokens (entities, relations): a sentence as its words and marks, and where each
 * slot stands among them. An article that a slot brings with it is outside the slot's span.
 */
import type { Generator } from '../../random';
import { withArticle } from './lexicon';
import { type FilledQuestion, type Frame, type SceneText, slotWord } from './scene-text';

/** A filled frame as tokens. */
export interface TokenText extends SceneText {
  tokens: string[];
  /** Tokens [start, end) of each slot. */
  spans: Record<string, [start: number, end: number]>;
}

/** Puts a sentence around a question, as `fillFrame`; a slot may stand once in a frame. */
export function fillTokens(frame: Frame, filled: FilledQuestion, generator: Generator): TokenText {
  const tokens: string[] = [];
  const spans: TokenText['spans'] = {};
  for (const [part, article, slot] of frame.pattern.matchAll(/\{(an? )?(\w+)\}|[\w']+|[^\s\w]/g)) {
    if (slot === undefined) {
      tokens.push(part);
      continue;
    }
    if (spans[slot]) throw new Error(`frame ${frame.id}: the slot {${slot}} stands there twice`);
    const word = slotWord(slot, frame, filled, generator);
    if (article) tokens.push(withArticle(word).split(' ')[0] as string);
    const words = word.split(' ');
    spans[slot] = [tokens.length, tokens.length + words.length];
    tokens.push(...words);
  }
  const [first] = tokens as [string];
  tokens[0] = first.charAt(0).toUpperCase() + first.slice(1);
  return { text: tokens.join(' '), frame, answers: filled.answers, tokens, spans };
}
