/**
 * @file Contrastive search: of the k likeliest tokens, the one that is likely and unlike what stands there already.
 * What it is like is told by the network's last hidden states h of the ids so far and of the candidate:
 *
 *     y_t = argmax over u in top-k of (1 − α) p(u | y_<t) − α max_j cos(h_u, h_j) + bonus(u)
 *
 * Source: Su et al. 2022 (arXiv 2202.06417), equation 2; transformers 4.51, `_contrastive_search`. α = 0 is greedy; the
 * usual values are α = 0.6 and k = 4. `bonus` is MAGIC's place (Su et al. 2022, arXiv 2205.02655): β times a softmax
 * over the k candidates of a picture's likeness to their texts. One call a token, of k rows a prompt: it gives the
 * candidates' states and already the logits after each of them.
 */
import type { NextTokenLogits } from './next-token-logits';
import type { StreamOptions } from './row-loop';
import { largest, softmax } from './rules';
import { expect, expectWhole } from './rules/arguments';
import { prepareWriting, type Written } from './writing';

/** The candidates of one prompt for the next token. */
export interface Candidates {
  /** Index of the prompt. */
  row: number;
  written: readonly number[];
  /** At most k ids, the likeliest first. */
  ids: readonly number[];
  /** Their probabilities after the rules, over the whole vocabulary. */
  probabilities: readonly number[];
}

export interface ContrastiveSearchOptions extends StreamOptions {
  /** k ≥ 1; 4 by default. */
  candidates?: number;
  /** α in [0, 1]; 0.6 by default. */
  penalty?: number;
  /** Added to the scores of the candidates: one number each. */
  bonus?: (candidates: Candidates) => ArrayLike<number> | Promise<ArrayLike<number>>;
}

interface Row {
  row: number;
  prompt: readonly number[];
  written: number[];
  logProbability: number;
  /** Unit vectors, one for each id so far. */
  states: Float64Array[];
  /** After the ids so far. */
  logits: Float32Array;
  /** Its row in the last call. */
  parent: number;
}

/**
 * Writes after each prompt (ids). Throws a `TypeError` where the model gives no hidden states, `RangeError` and
 * `InputError` for wrong options, for texts beyond the model's longest, and for contradictory rules.
 */
export async function contrastiveSearch(
  model: NextTokenLogits,
  prompts: readonly (readonly number[])[],
  options: ContrastiveSearchOptions,
): Promise<Written[]> {
  const { candidates = 4, penalty = 0.6, bonus, onToken } = options;
  expectWhole('candidates', candidates, 1);
  expect(penalty >= 0 && penalty <= 1, 'penalty', penalty, 'a number ≥ 0 and ≤ 1 (0 is greedy)');
  const ask = model.nextWithStates?.bind(model);
  if (!ask) throw new TypeError('contrastive search: the model gives no hidden states (nextWithStates)');
  // The states of ids that have left the window would be missing.
  const { vocabularySize, maxLength, longestPrompt } = model;
  const bounds = { vocabularySize, maxLength, slides: false, longestPrompt, readsLast: true };
  const writing = prepareWriting(bounds, prompts, options);
  const results: Written[] = [];
  const goesOn = ({ row, prompt, written, logProbability }: Omit<Row, 'states' | 'logits' | 'parent'>) => {
    const ending = writing.endOf(prompt, written);
    if (ending) results[row] = { ids: written, ending, logProbability };
    return ending === null;
  };
  const begun = prompts
    .map((prompt, row) => ({ row, prompt, written: [] as number[], logProbability: 0 }))
    .filter(goesOn);
  if (begun.length === 0) return results;
  writing.throwIfAborted();
  const start = await ask(
    begun.map(({ row, prompt }) => ({ ids: prompt, source: row, parent: null })),
    'all',
  );
  let active: Row[] = begun.map((one, i) => {
    const all = start.states[i] as Float32Array;
    const { width } = start;
    const states = Array.from({ length: all.length / width }, (_, at) =>
      unit(all.subarray(at * width, (at + 1) * width)),
    );
    return { ...one, states, logits: start.logits[i] as Float32Array, parent: i };
  });
  while (active.length > 0) {
    writing.throwIfAborted();
    const offered = active.map((row) => {
      const probabilities = softmax(
        writing.rules.apply(row.logits, writing.contextOf(row.prompt, row.written)),
      );
      const ids = largest(probabilities, candidates).filter((id) => (probabilities[id] as number) > 0);
      return {
        row: row.row,
        written: row.written,
        ids,
        probabilities: ids.map((id) => probabilities[id] as number),
      };
    });
    const { logits, states } = await ask(
      active.flatMap(({ row, prompt, written, parent }, i) =>
        (offered[i] as Candidates).ids.map((id) => ({
          ids: [...prompt, ...written, id],
          source: row,
          parent,
        })),
      ),
      'last',
    );
    const next: Row[] = [];
    let first = 0;
    for (const [i, row] of active.entries()) {
      const these = offered[i] as Candidates;
      const vectors = these.ids.map((_, j) => unit(states[first + j] as Float32Array));
      const added = await bonus?.(these);
      const scores = these.probabilities.map(
        (probability, j) =>
          (1 - penalty) * probability -
          penalty * likeness(vectors[j] as Float64Array, row.states) +
          ((added?.[j] as number | undefined) ?? 0),
      );
      const best = largest(scores, 1)[0];
      if (best === undefined)
        throw new RangeError(`contrastive search: scores ${scores.join(', ')}: no number among them`);
      const id = these.ids[best] as number;
      row.logProbability += Math.log(these.probabilities[best] as number);
      if (writing.stopIds.includes(id)) {
        results[row.row] = { ids: row.written, ending: 'stop-id', logProbability: row.logProbability };
      } else {
        row.written.push(id);
        row.states.push(vectors[best] as Float64Array);
        row.logits = logits[first + best] as Float32Array;
        row.parent = first + best;
        onToken?.({ row: row.row, id, ids: row.written });
        if (goesOn(row)) next.push(row);
      }
      first += these.ids.length;
    }
    active = next;
  }
  writing.throwIfAborted();
  return results;
}

/** max_j cos of a unit vector to others. */
function likeness(vector: Float64Array, others: readonly Float64Array[]): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (const other of others) {
    let product = 0;
    for (let i = 0; i < vector.length; i++) product += (vector[i] as number) * (other[i] as number);
    if (product > highest) highest = product;
  }
  return highest;
}

function unit(vector: Float32Array): Float64Array {
  const length = Math.hypot(...vector);
  return Float64Array.from(vector, (value) => (length === 0 ? 0 : value / length));
}
