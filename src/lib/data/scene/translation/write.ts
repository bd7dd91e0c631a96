/**
 * @file A bilingual sentence: the English text once, and for each answer the translation that its reading of the
 * thing gives. Where two answers give one translation (German Maus) they are one answer, whichever the picture shows.
 */
import type { Generator } from '../../../random';
import type { Constraint } from '../constraints';
import { withArticle } from '../lexicon';
import type { Answer, FilledQuestion, Frame, SceneText } from '../scene-text';
import { definite, indefinite, type Noun, pronoun } from './german';
import { drawEntry, type Entry } from './lexicon';
import { nounOf } from './nouns';

export type Language = 'German' | 'Chinese';

/** A frame with its translation. */
export interface BilingualFrame extends Frame {
  language: Language;
  /** The pattern in that language. */
  target: string;
}

/** `German: Anna saw the old bat yesterday.` with one German sentence an answer. */
export function writeBilingual(frame: Frame, filled: FilledQuestion, generator: Generator): SceneText {
  const { language, target, pattern } = frame as BilingualFrame;
  const adjective = drawEntry('adjective', generator);
  const drawn = new Map<string, Entry>([['adjective', adjective]]);
  const entry = (slot: string): Entry => {
    const known = drawn.get(slot);
    if (known) return known;
    let found = drawEntry(slot, generator);
    while ([...drawn.values()].includes(found)) found = drawEntry(slot, generator);
    drawn.set(slot, found);
    return found;
  };
  const described = `${adjective.english} ${filled.slots.thing}`;
  const english = pattern.replace(/\{([\w.]+)\}/g, (_, slot: string) => {
    if (slot === 'the' || slot === 'The') return `the ${described}`;
    if (slot === 'a') return withArticle(described);
    return entry(slot).english;
  });
  const translate = language === 'German' ? germanWord : chineseWord;
  const answers: Answer[] = [];
  for (const answer of filled.answers) {
    const noun = nounOf(answer.label);
    const label = capital(
      target.replace(/\{([\w.]+)\}/g, (_, slot: string) => translate(slot, noun, adjective, entry)),
    );
    const same = answers.find((earlier) => earlier.label === label);
    if (same) same.constraint = either(same.constraint, answer.constraint);
    else answers.push({ ...answer, label });
  }
  return { text: `${language}: ${capital(english)}`, frame, answers };
}

type Lookup = (slot: string) => Entry;

function germanWord(slot: string, noun: Noun, { german }: Entry, entry: Lookup): string {
  switch (slot) {
    case 'den':
      return definite(noun, 'accusative', german);
    case 'der':
      return definite(noun, 'nominative', german);
    case 'einen':
      return indefinite(noun, 'accusative', german);
    case 'ein':
      return indefinite(noun, 'nominative', german);
    case 'er':
      return pronoun(noun, 'nominative');
    case 'ihn':
      return pronoun(noun, 'accusative');
  }
  const [name, form = 'german'] = slot.split('.') as [string, 'accusative' | 'dative' | undefined];
  return entry(name)[form] ?? '';
}

function chineseWord(slot: string, noun: Noun, adjective: Entry, entry: Lookup): string {
  switch (slot) {
    case 'that':
      return `那${noun.measure}${adjective.chinese}的${noun.chinese}`;
    case 'one':
      return `一${noun.measure}${adjective.chinese}的${noun.chinese}`;
  }
  return entry(slot).chinese;
}

function either(a: Constraint, b: Constraint): Constraint {
  return { mainKind: [...(a.mainKind ?? []), ...(b.mainKind ?? [])] };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
