/**
 * @file A long text cut into blocks of T tokens, each with what a causal language model must say at every place: the
 * token that follows. Documents are packed one behind the other, so that no place is spent on padding; attention,
 * positions and targets do not cross from one document to the next, unless told to. In training the cuts move by a
 * random offset from epoch to epoch, so that no token always stands at the start of a block, without context.
 */
import type { TokenStream } from '../../data';
import { tf } from '../../engine';
import { InputError } from '../../errors';
import { IGNORED } from '../../nn';
import { Generator } from '../../random';
import type { Batch, BatchSource } from '../source';
import { streamClusters } from './stream-clusters';

export interface PackedBlocksOptions {
  /** Tokens T of a block. */
  blockLength: number;
  /** Attend and predict across the borders of documents. */
  acrossDocuments: boolean;
  /** Of the moving cuts; `null` leaves them where they are, for evaluation. */
  seed: number | null;
  /** Stands behind the end of the text, where it does not count. */
  padId: number;
}

/** Blocks of a token stream. Every token but the first is asked for once. */
export class PackedBlocks implements BatchSource {
  readonly count: number;
  /** Whether a block may hold several documents that must be kept apart. */
  readonly separate: boolean;

  /** Throws an `InputError` where there is no second token. */
  constructor(
    readonly stream: TokenStream,
    readonly options: PackedBlocksOptions,
  ) {
    if (stream.length < 2)
      throw new InputError(`${stream.path}: ${stream.length} token; a language model needs two`);
    this.count = Math.ceil((stream.length - 1) / options.blockLength);
    this.separate = !options.acrossDocuments && stream.documentStarts.length > 1;
  }

  prefetch(): void {}

  async batch(rows: Int32Array, draw = 0): Promise<Batch> {
    const { blockLength: time } = this.options;
    const size = rows.length * time;
    const [ids, labels] = [new Int32Array(size), new Int32Array(size)];
    const [documents, positions] = [new Int32Array(size), new Int32Array(size)];
    for (const [row, block] of rows.entries()) {
      const range = [row * time, (row + 1) * time] as const;
      const start = block * time + this.offset(draw);
      this.fill(start, ids.subarray(...range), labels.subarray(...range));
      if (this.separate) {
        this.separateDocuments(start, {
          labels: labels.subarray(...range),
          documents: documents.subarray(...range),
          positions: positions.subarray(...range),
        });
      }
    }
    const tensor = (values: Int32Array) => tf.tensor2d(values, [rows.length, time], 'int32');
    const inputs: Batch['inputs'] = { ids: tensor(ids) };
    if (this.separate) Object.assign(inputs, { documents: tensor(documents), positions: tensor(positions) });
    return { inputs, targets: { labels: tensor(labels) } };
  }

  clusters(): string[] {
    return streamClusters(this.stream, this.count, this.options.blockLength);
  }

  /** How far the cuts of this epoch are moved, in tokens. */
  private offset(draw: number): number {
    const { seed, blockLength } = this.options;
    if (seed === null || draw === 0) return 0;
    return new Generator(seed, 'block offset', draw).integer(blockLength);
  }

  private fill(start: number, ids: Int32Array, labels: Int32Array): void {
    const there = Math.max(0, Math.min(ids.length, this.stream.length - 1 - start));
    ids.fill(this.options.padId, there);
    labels.fill(IGNORED, there);
    if (there === 0) return;
    const tokens = this.stream.read(start, there + 1);
    ids.set(tokens.subarray(0, there));
    labels.set(tokens.subarray(1));
  }

  private separateDocuments(
    start: number,
    row: { labels: Int32Array; documents: Int32Array; positions: Int32Array },
  ): void {
    const { documentStarts } = this.stream;
    let document = this.stream.documentAt(start);
    let begin = start; // of the document, as far as it stands in this block
    for (let i = 0; i < row.labels.length; i++) {
      const place = start + i;
      const next = documentStarts[document + 1] ?? Number.POSITIVE_INFINITY;
      if (place >= next) {
        document += 1;
        begin = place;
      }
      row.documents[i] = document;
      row.positions[i] = place - begin;
      if (place + 1 === documentStarts[document + 1]) row.labels[i] = IGNORED;
    }
  }
}
