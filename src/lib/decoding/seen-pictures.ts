/**
 * @file The pictures that prompts are written about: each is seen once by the vision network, and the relevance gate,
 * where there is one, is asked once, about the prompt. A prompt without a picture is shown the learned "no picture".
 */
import { type Compiled, compile, tf } from '../engine';
import type { GuidedNetwork, Seen } from '../fusion';
import type { ParameterScope } from '../nn';
import { pictureShape } from '../vision';
import type { ContextRow } from './next-token-logits';
import { atLeast, paddedRows } from './padding';

/** What the vision network takes, by prompt: pixels [S, S, 3] in [0, 1], or features [1 + P, D]; `null`: no picture. */
export type ShownPictures = readonly (Float32Array | null)[];

interface Functions {
  see: Compiled<[tf.Tensor], Seen>;
  open: Compiled<[{ [name: string]: tf.Tensor }], tf.Tensor>;
}

/** Pictures are seen so many at a time. */
const TOGETHER = 16;

export class SeenPictures {
  /** Picture tokens in each row of the cache. */
  readonly tokens: number;
  private readonly functions: Functions;
  private readonly isOwner: boolean;
  /** [P·Dv] and [Dv] by prompt. */
  private readonly patches: Float32Array[] = [];
  private readonly pooled: Float32Array[] = [];
  private shape: number[] = [];
  /** How much of each prompt's picture counts. */
  private readonly present = new Map<number, number>();
  /** Tensors of the last call's rows. */
  private given: { key: string; tensors: { [name: string]: tf.Tensor } } | null = null;

  constructor(
    private readonly network: GuidedNetwork,
    private readonly parameters: ParameterScope & { variables(): tf.Variable[] },
    private readonly pictures: ShownPictures = [],
    functions: Functions | null = null,
    private readonly forced: 0 | 1 | null = null,
  ) {
    if (pictures.some((picture) => picture !== null) && !network.vision) {
      throw new TypeError('the model was trained on text alone, and cannot be shown a picture');
    }
    this.tokens = network.pictureTokenCount;
    this.isOwner = functions === null;
    const state = parameters.variables();
    this.functions = functions ?? {
      see: compile((pixels) => network.see(parameters, pixels) as Seen, { state, name: 'seeing' }),
      open: compile(
        (inputs) => {
          const { ids, promptMask, patches, visionPooled } = inputs as Record<string, tf.Tensor>;
          return network.relevance(
            parameters,
            { ids: ids as tf.Tensor, mask: promptMask, promptMask },
            { patches: patches as tf.Tensor, visionPooled: visionPooled as tf.Tensor },
          );
        },
        { state, name: 'relevance gate' },
      ),
    };
  }

  /** Others, with the same compiled functions; `forced` is said in place of the gate. */
  showing(pictures: ShownPictures, forced: 0 | 1 | null = null): SeenPictures {
    return new SeenPictures(this.network, this.parameters, pictures, this.functions, forced);
  }

  /** Sees what the rows need. Throws a `RangeError` where a picture has another size than the network's. */
  async look(rows: readonly ContextRow[]): Promise<void> {
    const { vision } = this.network;
    if (!vision) return;
    const most = Math.max(...rows.map(({ source }) => source)) + 1;
    for (let from = this.patches.length; from < most; from += TOGETHER) {
      await this.see(from, Math.min(from + TOGETHER, most), pictureShape(vision));
    }
    const unopened = rows.filter(({ source, parent }) => parent === null || !this.present.has(source));
    if (unopened.length > 0) await this.open(unopened);
  }

  /** `patches`, `visionPooled` and `present` of a batch whose first rows these are; belong to this. */
  tensors(rows: readonly ContextRow[], batch: number): { [name: string]: tf.Tensor } {
    if (!this.network.vision) return {};
    const sources = Array.from({ length: batch }, (_, i) => (rows[i] ?? (rows[0] as ContextRow)).source);
    const key = sources.join();
    if (this.given?.key === key) return this.given.tensors;
    this.forget();
    const present = Float32Array.from(sources, (source) => this.present.get(source) ?? 0);
    this.given = { key, tensors: { ...this.seenTensors(sources), present: tf.tensor1d(present) } };
    return this.given.tensors;
  }

  dispose(): void {
    this.forget();
    if (!this.isOwner) return;
    this.functions.see.dispose();
    this.functions.open.dispose();
  }

  private forget(): void {
    if (this.given) tf.dispose(this.given.tensors);
    this.given = null;
  }

  private seenTensors(sources: readonly number[]): { patches: tf.Tensor; visionPooled: tf.Tensor } {
    const rows = (arrays: readonly Float32Array[], shape: number[]) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const all = new Float32Array(sources.length * size);
      for (const [i, source] of sources.entries()) all.set(arrays[source] as Float32Array, i * size);
      return tf.tensor(all, [sources.length, ...shape]);
    };
    return { patches: rows(this.patches, this.shape), visionPooled: rows(this.pooled, this.shape.slice(1)) };
  }

  private async see(from: number, to: number, shape: number[]): Promise<void> {
    const size = shape.reduce((a, b) => a * b, 1);
    const batch = atLeast(1, to - from);
    const pixels = new Float32Array(batch * size);
    for (let source = from; source < to; source++) {
      const picture = this.pictures[source] ?? null;
      if (!picture) continue;
      if (picture.length !== size) {
        throw new RangeError(
          `picture ${source}: ${picture.length} numbers; the vision network looks at ${shape.join(' × ')}`,
        );
      }
      pixels.set(picture, (source - from) * size);
    }
    const input = tf.tensor(pixels, [batch, ...shape]);
    const { patches, visionPooled } = await this.functions.see(input);
    this.shape = patches.shape.slice(1);
    for (const [tensor, kept] of [
      [patches, this.patches],
      [visionPooled, this.pooled],
    ] as const) {
      const all = tensor.dataSync() as Float32Array;
      const one = all.length / batch;
      for (let i = 0; i < to - from; i++) kept.push(all.slice(i * one, (i + 1) * one));
    }
    tf.dispose([input, patches, visionPooled]);
  }

  /** Asks the gate about prompts that have just come. */
  private async open(rows: readonly ContextRow[]): Promise<void> {
    this.forget(); // the same pictures may count otherwise beside other prompts
    const { network } = this;
    const shown = (source: number) => Number((this.pictures[source] ?? null) !== null);
    const asks = network.config.gate && this.forced === null;
    const asked = asks
      ? rows.filter(({ source }, i) => shown(source) && rows.findIndex((row) => row.source === source) === i)
      : [];
    for (const { source } of rows) {
      this.present.set(source, shown(source) * (network.config.gate ? (this.forced ?? 1) : 1));
    }
    if (asked.length === 0) return;
    const longest = network.text.maxLength;
    const { ids, mask, batch } = paddedRows(
      asked.map((row) => row.ids.slice(-longest)),
      longest,
    );
    const sources = Array.from({ length: batch }, (_, i) => (asked[i] ?? (asked[0] as ContextRow)).source);
    const inputs = { ids, promptMask: mask, ...this.seenTensors(sources) };
    const open = await this.functions.open(inputs);
    const values = open.dataSync();
    for (const [i, { source }] of asked.entries()) this.present.set(source, values[i] as number);
    tf.dispose([inputs, open]);
  }
}
