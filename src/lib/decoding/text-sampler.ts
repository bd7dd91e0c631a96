/**
 * @file Text from a causal language model, token by token: the model's distribution over the next token, made sharper or
 * flatter by a temperature τ, cut to the k likeliest, and drawn from:
 *
 *     p(token) = softmax(logits / τ),   τ → 0: always the likeliest
 *
 * Every token reads the whole context again, in one compiled function of one shape; a text longer than the network
 * takes goes on from its last tokens. Left out: a cache of keys and values, and every other rule of choice.
 */
import { type Compiled, compile, tf } from '../engine';
import type { ParameterScope } from '../nn';
import { Generator } from '../random';
import type { TextNetwork, Tokenizer } from '../text';

export interface SampleOptions {
  /** Tokens to write at most. */
  tokens: number;
  /** τ ≥ 0; 0 is greedy. */
  temperature?: number;
  /** Only the `topK` likeliest tokens are drawn from. */
  topK?: number;
  seed?: number;
  /** Ids after which the text ends; the tokenizer's end of text by default. They are not written. */
  stopAt?: readonly number[];
  /** Hears each piece of text as it is written. */
  onText?: (piece: string) => void;
}

export interface LanguageModel {
  network: TextNetwork;
  parameters: ParameterScope & { variables(): tf.Variable[] };
  tokenizer: Tokenizer;
}

export class TextSampler {
  private readonly length: number;
  private readonly next: Compiled<[tf.Tensor, tf.Tensor], tf.Tensor>;

  /** Throws a `TypeError` where the network sees both sides. `window` bounds the context, in tokens. */
  constructor(
    private readonly model: LanguageModel,
    window: number = model.network.maxLength,
  ) {
    const { network, parameters } = model;
    if (!network.causal) throw new TypeError('TextSampler: the network sees both sides, and cannot write');
    this.length = Math.min(window, network.maxLength);
    this.next = compile(
      (ids, last) => {
        const { states } = network.forward(parameters, { ids }); // [1, T, D]; what stands behind `last` is not seen
        const width = states.shape[2] as number;
        const state = tf.gather(tf.reshape(states, [this.length, width]), last as tf.Tensor1D);
        return tf.reshape(network.languageModel.logits(parameters, state), [network.vocabularySize]);
      },
      { state: parameters.variables(), name: 'next token' },
    );
  }

  /** Logits [V] of the token after `ids`, at least one. */
  async logits(ids: readonly number[]): Promise<Float32Array> {
    if (ids.length === 0) throw new RangeError('TextSampler: the context needs a token to begin with');
    const context = ids.slice(-this.length);
    const row = new Int32Array(this.length);
    row.set(context);
    const inputs = [
      tf.tensor2d(row, [1, this.length], 'int32'),
      tf.tensor1d([context.length - 1], 'int32'),
    ] as const;
    const logits = await this.next(...inputs);
    const values = (await logits.data()) as Float32Array;
    tf.dispose([logits, ...inputs]);
    return values;
  }

  /** What is written after `prompt`; an empty prompt begins at the tokenizer's beginning or end of text. */
  async write(prompt: string, options: SampleOptions): Promise<{ text: string; ids: number[] }> {
    const { tokenizer } = this.model;
    const { tokens, seed = 1, onText } = options;
    const stopAt = options.stopAt ?? (tokenizer.eosId === null ? [] : [tokenizer.eosId]);
    const generator = new Generator(seed, 'sample');
    const context = [...tokenizer.encode(prompt, null, { addSpecialTokens: false }).ids];
    if (context.length === 0) context.push(tokenizer.bosId ?? tokenizer.eosId ?? 0);
    const ids: number[] = [];
    let text = '';
    while (ids.length < tokens) {
      const id = choose(await this.logits([...context, ...ids]), options, generator);
      if (stopAt.includes(id)) break;
      ids.push(id);
      const written = tokenizer.decode(ids);
      if (written.endsWith('\uFFFD')) continue; // half a letter
      onText?.(written.slice(text.length));
      text = written;
    }
    return { text: tokenizer.decode(ids), ids };
  }

  dispose(): void {
    this.next.dispose();
  }
}

/** The id drawn from logits [V]. */
function choose(
  logits: Float32Array,
  { temperature = 1, topK = logits.length }: SampleOptions,
  generator: Generator,
): number {
  if (!(temperature >= 0)) throw new RangeError(`temperature: expected a number ≥ 0, got ${temperature}`);
  if (!(topK >= 1)) throw new RangeError(`topK: expected at least 1, got ${topK}`);
  const order = Array.from(logits.keys()).sort(
    (a, b) => (logits[b] as number) - (logits[a] as number) || a - b,
  );
  const likeliest = order[0] as number;
  if (temperature === 0) return likeliest;
  const kept = order.slice(0, topK);
  const highest = logits[likeliest] as number;
  const weights = kept.map((id) => Math.exp(((logits[id] as number) - highest) / temperature));
  let left = generator.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [i, id] of kept.entries()) {
    left -= weights[i] as number;
    if (left < 0) return id;
  }
  return kept[kept.length - 1] as number;
}
