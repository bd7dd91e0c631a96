/**
 * @file The loop of greedy decoding and sampling: ask for the next token's logits of all rows that are still being
 * written, apply the rules, choose a token for each. Rows that have ended leave the batch; no row knows another.
 */
import type { NextTokenLogits } from './next-token-logits';
import { type Logits, logProbabilityOf } from './rules';
import { prepareWriting, type WritingOptions, type Written } from './writing';

/** A token that was written, as the listener of a stream hears it. */
export interface WrittenToken {
  /** Index of the prompt. */
  row: number;
  id: number;
  /** All that was written in this row so far, `id` included. */
  ids: readonly number[];
}

export interface StreamOptions extends WritingOptions {
  /** Hears each token when it is written. */
  onToken?: (token: WrittenToken) => void;
}

/** The id chosen for a row from its logits [V] after the rules, of which one at least is above −∞. */
export type Choose = (logits: Logits, row: number) => number;

/** Writes after each prompt. Results stand in the order of the prompts. */
export async function writeRows(
  model: NextTokenLogits,
  prompts: readonly (readonly number[])[],
  options: StreamOptions,
  choose: Choose,
): Promise<Written[]> {
  const writing = prepareWriting(model, prompts, options);
  const results: Written[] = [];
  let active = prompts.map((prompt, row) => ({
    row,
    prompt,
    written: [] as number[],
    logProbability: 0,
    parent: null as number | null,
  }));
  type Row = (typeof active)[number];
  const goesOn = (row: Row): boolean => {
    const ending = writing.endOf(row.prompt, row.written);
    if (ending) results[row.row] = { ids: row.written, ending, logProbability: row.logProbability };
    return ending === null;
  };
  active = active.filter(goesOn);
  while (active.length > 0) {
    writing.throwIfAborted();
    const logits = await model.next(
      active.map(({ row, prompt, written, parent }) => ({
        ids: [...prompt, ...written],
        source: row,
        parent,
      })),
    );
    active = active.filter((row, i) => {
      const left = writing.rules.apply(logits[i] as Float32Array, writing.contextOf(row.prompt, row.written));
      const id = choose(left, row.row);
      row.logProbability += logProbabilityOf(left, id);
      row.parent = i;
      if (writing.stopIds.includes(id)) {
        results[row.row] = { ids: row.written, ending: 'stop-id', logProbability: row.logProbability };
        return false;
      }
      row.written.push(id);
      options.onToken?.({ row: row.row, id, ids: row.written });
      return goesOn(row);
    });
  }
  writing.throwIfAborted();
  return results;
}
