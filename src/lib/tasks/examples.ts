/**
 * @file Records made ready for a network: token ids, targets, and the pictures that a condition shows. Batches come
 * out as tensors. Every batch of one record set has the same shapes, so that one compilation serves them all.
 */
import {
  type AnyRecord,
  assignPictures,
  type Condition,
  groupOf,
  type PictureChoice,
  type RecordSet,
} from '../data';
import { tf } from '../engine';
import { InputError } from '../errors';
import type { EncodedBatch, Tokenizer } from '../text';
import { type PictureStatistics, PictureStore, transformPicture } from '../vision';
import type { Batch, BatchSource } from './source';
import type { FittedTask, TargetArray } from './task';

/** Lengths are rounded up to a multiple of this, so that record sets of about the same length share a compilation. */
const LENGTH_STEP = 4;

export interface ExamplesOptions {
  task: FittedTask;
  tokenizer: Tokenizer;
  /** Longest text in tokens that the network takes. */
  maxLength: number;
  /** Side of the pictures in pixels; `null` for a text-only model. */
  imageSize: number | null;
  /** Decoded pictures, shared by record sets. */
  store?: PictureStore;
  /** Which picture each record is shown. */
  condition?: Condition;
  /** Equal keys, equal pictures, as `checkRecords` gives them; paths by default. */
  contentKeys?: readonly (string | null)[];
  /** For conditions that draw lots. */
  seed?: number;
  /** For conditions `mean` and `noise`: of the training pictures. */
  statistics?: PictureStatistics | null;
  /** Without targets: for prediction. */
  unlabelled?: boolean;
}

/** A record set ready for batches. */
export class Examples<R extends AnyRecord = AnyRecord> implements BatchSource {
  private readonly encoded: EncodedBatch;
  private readonly targets: Record<string, TargetArray>;
  private readonly choices: PictureChoice[] | null;
  private readonly store: PictureStore | null;

  /** Throws an `InputError` where a text is too long, a target is wrong, or the condition cannot be met. */
  constructor(
    readonly set: RecordSet<R>,
    private readonly options: ExamplesOptions,
  ) {
    const { task, imageSize, condition = 'right', contentKeys = set.pictures, seed = 1 } = options;
    this.encoded = encodeTexts(set, options);
    this.targets = options.unlabelled ? {} : task.targets(set);
    if (imageSize === null) {
      this.choices = null;
      this.store = null;
      return;
    }
    const labels = set.records.map((record) => String((record as { label?: unknown }).label));
    this.choices = assignPictures(condition, contentKeys, seed, labels);
    this.store = options.store ?? new PictureStore({ size: imageSize });
  }

  get count(): number {
    return this.set.records.length;
  }

  /** Tokens T of each row. */
  get length(): number {
    return this.encoded.shape[1];
  }

  /** Starts decoding the pictures of rows that will be asked for soon. */
  prefetch(rows: Int32Array): void {
    this.store?.prefetch(this.paths(rows));
  }

  /** The batch of these rows. Dispose of its tensors. */
  async batch(rows: Int32Array): Promise<Batch> {
    const { shape, ids, attentionMask, tokenTypeIds } = this.encoded;
    const time = shape[1];
    const integers = (source: Int32Array) =>
      tf.tensor2d(takeRows(source, rows, time), [rows.length, time], 'int32');
    const inputs: Batch['inputs'] = {
      ids: integers(ids),
      mask: integers(attentionMask),
      tokenTypes: integers(tokenTypeIds),
    };
    if (this.store) {
      const { height, width } = this.store;
      inputs.pixels = tf.tensor4d(await this.pixels(rows), [rows.length, height, width, 3]);
      inputs.picturePresent = tf.tensor1d(
        Float32Array.from(rows, (row) => Number(this.choices?.[row]?.source !== null)),
      );
    }
    const targets = Object.fromEntries(
      Object.entries(this.targets).map(([name, { data, rowShape }]) => {
        const size = rowShape.reduce((a, b) => a * b, 1);
        const dtype = data instanceof Int32Array ? 'int32' : 'float32';
        return [name, tf.tensor(takeRows(data, rows, size), [rows.length, ...rowShape], dtype)];
      }),
    );
    return { inputs, targets };
  }

  /** The group of each record, or the value of `field`. Throws an `InputError` where a record lacks the field. */
  clusters(field?: string): string[] {
    return this.set.records.map((record, row) => {
      if (!field) return groupOf(record, row);
      const value = (record as Record<string, unknown>)[field];
      if (typeof value === 'string' || typeof value === 'number') return String(value);
      throw new InputError(
        `${this.set.file}:${this.set.lines[row]}: no field ${field} to cluster by; name a field that every record has`,
      );
    });
  }

  private paths(rows: Int32Array): (string | null)[] {
    return Array.from(rows, (row) => {
      const source = this.choices?.[row]?.source ?? null;
      return source === null ? null : (this.set.pictures[source] ?? null);
    });
  }

  private async pixels(rows: Int32Array): Promise<Float32Array> {
    const store = this.store as PictureStore;
    const pixels = await store.batch(this.paths(rows));
    const size = store.height * store.width * 3;
    const { statistics, seed = 1 } = this.options;
    for (const [place, row] of rows.entries()) {
      const transform = this.choices?.[row]?.transform ?? 'none';
      if (transform === 'none') continue;
      const known = statistics ?? blankStatistics(store, transform);
      transformPicture(pixels.subarray(place * size, (place + 1) * size), transform, row, {
        seed,
        statistics: known,
      });
    }
    return pixels;
  }
}

/** Transforms that look at no training picture can do without their statistics. */
function blankStatistics({ height, width }: PictureStore, transform: string): PictureStatistics {
  if (transform === 'mean' || transform === 'noise') {
    throw new InputError(
      `condition ${transform}: the model was trained without pictures, so there are no training pictures to take it from`,
    );
  }
  const mean = new Float32Array(height * width * 3);
  return { height, width, mean, channelMean: [0, 0, 0], channelDeviation: [0, 0, 0] };
}

function encodeTexts<R extends AnyRecord>(
  set: RecordSet<R>,
  { task, tokenizer, maxLength }: ExamplesOptions,
): EncodedBatch {
  const texts = set.records.map((record) => task.text(record));
  const free = tokenizer.encodeBatch(texts, { maxLength: Number.MAX_SAFE_INTEGER });
  const longest = free.lengths.reduce((a, b) => Math.max(a, b), 1);
  if (longest > maxLength) {
    const row = free.lengths.indexOf(longest);
    throw new InputError(
      `${set.file}:${set.lines[row]}: the text has ${longest} tokens and the network takes ${maxLength}; shorten it, or raise model.text.maxPositionEmbeddings`,
    );
  }
  const padTo = Math.min(maxLength, Math.ceil(longest / LENGTH_STEP) * LENGTH_STEP);
  return tokenizer.encodeBatch(texts, { maxLength, padTo });
}

function takeRows<A extends Int32Array | Float32Array>(source: A, rows: Int32Array, size: number): A {
  const out =
    source instanceof Int32Array ? new Int32Array(rows.length * size) : new Float32Array(rows.length * size);
  for (const [place, row] of rows.entries())
    out.set(source.subarray(row * size, (row + 1) * size), place * size);
  return out as A;
}
