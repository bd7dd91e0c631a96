/**
 * @file Texts as bags of words, weighed by how few texts a word stands in (Spärck Jones 1972), as scikit-learn's
 * `TfidfVectorizer` does by default:
 *
 *     x_w = tf(w)·(ln((1 + n) / (1 + df(w))) + 1),   then x / ‖x‖
 *
 * A word is two letters, digits or underscores or more, in lower case. Words that the training texts lack are passed over.
 */

/** A row of a sparse matrix: columns in ascending order, and their values. */
export interface SparseRow {
  columns: Int32Array;
  values: Float64Array;
}

export class TfIdf {
  /** Column of each word; in the order of the sorted words. */
  readonly columns: ReadonlyMap<string, number>;
  private readonly inverse: Float64Array;

  /** Learns the words and how many of `texts` each stands in. */
  constructor(texts: readonly string[]) {
    const documents = new Map<string, number>();
    for (const text of texts)
      for (const word of new Set(wordsOf(text))) documents.set(word, (documents.get(word) ?? 0) + 1);
    const words = [...documents.keys()].sort();
    this.columns = new Map(words.map((word, column) => [word, column]));
    this.inverse = Float64Array.from(
      words,
      (word) => Math.log((1 + texts.length) / (1 + (documents.get(word) as number))) + 1,
    );
  }

  /** One row a text; a text of no known word is a row of zeros. */
  rows(texts: readonly string[]): SparseRow[] {
    return texts.map((text) => {
      const counts = new Map<number, number>();
      for (const word of wordsOf(text)) {
        const column = this.columns.get(word);
        if (column !== undefined) counts.set(column, (counts.get(column) ?? 0) + 1);
      }
      const columns = Int32Array.from(counts.keys()).sort();
      const values = Float64Array.from(
        columns,
        (column) => (counts.get(column) as number) * (this.inverse[column] as number),
      );
      const length = Math.hypot(...values) || 1;
      return { columns, values: values.map((value) => value / length) };
    });
  }
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_]{2,}/gu) ?? [];
}
