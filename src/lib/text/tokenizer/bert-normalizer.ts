/**
 * @file BERT's normalization, character by character as the Python `tokenizers` do it:
 *
 *     clean       drop control characters, turn white space into spaces
 *     Chinese     put spaces around each ideograph
 *     accents     canonical decomposition (NFD), then drop nonspacing marks
 *     lower case  each character by itself
 *
 * Source: Devlin et al. 2018, BasicTokenizer; `bert.rs` of huggingface/tokenizers. The JavaScript library's own
 * normalizer departs from it: it lowers a final Σ to ς by context, does not part ideographs beyond the first
 * plane, and has newer tables of marks and punctuation; a model would see other pieces than in training.
 */
import { type AlignedText, AlignedTextBuilder } from './aligned-text';
import { IDEOGRAPHS, MARKS, REMOVED, WHITESPACE } from './unicode-ranges';

/** Which of the steps run. */
export interface BertNormalization {
  cleanText: boolean;
  handleChinese: boolean;
  stripAccents: boolean;
  lowercase: boolean;
}

const PLAIN = /^[\t\n\r\x20-\x7e]*$/;

/** Normalizes a well-formed text. */
export function normalizeBert(text: string, options: BertNormalization): AlignedText {
  // Printable ASCII keeps its length: the commonest case needs no record of places.
  if (PLAIN.test(text)) {
    return {
      text: options.lowercase ? text.toLowerCase() : text,
      starts: null,
      ends: null,
    };
  }
  const out = new AlignedTextBuilder();
  for (let at = 0; at < text.length; ) {
    const codePoint = text.codePointAt(at) as number;
    const end = at + (codePoint > 0xffff ? 2 : 1);
    for (const cleaned of clean(codePoint, options)) {
      for (const part of options.stripAccents ? cleaned.normalize('NFD') : [cleaned]) {
        if (options.stripAccents && MARKS.has(part.codePointAt(0) as number)) continue;
        out.push(options.lowercase ? part.toLowerCase() : part, at, end);
      }
    }
    at = end;
  }
  const result = out.finish();
  // Decomposition also sorts the marks of a character; the few that are kept may still be out of order.
  if (options.stripAccents) {
    const sorted = result.text.normalize('NFD');
    if (sorted.length === result.text.length) result.text = sorted;
  }
  return result;
}

/** Nothing, one character, or an ideograph between spaces. */
function clean(codePoint: number, { cleanText, handleChinese }: BertNormalization): string[] {
  if (cleanText && REMOVED.has(codePoint)) return [];
  if (cleanText && WHITESPACE.has(codePoint)) return [' '];
  const character = String.fromCodePoint(codePoint);
  return handleChinese && IDEOGRAPHS.has(codePoint) ? [' ', character, ' '] : [character];
}
