/**
 * @file What a trained model writes for records, and which of given answers it finds likeliest. Greedy, in batches,
 * with a cache; the ids go into the outputs as rows filled up with −1, so that metrics and predictions can be made of
 * them like of any other output.
 */
import type { AnyRecord } from '../../data';
import { greedy, NetworkLogits, roomFor } from '../../decoding';
import type { Examples } from '../examples';
import type { OutputRows, WriteOptions } from '../task';
import { textFormat } from './text-format';

export interface Writer extends WriteOptions {
  prompts: readonly string[];
  /** Tokens to write at most. */
  maximumTokens: number;
}

/** `written` [records, L] int32. */
export async function writeGreedily(
  examples: Examples<AnyRecord>,
  { model, tokenizer, batchSize, onProgress, prompts, maximumTokens }: Writer,
): Promise<OutputRows> {
  const { endId, prompt } = textFormat(tokenizer);
  const guided = model.network;
  const base = new NetworkLogits({ network: guided.text, guided, parameters: model.parameters });
  const rows: number[][] = [];
  try {
    for (let from = 0; from < prompts.length; from += batchSize) {
      const chosen = Int32Array.from(
        { length: Math.min(batchSize, prompts.length - from) },
        (_, i) => from + i,
      );
      const ids = Array.from(chosen, (row) => prompt(prompts[row] as string));
      const shown = guided.vision ? await examples.pictures(chosen) : null;
      const logits = shown ? base.withPictures(shown, { relevance: examples.forcedRelevance }) : base;
      const room = Math.min(...ids.map(({ length }) => roomFor(base, length)));
      const written = await greedy(logits, ids, {
        maximumTokens: Math.max(0, Math.min(maximumTokens, room)),
        stopIds: [endId],
      });
      if (logits !== base) logits.dispose();
      rows.push(...written.map((one) => one.ids));
      onProgress?.(rows.length);
    }
  } finally {
    base.dispose();
  }
  const longest = rows.reduce((most, { length }) => Math.max(most, length), 1);
  const data = new Int32Array(rows.length * longest).fill(-1);
  for (const [row, ids] of rows.entries()) data.set(ids, row * longest);
  return { written: { data, rowShape: [longest] } };
}

/** The ids of each row of `written`. */
export function writtenIds({ data, rowShape }: OutputRows[string]): number[][] {
  const longest = rowShape[0] as number;
  return Array.from({ length: data.length / longest }, (_, row) =>
    Array.from(data.subarray(row * longest, (row + 1) * longest)).filter((id) => id >= 0),
  );
}
