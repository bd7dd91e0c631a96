/** @file The first sentence of a document as its summary: hard to beat where authors begin with what matters. */

/** By the Unicode rules for sentences (`Intl.Segmenter`), white space around it cut off; the whole text where it has one sentence. */
export function leadSentence(document: string, language = 'en'): string {
  for (const { segment } of new Intl.Segmenter(language, { granularity: 'sentence' }).segment(document)) {
    const sentence = segment.trim();
    if (sentence !== '') return sentence;
  }
  return '';
}
