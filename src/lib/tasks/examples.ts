/**
 * @file Records made ready for a network: token ids, targets, and the pictures that a condition shows. Batches come
 * out as tensors. Every batch of one record set has the same shapes, so that one compilation serves them all.
 */
import { type AnyRecord, assignPictures, type Condition, groupOf, type RecordSet } from '../data';
import { tf } from '../engine';
import { InputError } from '../errors';
import { Generator } from '../random';
import type { Tokenizer } from '../text';
import { type PictureStatistics, PictureStore, type PictureTransform, transformPicture } from '../vision';
import type { Batch, BatchSource } from './source';
import type { EncodedRecords, FittedTask, TargetArray } from './task';

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
  /** Share of the records that are shown no picture, another one in each draw; for training. */
  pictureDropout?: number;
  /** 0 or 1 in place of what a relevance gate says. */
  forcedRelevance?: 0 | 1 | null;
}

/** What one record is shown. */
interface ShownPicture {
  /** `null`: no picture. */
  path: string | null;
  transform: PictureTransform;
  /** Row of the record: its noise follows from it. */
  row: number;
  /** Equal numbers, equal pictures. */
  id: number;
}

/** A record set ready for batches. */
export class Examples<R extends AnyRecord = AnyRecord> implements BatchSource {
  /** Whether each record's picture is relevant, as the record says: 1, 0, or −1 where it says nothing [records]. */
  readonly relevant: Int32Array;
  /** A number for each row's picture [records]: equal numbers, equal pictures. `null` for a text-only model. */
  readonly pictureIds: Int32Array | null;
  private readonly encoded: EncodedRecords;
  private readonly shown: readonly ShownPicture[];
  private readonly store: PictureStore | null;

  /** Throws an `InputError` where a text is too long, a target is wrong, or the condition cannot be met. */
  constructor(
    readonly set: RecordSet<R>,
    private readonly options: ExamplesOptions,
    shown: readonly ShownPicture[] | null = null,
  ) {
    const { task, imageSize, condition = 'right', contentKeys = set.pictures, seed = 1 } = options;
    const { tokenizer, maxLength, unlabelled = false } = options;
    this.encoded = task.encode(set, { tokenizer, maxLength, unlabelled });
    this.relevant = Int32Array.from(set.records, ({ imageRelevant }) =>
      imageRelevant === undefined ? -1 : Number(imageRelevant),
    );
    this.store = imageSize === null ? null : (options.store ?? new PictureStore({ size: imageSize }));
    this.shown = shown ?? (this.store ? this.assigned(condition, contentKeys, seed) : []);
    this.pictureIds = this.store && Int32Array.from(this.shown, ({ id }) => id);
  }

  /** What each record is shown under a condition. */
  private assigned(
    condition: Condition,
    contentKeys: readonly (string | null)[],
    seed: number,
  ): ShownPicture[] {
    const { set } = this;
    const labels = set.records.map((record) => String((record as { label?: unknown }).label));
    const numbers = new Map<string, number>();
    return assignPictures(condition, contentKeys, seed, labels).map(({ source, transform }, row) => {
      const key = (source === null ? null : contentKeys[source]) ?? '';
      if (!numbers.has(key)) numbers.set(key, numbers.size);
      const path = source === null ? null : (set.pictures[source] ?? null);
      return { path, transform, row, id: numbers.get(key) as number };
    });
  }

  /** 0 or 1 in place of what a relevance gate says; `null`: the gate is asked. */
  get forcedRelevance(): 0 | 1 | null {
    return this.options.forcedRelevance ?? null;
  }

  get tokenizer(): Tokenizer {
    return this.options.tokenizer;
  }

  /** Other records, with the pictures that `rows` of these are shown. */
  like(set: RecordSet<R>, rows: readonly number[]): Examples<R> {
    const shown = this.store ? rows.map((row) => this.shown[row] as ShownPicture) : null;
    return new Examples(set, this.options, shown);
  }

  /** Whether any of the records is shown a picture. */
  get showsPictures(): boolean {
    return this.shown.some(({ path }) => path !== null);
  }

  /** The pictures of these rows, [S, S, 3] in [0, 1] each; `null`: none. Of a model that looks. */
  async pictures(rows: Int32Array): Promise<(Float32Array | null)[]> {
    const pixels = await this.pixels(rows);
    const size = pixels.length / rows.length;
    return Array.from(rows, (row, place) =>
      this.shown[row]?.path == null ? null : pixels.slice(place * size, (place + 1) * size),
    );
  }

  get count(): number {
    return this.set.records.length;
  }

  /** Tokens T of each row. */
  get length(): number {
    return (this.encoded.inputs.ids as TargetArray).rowShape[0] as number;
  }

  /** Starts decoding the pictures of rows that will be asked for soon. */
  prefetch(rows: Int32Array): void {
    this.store?.prefetch(this.paths(rows));
  }

  /** The batch of these rows. Dispose of its tensors. */
  async batch(rows: Int32Array, draw = 0, recordsPerPicture = 1): Promise<Batch> {
    const inputs = tensorsOf(this.encoded.inputs, rows) as Batch['inputs'];
    if (this.store) {
      const looked = this.sharedPictures(rows, recordsPerPicture);
      inputs.pixels = tf.tensor(await this.pixels(looked), [looked.length, ...this.store.shape]);
      inputs.picturePresent = tf.tensor1d(
        Float32Array.from(rows, (row) =>
          Number(this.shown[row]?.path !== null && !this.isLeftOut(row, draw)),
        ),
      );
      inputs.pictureId = tf.tensor1d(
        Int32Array.from(rows, (row) => this.shown[row]?.id ?? 0),
        'int32',
      );
      const { forcedRelevance: forced = null } = this.options;
      if (forced !== null) inputs.forcedRelevance = tf.fill([rows.length], forced);
    }
    const targets = tensorsOf(this.encoded.targets, rows);
    targets.relevant = tf.tensor1d(takeRows(this.relevant, rows, 1), 'int32');
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

  /** The first of each `each` rows in a row. Throws where they do not share its picture. */
  private sharedPictures(rows: Int32Array, each: number): Int32Array {
    if (each === 1) return rows;
    const first = (place: number) => rows[place - (place % each)] as number;
    const idOf = (row: number) => this.shown[row]?.id;
    const foreign = rows.findIndex((row, place) => idOf(row) !== idOf(first(place)));
    if (foreign >= 0 || rows.length % each !== 0) {
      throw new Error(`batch: ${each} rows in a row must share a picture, and row ${foreign} does not`);
    }
    return rows.filter((_, place) => place % each === 0);
  }

  private isLeftOut(row: number, draw: number): boolean {
    const { pictureDropout: share = 0, seed = 1 } = this.options;
    return share > 0 && new Generator(seed, 'picture dropout', draw, row).uniform() < share;
  }

  private paths(rows: Int32Array): (string | null)[] {
    return Array.from(rows, (row) => this.shown[row]?.path ?? null);
  }

  private async pixels(rows: Int32Array): Promise<Float32Array> {
    const store = this.store as PictureStore;
    const { statistics, seed = 1 } = this.options;
    return store.batch(this.paths(rows), undefined, (place) => {
      const { transform, row: key } = this.shown[rows[place] as number] as ShownPicture;
      if (transform === 'none') return null;
      const known = statistics ?? blankStatistics(store, transform);
      return (picture) => transformPicture(picture, transform, key, { seed, statistics: known });
    });
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

/** The chosen rows of each array, as tensors [rows, ...rowShape]. */
function tensorsOf(arrays: Record<string, TargetArray>, rows: Int32Array): { [name: string]: tf.Tensor } {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, { data, rowShape }]) => {
      const size = rowShape.reduce((a, b) => a * b, 1);
      const dtype = data instanceof Int32Array ? 'int32' : 'float32';
      return [name, tf.tensor(takeRows(data, rows, size), [rows.length, ...rowShape], dtype)];
    }),
  );
}

function takeRows<A extends Int32Array | Float32Array>(source: A, rows: Int32Array, size: number): A {
  const out =
    source instanceof Int32Array ? new Int32Array(rows.length * size) : new Float32Array(rows.length * size);
  for (const [place, row] of rows.entries())
    out.set(source.subarray(row * size, (row + 1) * size), place * size);
  return out as A;
}
