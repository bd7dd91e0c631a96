/**
 * @file Rows of two stretches of text, [CLS] A [SEP] B [SEP], with masked words and a question about the pair: does B
 * follow A in the text, or come from elsewhere (next sentence: Devlin et al. 2018, §3.1), or do they stand in their
 * order, or swapped (sentence order: Lan et al. 2019, §3.1)? Half of the pairs are as in the text. A and B together
 * fill the row; where they are cut, and the answer, are drawn anew in each epoch.
 */
import type { TokenStream } from '../../data';
import { tf } from '../../engine';
import { InputError } from '../../errors';
import { IGNORED } from '../../nn';
import { Generator } from '../../random';
import type { Batch, BatchSource } from '../source';
import type { MaskedBlocksOptions } from './masked-blocks';
import { chosenCount, maskTokens } from './masking';

export type PairQuestion = 'next' | 'order';

/** [CLS] and two [SEP]. */
const FRAME = 3;

export class SentencePairs implements BatchSource {
  /** Masked places K of a row; a row with fewer has labels that do not count. */
  readonly masked: number;
  /** Sentences `first` to `end` of each row. */
  private readonly rows: { first: number; end: number }[] = [];
  private readonly room: number;

  /** Throws an `InputError` where no document has two sentences, or the row has no room for two tokens. */
  constructor(
    readonly stream: TokenStream,
    private readonly options: MaskedBlocksOptions & { question: PairQuestion },
  ) {
    this.room = options.blockLength - FRAME;
    if (this.room < 2) throw new InputError(`languageModel.blockLength: expected at least ${FRAME + 2}`);
    this.masked = chosenCount(this.room, options.masking.share);
    this.gatherRows();
    if (this.rows.length === 0) {
      throw new InputError(
        `${stream.path}: no document has two sentences, so there are no pairs; set languageModel.sentencePairs to "none"`,
      );
    }
  }

  get count(): number {
    return this.rows.length;
  }

  prefetch(): void {}

  async batch(rows: Int32Array, draw = 0): Promise<Batch> {
    const { blockLength: time, padId } = this.options;
    const integers = (width: number, fill = 0) => new Int32Array(rows.length * width).fill(fill);
    const [ids, mask, tokenTypes] = [integers(time, padId), integers(time), integers(time)];
    const [places, labels, pair] = [integers(this.masked), integers(this.masked, IGNORED), integers(1)];
    for (const [row, number] of rows.entries()) {
      const part = (of: Int32Array, width: number) => of.subarray(row * width, (row + 1) * width);
      const generator = new Generator(this.options.seed, 'pair', draw, number);
      const { a, b, label } = this.pair(number, generator);
      const end = this.write(a, b, part(ids, time), part(tokenTypes, time));
      part(mask, time).fill(1, 0, end);
      const inside = [...a.map((_, i) => i + 1), ...b.map((_, i) => i + a.length + 2)];
      const chosen = maskTokens(part(ids, time), inside, this.options.masking, generator);
      part(places, this.masked).set(chosen.places);
      part(labels, this.masked).set(chosen.labels);
      pair[row] = label;
    }
    const tensor = (values: Int32Array) =>
      tf.tensor2d(values, [rows.length, values.length / rows.length], 'int32');
    return {
      inputs: { ids: tensor(ids), mask: tensor(mask), tokenTypes: tensor(tokenTypes) },
      targets: { places: tensor(places), labels: tensor(labels), pair: tf.tensor1d(pair, 'int32') },
    };
  }

  /** The document of each row. */
  clusters(): string[] {
    const { starts } = this.stream.sentences;
    return this.rows.map(({ first }) => `document ${this.stream.documentAt(starts[first] as number)}`);
  }

  private gatherRows(): void {
    const { starts, ends } = this.stream.sentences;
    let first = 0;
    while (first < starts.length) {
      const document = this.stream.documentAt(starts[first] as number);
      let end = first + 1;
      let tokens = this.sentenceLength(first);
      const sameDocument = (i: number) => this.stream.documentAt(starts[i] as number) === document;
      while (end < ends.length && sameDocument(end) && (end - first < 2 || tokens < this.room)) {
        tokens += this.sentenceLength(end);
        end += 1;
      }
      if (end - first > 1) this.rows.push({ first, end });
      first = end;
    }
  }

  private sentenceLength(i: number): number {
    const { starts, ends } = this.stream.sentences;
    return (ends[i] as number) - (starts[i] as number);
  }

  /** Label 0: as in the text; 1: from elsewhere, or swapped. */
  private pair(row: number, generator: Generator): { a: number[]; b: number[]; label: number } {
    const { first, end } = this.rows[row] as { first: number; end: number };
    const cut = first + 1 + generator.integer(end - first - 1);
    let [a, b] = [this.tokens(first, cut), this.tokens(cut, end)];
    const label = generator.integer(2);
    if (label === 1 && this.options.question === 'order') [a, b] = [b, a];
    if (label === 1 && this.options.question === 'next') b = this.elsewhere(first, end, generator);
    // What does not fit is cut from the end of the longer.
    while (a.length + b.length > this.room) (a.length > b.length ? a : b).pop();
    return { a, b, label };
  }

  /** Sentences from another place of the text, as many as fill a row. */
  private elsewhere(first: number, end: number, generator: Generator): number[] {
    const { starts } = this.stream.sentences;
    const others = starts.length - (end - first);
    if (others === 0) return this.tokens(first, first + 1); // a text of one row: nothing else to take
    const lot = generator.integer(others);
    const from = lot < first ? lot : lot + (end - first);
    let to = from + 1;
    const limit = from < first ? first : starts.length;
    while (to < limit && this.tokenCount(from, to) < this.room) to += 1;
    return this.tokens(from, to);
  }

  private tokenCount(from: number, to: number): number {
    const { starts, ends } = this.stream.sentences;
    return (ends[to - 1] as number) - (starts[from] as number);
  }

  /** Ids of sentences `from` to `to`, without the separators between documents, as many as fit. */
  private tokens(from: number, to: number): number[] {
    const start = this.stream.sentences.starts[from] as number;
    const count = Math.min(this.tokenCount(from, to), this.room - 1);
    return Array.from(this.stream.read(start, count)).filter((id) => id !== this.options.sepId);
  }

  /** Writes [CLS] A [SEP] B [SEP] and the segments; the place behind the last. */
  private write(a: number[], b: number[], ids: Int32Array, types: Int32Array): number {
    const { clsId, sepId } = this.options;
    const row = [clsId, ...a, sepId, ...b, sepId];
    ids.set(row);
    types.fill(1, a.length + 2, row.length);
    return row.length;
  }
}
