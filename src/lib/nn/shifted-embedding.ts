/**
 * @file A scope in which a table's rows come out shifted: what a network reads for the ids of one batch has a tensor
 * added to it. Adversarial training perturbs words so, which themselves cannot be changed by a little.
 */
import type { tf } from '../engine';
import type { ParameterScope } from './parameters';
import { WrappedScope } from './wrapped-scope';

export interface EmbeddingShift {
  /** The table's name without `.weight`. */
  table: string;
  /** The very tensor of ids [B, T] whose rows are shifted: the table may be asked for others too. */
  ids: tf.Tensor;
  /** What is added [B, T, D]. */
  by: tf.Tensor;
}

/** `base`, with the rows of one table shifted for one tensor of ids. */
export function shiftedEmbedding(base: ParameterScope, shift: EmbeddingShift): ParameterScope {
  return new ShiftedScope(base, '', shift);
}

class ShiftedScope extends WrappedScope {
  constructor(
    base: ParameterScope,
    prefix: string,
    private readonly shifted: EmbeddingShift,
  ) {
    super(base, prefix);
  }

  protected around(base: ParameterScope, prefix: string): ParameterScope {
    return new ShiftedScope(base, prefix, this.shifted);
  }

  override shift(name: string, ids: tf.Tensor): tf.Tensor | null {
    const { table, ids: which, by } = this.shifted;
    return this.prefix + name === table && ids === which ? by : null;
  }
}
