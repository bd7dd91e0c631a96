/**
 * @file The next token's logits from a causal network, with or without a picture. A prompt is read whole once; what
 * its layers keep of it (keys and values) stands in a cache on the host, and each token after it is one short step:
 *
 *     logits, k, v = step(id, cache);   cache[length] = k, v
 *
 * A row of the batch has its own length and place, so prompts of unequal lengths stand side by side with nothing
 * between them. The step gives back the new keys and values alone, and the host writes them behind the others: on a
 * CPU several times quicker than a cache that the graph rewrites. Rows are padded to 1, 2, 4, … and the room of the
 * cache to 64, 128, …, so that few shapes are compiled. The picture is seen once a source, the relevance gate asked
 * once a prompt. The decoder of an encoder–decoder network steps in the same way, beside what the encoder said of the
 * prompt (`Memories`). A row that has outgrown the window is read anew from its last ids at each step, since its positions
 * change; so is every row where `cache` is off.
 */
import { tf } from '../engine';
import { GuidedNetwork } from '../fusion';
import type { ParameterScope } from '../nn';
import type { TextNetwork, Tokenizer } from '../text';
import { compileReading, type ReadingFunctions, type Tensors } from './compiled-reading';
import { explainNaN } from './explain-nan';
import { KeyValueCache } from './key-value-cache';
import { Memories } from './memories';
import type { ContextRow, LogitsWithStates, NextTokenLogits } from './next-token-logits';
import { atLeast, paddedRows } from './padding';
import { SeenPictures, type ShownPictures } from './seen-pictures';

export interface LanguageModel {
  network: TextNetwork;
  parameters: ParameterScope & { variables(): tf.Variable[] };
  tokenizer: Tokenizer;
  /** The network that reads the text beside a picture; left out where there is only text. */
  guided?: GuidedNetwork;
  /** Whether it learned to do without a picture too: the text-only branch that guidance contrasts with. */
  knowsNoPicture?: boolean;
  /** How a prompt becomes ids, and which id ends the answer, where the model was trained to answer. */
  format?: { prompt(text: string): number[]; readonly endId: number };
}

export interface NetworkLogitsOptions {
  /** Bounds the context, in tokens. */
  window?: number;
  /** Keep keys and values; true by default. Without it every call reads every row whole. */
  cache?: boolean;
}

const SMALLEST_ROOM = 64;
const TEXT_ALONE = { vision: null, fusion: { kind: 'none' }, pooling: 'mean' } as const;

export interface PictureOptions {
  /** 0 or 1 in place of what a relevance gate says. */
  relevance?: 0 | 1 | null;
}

export class NetworkLogits implements NextTokenLogits {
  readonly vocabularySize: number;
  readonly maxLength: number;
  readonly slides: boolean;
  readonly longestPrompt?: number;
  private readonly network: GuidedNetwork;
  private readonly functions: ReadingFunctions;
  private readonly pictures: SeenPictures;
  private readonly memories: Memories | null;
  private readonly isOwner: boolean;
  /** Of the rows of the last call; `null` before the first and where there is none. */
  private cache: KeyValueCache | null = null;
  /** Calls take turns: two texts that are written at once share the cache, and each finds whether it is its own. */
  private lastCall: Promise<unknown> = Promise.resolve();

  /** Throws a `TypeError` where the network sees both sides and has no decoder. */
  constructor(
    private readonly model: Pick<LanguageModel, 'network' | 'parameters' | 'guided'>,
    private readonly options: NetworkLogitsOptions = {},
    shared: { functions: ReadingFunctions; pictures: SeenPictures } | null = null,
  ) {
    const { network, parameters, guided } = model;
    const { decoder } = network;
    const longest = decoder?.maxLength ?? network.maxLength;
    const { window = longest } = options;
    if (!network.causal && !decoder) {
      throw new TypeError('the network sees both sides of a token, and cannot write');
    }
    if (!(Number.isInteger(window) && window >= 1)) {
      throw new RangeError(`window: expected a whole number ≥ 1, got ${window}`);
    }
    this.vocabularySize = network.vocabularySize;
    this.maxLength = Math.min(window, longest);
    this.slides = !decoder;
    if (decoder) this.longestPrompt = network.maxLength;
    this.network = guided ?? new GuidedNetwork({ text: network.config, ...TEXT_ALONE });
    this.isOwner = shared === null;
    this.functions = shared?.functions ?? compileReading(this.network, parameters);
    this.pictures = shared?.pictures ?? new SeenPictures(this.network, parameters);
    const { encode } = this.functions;
    this.memories = encode ? new Memories(this.network, encode) : null;
  }

  /**
   * The same model looking at pictures, one a prompt (`null`: none). What has been compiled is shared; dispose of this
   * one alone, when nothing is written with either any more. Throws a `TypeError` where the model does not look.
   */
  withPictures(pictures: ShownPictures, { relevance = null }: PictureOptions = {}): NetworkLogits {
    return new NetworkLogits(this.model, this.options, {
      functions: this.functions,
      pictures: this.pictures.showing(pictures, relevance),
    });
  }

  /** Logits [V] of the token after each row. Throws a `RangeError` where a row is empty or an id has no row in the table. */
  async next(rows: readonly ContextRow[]): Promise<Float32Array[]> {
    return (await this.inTurn(rows, null)).logits;
  }

  nextWithStates(rows: readonly ContextRow[], which: 'all' | 'last'): Promise<LogitsWithStates> {
    return this.inTurn(rows, which);
  }

  dispose(): void {
    this.cache?.dispose();
    this.cache = null;
    this.memories?.dispose();
    this.pictures.dispose(); // its own tensors; what has been compiled only where it is the owner
    if (!this.isOwner) return;
    for (const compiled of Object.values(this.functions)) compiled.dispose();
  }

  private inTurn(rows: readonly ContextRow[], states: 'all' | 'last' | null): Promise<LogitsWithStates> {
    const result = this.lastCall.then(() => this.ask(rows, states));
    this.lastCall = result.catch(() => {});
    return result;
  }

  private async ask(rows: readonly ContextRow[], states: 'all' | 'last' | null): Promise<LogitsWithStates> {
    for (const [i, row] of rows.entries()) this.check(row, i);
    await this.pictures.look(rows);
    const { decoder } = this.network.text;
    if (!decoder || !this.memories) return this.decode(rows, states);
    await this.memories.look(rows, this.pictures);
    return this.decode(this.memories.rows(rows, decoder.startId), states);
  }

  /** `rows` as the network that writes reads them. */
  private decode(rows: readonly ContextRow[], states: 'all' | 'last' | null): Promise<LogitsWithStates> {
    const { cache, maxLength } = this;
    if (cache && states !== 'all' && rows.every((row) => row.ids.length <= maxLength && cache.holds(row))) {
      return this.step(rows, cache);
    }
    this.cache?.dispose();
    this.cache = null;
    const keeps = this.options.cache !== false && rows.every(({ ids }) => ids.length <= maxLength);
    return this.read(rows, states, keeps);
  }

  /** Reads every row whole. */
  private async read(
    rows: readonly ContextRow[],
    states: 'all' | 'last' | null,
    keeps: boolean,
  ): Promise<LogitsWithStates> {
    const { ids, last, lengths, time } = this.pack(rows);
    const inputs = { ids, last, ...this.beside(rows, ids.shape[0] as number) };
    const { functions } = this;
    const [plain, withStates] = keeps
      ? [functions.prefill, functions.prefillWithStates]
      : [functions.read, functions.readWithStates];
    const found = await (states ? withStates : plain)(inputs);
    await this.refuseNaN(rows, found);
    const result = this.results(rows, found, (i, all, width) => {
      const first = states === 'all' ? 0 : (lengths[i] as number) - 1;
      return all.slice((i * time + first) * width, (i * time + (lengths[i] as number)) * width);
    });
    if (keeps) {
      const pictureTokens = this.memories ? 0 : this.pictures.tokens;
      this.cache = KeyValueCache.of(found, {
        rows: rows.map(({ ids }) => ids),
        pictureTokens,
        smallestRoom: SMALLEST_ROOM,
        mostRoom: this.maxLength + pictureTokens,
      });
    }
    tf.dispose([ids, last, found]);
    return result;
  }

  /** One id more of each row. */
  private async step(rows: readonly ContextRow[], cache: KeyValueCache): Promise<LogitsWithStates> {
    const batch = atLeast(1, rows.length);
    cache.goOn(rows, batch);
    const ids = new Int32Array(batch);
    for (const [i, { ids: all }] of rows.entries()) ids[i] = all.at(-1) as number;
    const own = {
      ids: tf.tensor2d(ids, [batch, 1], 'int32'),
      lengths: tf.tensor1d(cache.lengths, 'int32'),
    };
    const inputs = { ...own, ...this.beside(rows, batch) };
    const found = await this.functions.step(inputs, cache.keys, cache.values);
    await this.refuseNaN(rows, found);
    cache.add(found, rows);
    const result = this.results(rows, found, (i, all, width) => all.slice(i * width, (i + 1) * width));
    tf.dispose([own, found]);
    return result;
  }

  /** What the tokens are read beside: the picture, or what an encoder said of prompt and picture. */
  private beside(rows: readonly ContextRow[], batch: number): Tensors {
    return (this.memories ?? this.pictures).tensors(rows, batch);
  }

  private results(
    rows: readonly ContextRow[],
    { logits, states }: Tensors,
    statesOf: (row: number, all: Float32Array, width: number) => Float32Array,
  ): LogitsWithStates {
    const size = this.vocabularySize;
    const values = (logits as tf.Tensor).dataSync() as Float32Array;
    const all = states ? (states.dataSync() as Float32Array) : null;
    const width = states?.shape.at(-1) ?? 0;
    return {
      logits: rows.map((_, i) => values.slice(i * size, (i + 1) * size)),
      states: all ? rows.map((_, i) => statesOf(i, all, width)) : [],
      width,
    };
  }

  private async refuseNaN(rows: readonly ContextRow[], { logits }: Tensors): Promise<void> {
    const values = (logits as tf.Tensor).dataSync();
    let at = 0;
    while (at < values.length && !Number.isNaN(values[at])) at++; // every token: no call a number
    const row = rows[Math.floor(at / this.vocabularySize)];
    if (at < values.length && row)
      await explainNaN(this.network, this.model.parameters, row.ids.slice(-this.maxLength));
  }

  private check({ ids }: ContextRow, row: number): void {
    if (ids.length === 0) throw new RangeError(`row ${row}: the context needs a token to begin with`);
    const wrong = ids.find((id) => !(Number.isInteger(id) && id >= 0 && id < this.vocabularySize));
    if (wrong === undefined) return;
    throw new RangeError(
      `row ${row}: id ${wrong}; the network's vocabulary has 0 to ${this.vocabularySize - 1}`,
    );
  }

  /** Rows as ids [B', T'], and where in B'·T' each row ends. */
  private pack(rows: readonly ContextRow[]) {
    const contexts = rows.map(({ ids }) => ids.slice(-this.maxLength));
    const lengths = contexts.map((context) => context.length);
    const { ids, mask, batch, time } = paddedRows(contexts, this.maxLength);
    mask.dispose(); // what stands behind a token is not seen by it
    const last = new Int32Array(batch);
    for (const [i, length] of lengths.entries()) last[i] = i * time + length - 1;
    return { ids, last: tf.tensor1d(last, 'int32'), lengths, time };
  }
}
