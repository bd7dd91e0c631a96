/**
 * @file What a trained model writes for records. Greedy, unless told otherwise, in batches, with a cache; the ids go into the
 * outputs as rows filled up with −1, so that metrics and predictions can be made of them like of any other output.
 */
import type { AnyRecord } from '../../data';
import {
  beamSearch,
  checkGuides,
  greedy,
  guide,
  type LanguageModel,
  NetworkLogits,
  type NextTokenLogits,
  roomFor,
  type ShownPictures,
  type Written,
} from '../../decoding';
import type { Examples } from '../examples';
import type { OutputRows, WriteOptions } from '../task';
import { textFormat } from './text-format';

export interface Writer extends WriteOptions {
  prompts: readonly string[];
  /** Tokens to write at most. */
  maximumTokens: number;
}

/**
 * `written` [records, L] int32; under `decoding` also what it cost: `passes` and `tokens` [records] int32, rows read and
 * tokens written, ends included. Throws an `InputError` where a rule needs what model or records lack.
 */
export async function writeAnswers(examples: Examples<AnyRecord>, writer: Writer): Promise<OutputRows> {
  const { model, tokenizer, batchSize, onProgress, onWritten, prompts, maximumTokens, decoding } = writer;
  const { endId, prompt } = textFormat(tokenizer);
  const guided = model.network;
  const language: LanguageModel = {
    network: guided.text,
    guided,
    parameters: model.parameters,
    tokenizer,
    knowsNoPicture: decoding?.knowsNoPicture,
  };
  for (const rule of decoding?.rules ?? []) checkGuides(language, rule, examples.showsPictures);
  const base = new NetworkLogits(language);
  const rows: number[][] = [];
  const [passes, tokens]: [number[], number[]] = [[], []];
  let clock = { start: performance.now(), rows: 0 };
  try {
    for (let from = 0; from < prompts.length; from += batchSize) {
      const chosen = Int32Array.from(
        { length: Math.min(batchSize, prompts.length - from) },
        (_, i) => from + i,
      );
      const ids = Array.from(chosen, (row) => prompt(prompts[row] as string));
      const shown: ShownPictures = guided.vision
        ? await examples.pictures(chosen)
        : Array.from(chosen, () => null);
      const room = Math.min(...ids.map(({ length }) => roomFor(base, length)));
      const logits = guide(language, base, shown, decoding?.rules ?? [], {
        seed: decoding?.seed,
        keys: [...chosen],
        relevance: examples.forcedRelevance,
        mayLackPictures: true,
      });
      const written = await search(logits, ids, decoding?.beams ?? 1, {
        maximumTokens: Math.max(0, Math.min(maximumTokens, room)),
        stopIds: [endId],
      });
      for (const [source, { ids, ending }] of written.entries()) {
        rows.push(ids);
        passes.push(logits.passesOf(source));
        tokens.push(ids.length + Number(ending === 'stop-id'));
      }
      logits.dispose();
      onProgress?.(rows.length);
      if (from === 0 && rows.length < prompts.length) clock = { start: performance.now(), rows: rows.length };
    }
  } finally {
    base.dispose();
  }
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  onWritten?.({
    passes: sum(passes),
    tokens: sum(tokens),
    tokensPerSecond: sum(tokens.slice(clock.rows)) / ((performance.now() - clock.start) / 1000),
  });
  const longest = rows.reduce((most, { length }) => Math.max(most, length), 1);
  const data = new Int32Array(rows.length * longest).fill(-1);
  for (const [row, ids] of rows.entries()) data.set(ids, row * longest);
  const written = { data, rowShape: [longest] };
  if (!decoding) return { written };
  const perRecord = (values: number[]) => ({ data: Int32Array.from(values), rowShape: [] });
  return { written, passes: perRecord(passes), tokens: perRecord(tokens) };
}

async function search(
  logits: NextTokenLogits,
  prompts: readonly number[][],
  beams: number,
  options: { maximumTokens: number; stopIds: number[] },
): Promise<Written[]> {
  if (beams === 1) return greedy(logits, prompts, options);
  return (await beamSearch(logits, prompts, { ...options, beams })).map(([best]) => best as Written);
}

/** The ids of each row of `written`. */
export function writtenIds({ data, rowShape }: OutputRows[string]): number[][] {
  const longest = rowShape[0] as number;
  return Array.from({ length: data.length / longest }, (_, row) =>
    Array.from(data.subarray(row * longest, (row + 1) * longest)).filter((id) => id >= 0),
  );
}
