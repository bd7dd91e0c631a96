/**
 * @file As much German grammar as the sentences of the scene world need: articles, pronouns and adjective endings in
 * nominative and accusative, datives of a place. Left out: weak nouns other than by `accusative`, genitives.
 */

/** Masculine, feminine, neuter, plural. */
export type Gender = 'm' | 'f' | 'n' | 'p';
export type Case = 'nominative' | 'accusative' | 'dative';

/** A noun in the two languages. */
export interface Noun {
  german: string;
  gender: Gender;
  /** Accusative singular where it differs (Buchstabe, Buchstaben). */
  accusative?: string;
  chinese: string;
  /** Chinese measure word. */
  measure: string;
}

const DEFINITE: Record<Case, Record<Gender, string>> = {
  nominative: { m: 'der', f: 'die', n: 'das', p: 'die' },
  accusative: { m: 'den', f: 'die', n: 'das', p: 'die' },
  dative: { m: 'dem', f: 'der', n: 'dem', p: 'den' },
};
const INDEFINITE: Record<'nominative' | 'accusative', Record<Gender, string>> = {
  nominative: { m: 'ein', f: 'eine', n: 'ein', p: '' },
  accusative: { m: 'einen', f: 'eine', n: 'ein', p: '' },
};
const PRONOUN: Record<'nominative' | 'accusative', Record<Gender, string>> = {
  nominative: { m: 'er', f: 'sie', n: 'es', p: 'sie' },
  accusative: { m: 'ihn', f: 'sie', n: 'es', p: 'sie' },
};

/** der alte Kran, den alten Kran, die alten Schafe; without an adjective where it is empty. */
export function definite(noun: Noun, grammaticalCase: Case, adjective = ''): string {
  const { gender } = noun;
  const strong = gender === 'm' ? grammaticalCase === 'nominative' : grammaticalCase !== 'dative';
  const ending = gender === 'p' || !strong ? 'en' : 'e';
  return phrase(DEFINITE[grammaticalCase][gender], adjective, ending, form(noun, grammaticalCase));
}

/** ein alter Kran, einen alten Kran, eine alte Taste, ein altes Haus; alte Schafe. */
export function indefinite(noun: Noun, grammaticalCase: 'nominative' | 'accusative', adjective = ''): string {
  const { gender } = noun;
  const masculine = grammaticalCase === 'nominative' ? 'er' : 'en';
  const ending = { m: masculine, f: 'e', n: 'es', p: 'e' }[gender];
  return phrase(INDEFINITE[grammaticalCase][gender], adjective, ending, form(noun, grammaticalCase));
}

/** er, ihn, sie, es. */
export function pronoun({ gender }: Noun, grammaticalCase: 'nominative' | 'accusative'): string {
  return PRONOUN[grammaticalCase][gender];
}

function form(noun: Noun, grammaticalCase: Case): string {
  return grammaticalCase === 'nominative' ? noun.german : (noun.accusative ?? noun.german);
}

function phrase(article: string, adjective: string, ending: string, noun: string): string {
  return [article, adjective && `${adjective}${ending}`, noun].filter((word) => word !== '').join(' ');
}
