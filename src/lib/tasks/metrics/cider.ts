/**
 * @file CIDEr-D of captions (Vedantam 2015) as COCO's evaluation computes it: likeness to the references in n-grams
 * of 1 to 4 words, weighed by how few pictures use them. From 0 to 10; papers print it times 100.
 *
 *     weight of an n-gram g: tf(g) · (log M − log max(1, pictures whose references have g))     M pictures
 *     CIDEr_n = exp(−(l − l_r)² / 2σ²) · Σ_g min(w(g), w_r(g)) · w_r(g) / (‖w‖ ‖w_r‖),   σ = 6
 *     CIDEr = 10 · mean over n and references;  l counts bigrams, as COCO's code does
 *
 * With one picture every weight is log 1 = 0 and so is the score: it needs a corpus. Words are those of COCO's
 * tokenizer for plain captions (lower case, punctuation away, "it's" in two); left out: the rest of the Penn
 * Treebank rules. Worked: two pictures, "a red ball" and "a blue cube", each described rightly: every n-gram but
 * "a" has weight log 2 and n = 1, 2, 3 score 1, n = 4 has none: 10 · 3/4 = 7.5.
 */
import { referencesOf } from './bleu';
import { assertPaired } from './labels';
import { countNgrams } from './ngrams';

const ORDER = 4;
const SIGMA = 6;

interface Weighted {
  /** For each n: n-gram → weight. */
  weights: Map<string, number>[];
  norms: number[];
  bigrams: number;
}

/** CIDEr-D of each caption, 0 to 10, in the corpus of all references. */
export function ciderScores(
  predictions: readonly string[],
  references: readonly (string | readonly string[])[],
): number[] {
  assertPaired('cider', predictions, references);
  const answers = references.map((list) => referencesOf('cider', list).map(captionWords));
  const frequency = new Map<string, number>();
  for (const list of answers) {
    const seen = new Set<string>();
    for (const words of list) {
      for (let n = 1; n <= ORDER; n++) for (const key of countNgrams(words, n).keys()) seen.add(key);
    }
    for (const key of seen) frequency.set(key, (frequency.get(key) ?? 0) + 1);
  }
  const logPictures = Math.log(answers.length);
  const weigh = (words: readonly string[]): Weighted => {
    const weights = Array.from({ length: ORDER }, (_, i) => {
      const counts = countNgrams(words, i + 1);
      for (const [key, count] of counts) {
        counts.set(key, count * (logPictures - Math.log(Math.max(1, frequency.get(key) ?? 0))));
      }
      return counts;
    });
    const norms = weights.map((one) => Math.sqrt([...one.values()].reduce((sum, w) => sum + w * w, 0)));
    return { weights, norms, bigrams: Math.max(0, words.length - 1) };
  };
  return predictions.map((prediction, i) => {
    const written = weigh(captionWords(prediction));
    const list = answers[i] as string[][];
    const total = list.reduce((sum, words) => sum + likeness(written, weigh(words)), 0);
    return (10 * total) / list.length;
  });
}

/** Mean CIDEr-D of a corpus of captions, 0 to 10. */
export function cider(
  predictions: readonly string[],
  references: readonly (string | readonly string[])[],
): number {
  const scores = ciderScores(predictions, references);
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** Mean over n of the clipped cosine, with the penalty for another length. */
function likeness(written: Weighted, answer: Weighted): number {
  const penalty = Math.exp(-((written.bigrams - answer.bigrams) ** 2) / (2 * SIGMA * SIGMA));
  let sum = 0;
  for (let n = 0; n < ORDER; n++) {
    const norm = (written.norms[n] as number) * (answer.norms[n] as number);
    if (norm === 0) continue;
    const expected = answer.weights[n] as Map<string, number>;
    let product = 0;
    for (const [key, weight] of written.weights[n] as Map<string, number>) {
      const other = expected.get(key) ?? 0;
      product += Math.min(weight, other) * other;
    }
    sum += product / norm;
  }
  return (penalty * sum) / ORDER;
}

/** The words of a plain caption as COCO's tokenizer gives them. */
export function captionWords(caption: string): string[] {
  return caption
    .toLowerCase()
    .replace(/[’‘]/g, "'")
    .replace(/(\w)n't\b/g, "$1 n't")
    .replace(/(\w)'(s|re|ve|ll|d|m)\b/g, "$1 '$2")
    .replace(/[.,](?!\d)|(?<!\d)[.,]|[?!:;"“”`…]|--+|(?<!\w)-|-(?!\w)/g, ' ')
    .split(/\s+/)
    .map((word) => (/^'(s|re|ve|ll|d|m)$/.test(word) ? word : word.replace(/^'+|'+$/g, '')))
    .filter((word) => word !== '');
}
