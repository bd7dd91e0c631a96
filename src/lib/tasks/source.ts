/** @file Where batches come from: records with their pictures, or blocks of a long text. */
import { tf } from '../engine';
import type { GuidedInputs } from '../fusion';
import type { TargetTensors } from './task';

export interface Batch {
  inputs: GuidedInputs & { [name: string]: tf.Tensor };
  targets: TargetTensors;
}

/** Rows that can be asked for in any order. Every batch of as many rows has the same shapes, for one compilation. */
export interface BatchSource {
  readonly count: number;
  /** Whether each row's picture is relevant, as its record says: 1, 0, or −1 where it says nothing. */
  readonly relevant?: Int32Array;
  /** A number for each row's picture: equal numbers, equal pictures. Where the model looks at pictures. */
  readonly pictureIds?: Int32Array | null;
  /** Starts to fetch rows that will be asked for soon. */
  prefetch(rows: Int32Array): void;
  /**
   * The batch of these rows; dispose of its tensors. What is random in a row (which words are masked, say) is a pure
   * function of the row and `draw`, the epoch in training; evaluation always sees draw 0.
   * `recordsPerPicture` rows in a row share a picture, which the batch then holds once for them.
   */
  batch(rows: Int32Array, draw?: number, recordsPerPicture?: number): Promise<Batch>;
  /** A name for each row: rows of one name depend on each other, and are resampled together. */
  clusters(field?: string): string[];
}

/** A source and what has to be freed when it is done with. */
export interface OwnedSource {
  source: BatchSource;
  dispose(): void;
}

/** Disposes of a batch's tensors. */
export function disposeBatch({ inputs, targets }: Batch): void {
  tf.dispose([inputs, targets]);
}
