/**
 * @file Training records as they are changed in each epoch. What is done to a record is a pure function of the seed, the
 * epoch and its row, so that a run resumed sees what the run never killed would have seen. Rows stay as long as they
 * were at most, and the longest stay as they are: every batch has the shapes of the records unchanged.
 */
import type { AnyRecord, NerRecord, RecordSet } from '../data';
import { tf } from '../engine';
import { Generator } from '../random';
import type { Examples } from '../tasks/examples';
import type { Batch, BatchSource } from '../tasks/source';
import { type AugmentationConfig, changesPictures } from './config';
import { type EntityNames, entityNames, exchangeEntities } from './entity-exchange';
import { type WordKind, wordKinds } from './label-words';
import { mirroredRecord } from './mirrored';
import { changePicture, drawPictureChange, isIdentity, type PictureChange } from './pictures';
import { fits, longestOf, longestRows, type RecordLengths, recordLengths } from './record-lengths';
import { rewriteRecord } from './rewrite-record';
import type { Synonyms } from './synonyms';

export interface AugmentationOptions {
  config: AugmentationConfig;
  /** For `config.text.synonyms`. */
  synonyms: Synonyms | null;
  seed: number;
  /** Whether the model looks at pictures. */
  looks: boolean;
}

export class AugmentedSource implements BatchSource {
  private readonly kinds: ReadonlySet<WordKind>[];
  private readonly labels: ReadonlySet<unknown>;
  /** `null` where none are exchanged. */
  private readonly names: EntityNames | null;
  private readonly longest: RecordLengths;
  private readonly stays: ReadonlySet<number>;
  private epoch: { draw: number; examples: Examples } | null = null;

  constructor(
    private readonly examples: Examples,
    private readonly options: AugmentationOptions,
  ) {
    const { records } = examples.set;
    this.kinds = records.map(wordKinds);
    this.labels = new Set(records.map(labelOf));
    const exchanges = options.config.text.entityExchange > 0;
    this.names = exchanges ? entityNames(records as readonly AnyRecord[] as readonly NerRecord[]) : null;
    const lengths = this.changesTexts ? records.map((record) => this.lengthsOf(record)) : [];
    this.longest = longestOf(lengths);
    this.stays = longestRows(lengths);
  }

  get count(): number {
    return this.examples.count;
  }

  get relevant(): Int32Array {
    return this.examples.relevant;
  }

  get pictureIds(): Int32Array | null {
    return this.examples.pictureIds;
  }

  clusters(field?: string): string[] {
    return this.examples.clusters(field);
  }

  prefetch(rows: Int32Array): void {
    this.examples.prefetch(rows);
  }

  async batch(rows: Int32Array, draw = 0, recordsPerPicture = 1): Promise<Batch> {
    const batch = await this.examplesOf(draw).batch(rows, draw, recordsPerPicture);
    const { pixels } = batch.inputs;
    if (!pixels || !changesPictures(this.options.config.pictures)) return batch;
    batch.inputs.pixels = await this.changedPixels(pixels, rows, draw);
    pixels.dispose();
    return batch;
  }

  /** What is done to the picture at `row` in epoch `draw`, and the record that it then belongs to. */
  pictureChange(row: number, draw: number): { change: PictureChange; record: AnyRecord } {
    const { config, seed, looks } = this.options;
    const { records, pictures } = this.examples.set;
    const record = records[row] as AnyRecord;
    const kinds = this.kinds[row] as ReadonlySet<WordKind>;
    const generator = new Generator(seed, 'picture augmentation', draw, row);
    const change = drawPictureChange(config.pictures, kinds, generator);
    if (!looks || pictures[row] === null) change.flip = false;
    if (!change.flip || !kinds.has('sides')) return { change, record };
    const mirrored = mirroredRecord(record);
    // An answer that no record has cannot be learned, and a longer text has no room.
    if (this.labels.has(labelOf(mirrored)) && this.hasRoom(mirrored, row))
      return { change, record: mirrored };
    return { change: { ...change, flip: false }, record };
  }

  /** The record at `row` as it is read in epoch `draw`. */
  record(row: number, draw: number): AnyRecord {
    const { config, seed, synonyms } = this.options;
    const { record } = this.pictureChange(row, draw);
    if (config.text.wordDropout === 0 && !synonyms && !this.names) return record;
    const exchanged = this.exchanged(record, row, draw);
    const generator = new Generator(seed, 'text augmentation', draw, row);
    const { task } = this.examples.set;
    const rewritten = rewriteRecord(task, exchanged, { ...config.text, synonyms }, generator);
    return this.hasRoom(rewritten, row) ? rewritten : record;
  }

  /** A name that a picture shows stays: another one would not be what is seen. */
  private exchanged(record: AnyRecord, row: number, draw: number): AnyRecord {
    const { config, seed, looks } = this.options;
    if (!this.names || (looks && this.examples.set.pictures[row] !== null)) return record;
    const generator = new Generator(seed, 'entity exchange', draw, row);
    return exchangeEntities(record as NerRecord, this.names, config.text.entityExchange, generator);
  }

  private get changesTexts(): boolean {
    const { config, synonyms, looks } = this.options;
    const mirrors = looks && config.pictures.flip > 0 && config.pictures.sideWords === 'swap';
    return config.text.wordDropout > 0 || synonyms !== null || this.names !== null || mirrors;
  }

  private lengthsOf(record: AnyRecord): RecordLengths {
    return recordLengths(this.examples.set.task, record, this.examples.tokenizer);
  }

  private hasRoom(record: AnyRecord, row: number): boolean {
    return !this.stays.has(row) && fits(this.lengthsOf(record), this.longest);
  }

  private examplesOf(draw: number): Examples {
    if (!this.changesTexts) return this.examples;
    if (this.epoch?.draw === draw) return this.epoch.examples;
    const { set } = this.examples;
    const records = set.records.map((_, row) => this.record(row, draw));
    const changed: RecordSet = { ...set, records };
    const examples = this.examples.like(
      changed,
      records.map((_, row) => row),
    );
    this.epoch = { draw, examples };
    return examples;
  }

  private async changedPixels(pixels: tf.Tensor, rows: Int32Array, draw: number): Promise<tf.Tensor> {
    const [, height, width] = pixels.shape as [number, number, number];
    const all = Float32Array.from((await pixels.data()) as Float32Array);
    const size = height * width * 3;
    const { pictures } = this.examples.set;
    await Promise.all(
      Array.from(rows, async (row, place) => {
        const { change } = this.pictureChange(row, draw);
        if (pictures[row] === null || isIdentity(change)) return;
        const own = all.subarray(place * size, (place + 1) * size);
        const changed = await changePicture(
          Uint8Array.from(own, (value) => Math.round(255 * value)),
          { height, width },
          change,
        );
        for (let i = 0; i < size; i++) own[i] = (changed[i] as number) / 255;
      }),
    );
    return tf.tensor(all, pixels.shape);
  }
}

function labelOf(record: AnyRecord): unknown {
  return (record as { label?: unknown }).label;
}
