/**
 * @file The next token's logits from a causal text network without a cache: every call reads every row whole, in one
 * compiled function a shape. Rows are padded on the right (what stands behind a token is not seen by it) to 16, 32,
 * 64, … ids, and their number to 1, 2, 4, …, so that few shapes are compiled. A row longer than the window is read
 * from its last ids.
 */
import { type Compiled, compile, tf } from '../engine';
import type { ParameterScope } from '../nn';
import type { TextNetwork, Tokenizer } from '../text';
import type { ContextRow, LogitsWithStates, NextTokenLogits } from './next-token-logits';

export interface LanguageModel {
  network: TextNetwork;
  parameters: ParameterScope & { variables(): tf.Variable[] };
  tokenizer: Tokenizer;
}

const SHORTEST = 16;

export class NetworkLogits implements NextTokenLogits {
  readonly vocabularySize: number;
  readonly maxLength: number;
  readonly slides = true;
  private readonly step: Compiled<[tf.Tensor, tf.Tensor], tf.Tensor>;
  private readonly stepWithStates: Compiled<[tf.Tensor, tf.Tensor], [tf.Tensor, tf.Tensor]>;

  /** Throws a `TypeError` where the network sees both sides. `window` bounds the context, in tokens. */
  constructor(
    { network, parameters }: Pick<LanguageModel, 'network' | 'parameters'>,
    window: number = network.maxLength,
  ) {
    if (!network.causal) throw new TypeError('the network sees both sides of a token, and cannot write');
    if (!(Number.isInteger(window) && window >= 1)) {
      throw new RangeError(`window: expected a whole number ≥ 1, got ${window}`);
    }
    this.vocabularySize = network.vocabularySize;
    this.maxLength = Math.min(window, network.maxLength);
    const state = parameters.variables();
    const forward = (ids: tf.Tensor, last: tf.Tensor): [tf.Tensor, tf.Tensor] => {
      const { states } = network.forward(parameters, { ids }); // [B, T, D]
      const flat = tf.reshape(states, [-1, network.width]);
      const ends = tf.gather(flat, last as tf.Tensor1D); // [B, D]
      return [network.languageModel.logits(parameters, ends), states];
    };
    this.step = compile((ids, last) => forward(ids, last)[0], { state, name: 'next token' });
    this.stepWithStates = compile(forward, { state, name: 'next token with its states' });
  }

  /** Logits [V] of the token after each row. Throws a `RangeError` where a row is empty or an id has no row in the table. */
  async next(rows: readonly ContextRow[]): Promise<Float32Array[]> {
    const { ids, last } = this.pack(rows);
    const logits = await this.step(ids, last);
    const values = (await logits.data()) as Float32Array;
    tf.dispose([ids, last, logits]);
    return rows.map((_, i) => this.row(values, i));
  }

  async nextWithStates(rows: readonly ContextRow[], which: 'all' | 'last'): Promise<LogitsWithStates> {
    const { ids, last, lengths, time } = this.pack(rows);
    const [logits, states] = await this.stepWithStates(ids, last);
    const values = (await logits.data()) as Float32Array;
    const all = (await states.data()) as Float32Array;
    const width = states.shape[2] as number;
    tf.dispose([ids, last, logits, states]);
    return {
      logits: rows.map((_, i) => this.row(values, i)),
      states: lengths.map((length, i) => {
        const first = which === 'all' ? 0 : length - 1;
        return all.slice((i * time + first) * width, (i * time + length) * width);
      }),
    };
  }

  dispose(): void {
    this.step.dispose();
    this.stepWithStates.dispose();
  }

  private row(values: Float32Array, i: number): Float32Array {
    return values.slice(i * this.vocabularySize, (i + 1) * this.vocabularySize);
  }

  /** Rows as ids [B', T'], and where in B'·T' each row ends. */
  private pack(rows: readonly ContextRow[]) {
    const contexts = rows.map(({ ids }, i) => {
      if (ids.length === 0) throw new RangeError(`row ${i}: the context needs a token to begin with`);
      return ids.slice(-this.maxLength);
    });
    const lengths = contexts.map((context) => context.length);
    const time = Math.min(this.maxLength, atLeast(SHORTEST, Math.max(...lengths)));
    const batch = atLeast(1, rows.length);
    const ids = new Int32Array(batch * time);
    const last = new Int32Array(batch);
    for (const [i, context] of contexts.entries()) {
      for (const id of context) {
        if (!(Number.isInteger(id) && id >= 0 && id < this.vocabularySize)) {
          throw new RangeError(
            `row ${i}: id ${id}; the network's vocabulary has 0 to ${this.vocabularySize - 1}`,
          );
        }
      }
      ids.set(context, i * time);
      last[i] = i * time + context.length - 1;
    }
    return {
      ids: tf.tensor2d(ids, [batch, time], 'int32'),
      last: tf.tensor1d(last, 'int32'),
      lengths,
      time,
    };
  }
}

/** The first of `start`, 2·start, 4·start, … that is at least `value`. */
function atLeast(start: number, value: number): number {
  let size = start;
  while (size < value) size *= 2;
  return size;
}
