/**
 * @file Where special tokens stand around one text and around two: [CLS] A [SEP] B [SEP]. The pattern is read off
 * the library's post-processor by sending one marker for each text through it.
 */
import { InputError } from '../../errors';
import type { TokenizerParts } from './library';
import type { TokenizerJson } from './tokenizer-json';

/** One place of a pattern: a special token, or all of text 0 or 1. */
export type Place = { token: string; id: number; type: number } | { sequence: 0 | 1; type: number };

/** The patterns for one text and for two, and without special tokens. */
export interface Templates {
  single: Place[];
  pair: Place[];
  bare: Place[];
}

// Names that no vocabulary has.
const MARKERS = ['\u0000first\u0000', '\u0000second\u0000'];

/** Reads the patterns. Throws `InputError` where they name a token that has no id. */
export function readTemplates(parts: TokenizerParts, json: TokenizerJson, source: string): Templates {
  const [first, second] = MARKERS as [string, string];
  // RobertaProcessing numbers both texts 0 (so the Python library; the JavaScript one numbers the second 1).
  const oneType = json.post_processor?.type === 'RobertaProcessing';
  const read = (pair: string | null): Place[] => {
    const result = parts.postProcess?.([first], pair === null ? null : [pair]) ?? { tokens: [first] };
    const places = result.tokens.map((token, i): Place => {
      const type = oneType ? 0 : (result.token_type_ids?.[i] ?? MARKERS.indexOf(token));
      if (token === first) return { sequence: 0, type: Math.max(type, 0) };
      if (token === second) return { sequence: 1, type };
      const id = parts.tokenToId(token);
      if (id === undefined)
        throw new InputError(`${source}: post_processor: ${JSON.stringify(token)} is not in the vocabulary`);
      return { token, id, type: Math.max(type, 0) };
    });
    // A post-processor that adds nothing (GPT-2's) drops the second text: it follows the first.
    if (pair !== null && !places.some((place) => 'sequence' in place && place.sequence === 1)) {
      places.push({ sequence: 1, type: 1 });
    }
    return places;
  };
  return {
    single: read(null),
    pair: read(second),
    bare: [
      { sequence: 0, type: 0 },
      { sequence: 1, type: 1 },
    ],
  };
}
