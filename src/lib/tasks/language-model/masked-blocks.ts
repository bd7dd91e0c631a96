/**
 * @file Rows for a masked language model: [CLS], T − 2 tokens of the text, [SEP], of which some are masked. As in
 * `packed-blocks.ts` documents are packed, and attention does not cross between them unless told to.
 */
import type { TokenStream } from '../../data';
import { tf } from '../../engine';
import { InputError } from '../../errors';
import { IGNORED } from '../../nn';
import { Generator } from '../../random';
import type { Batch, BatchSource } from '../source';
import { chosenCount, type MaskingOptions, maskTokens } from './masking';
import { streamClusters } from './stream-clusters';

export interface MaskedBlocksOptions {
  /** Tokens T of a row, [CLS] and [SEP] included. */
  blockLength: number;
  acrossDocuments: boolean;
  seed: number;
  masking: MaskingOptions;
  clsId: number;
  sepId: number;
  padId: number;
}

/** [CLS] and [SEP]. */
const FRAME = 2;

export class MaskedBlocks implements BatchSource {
  readonly count: number;
  /** Masked places K of a row, the same for all; a row with fewer has labels that do not count. */
  readonly masked: number;
  private readonly inside: number;
  private readonly separate: boolean;

  /** Throws an `InputError` where the block has no room for a token. */
  constructor(
    readonly stream: TokenStream,
    private readonly options: MaskedBlocksOptions,
  ) {
    this.inside = options.blockLength - FRAME;
    if (this.inside < 1) throw new InputError(`languageModel.blockLength: expected at least ${FRAME + 1}`);
    this.count = Math.ceil(stream.length / this.inside);
    this.masked = chosenCount(this.inside, options.masking.share);
    this.separate = !options.acrossDocuments && stream.documentStarts.length > 1;
  }

  prefetch(): void {}

  async batch(rows: Int32Array, draw = 0): Promise<Batch> {
    const { blockLength: time } = this.options;
    const { masked } = this;
    const integers = (width: number, fill = 0) => new Int32Array(rows.length * width).fill(fill);
    const ids = integers(time, this.options.padId);
    const [mask, documents, positions] = [integers(time), integers(time), integers(time)];
    const [places, labels] = [integers(masked), integers(masked, IGNORED)];
    for (const [row, block] of rows.entries()) {
      const part = (of: Int32Array, width: number) => of.subarray(row * width, (row + 1) * width);
      const chosen = this.fill(block, draw, part(ids, time), part(mask, time));
      part(places, masked).set(chosen.places);
      part(labels, masked).set(chosen.labels);
      if (this.separate) this.separateDocuments(block, part(documents, time), part(positions, time));
    }
    const tensor = (values: Int32Array) =>
      tf.tensor2d(values, [rows.length, values.length / rows.length], 'int32');
    const inputs: Batch['inputs'] = { ids: tensor(ids), mask: tensor(mask) };
    if (this.separate) Object.assign(inputs, { documents: tensor(documents), positions: tensor(positions) });
    return { inputs, targets: { places: tensor(places), labels: tensor(labels) } };
  }

  clusters(): string[] {
    return streamClusters(this.stream, this.count, this.inside);
  }

  private fill(
    block: number,
    draw: number,
    ids: Int32Array,
    mask: Int32Array,
  ): { places: number[]; labels: number[] } {
    const { seed, masking, clsId, sepId } = this.options;
    const start = block * this.inside;
    const there = Math.min(this.inside, this.stream.length - start);
    ids[0] = clsId;
    ids.set(this.stream.read(start, there), 1);
    ids[there + 1] = sepId;
    mask.fill(1, 0, there + FRAME);
    const places = Array.from({ length: there }, (_, i) => i + 1).filter((place) => ids[place] !== sepId);
    if (places.length === 0) return { places: [], labels: [] };
    return maskTokens(ids, places, masking, new Generator(seed, 'mask', draw, block));
  }

  /** [CLS] belongs to the first document of the row and [SEP] to the last. */
  private separateDocuments(block: number, documents: Int32Array, positions: Int32Array): void {
    const start = block * this.inside;
    let begin = 0;
    for (let i = 0; i < documents.length; i++) {
      const place = start + Math.max(0, Math.min(i - 1, this.inside - 1));
      const document = this.stream.documentAt(Math.min(place, this.stream.length - 1));
      if (i > 0 && document !== documents[i - 1]) begin = i;
      documents[i] = document;
      positions[i] = i - begin;
    }
  }
}
