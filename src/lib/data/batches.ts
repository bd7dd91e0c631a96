/**
 * @file Which records each step sees. The order of an epoch is a pure function of (count, seed, epoch), and step
 * s stands in epoch ⌊s / stepsPerEpoch⌋, so a run resumes at any step without replaying the ones before.
 */
import { Generator } from '../random';
import { orderByPicture } from './picture-batches';

export interface BatchPlan {
  /** Records in the training split. */
  count: number;
  batchSize: number;
  seed: number;
  /**
   * What becomes of the last, incomplete batch of an epoch: `keep` it short, `drop` it (default where there is a
   * full one: one shape, one compilation), or `fill` it from the start of the same epoch's order.
   */
  last?: 'keep' | 'drop' | 'fill';
  /** Records of one picture stand together (picture-batches.ts): how many, and the number of each record's picture. */
  byPicture?: { size: number; pictures: ArrayLike<number> } | null;
}

/** The shuffled row numbers of one epoch, [count]. */
export function epochOrder(count: number, seed: number, epoch: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, row) => row);
  const generator = new Generator(seed, 'order', epoch);
  for (let i = count - 1; i > 0; i--) {
    const j = generator.integer(i + 1);
    const held = order[i] as number;
    order[i] = order[j] as number;
    order[j] = held;
  }
  return order;
}

/** Batches with an order that can be entered at any step. */
export class BatchSchedule {
  readonly stepsPerEpoch: number;
  private readonly plan: BatchPlan;
  /** Records of an epoch. */
  private readonly count: number;
  private held: { epoch: number; order: Int32Array };

  /** @throws RangeError where count or batchSize is not a whole number above 0. */
  constructor(plan: BatchPlan) {
    const { count, batchSize } = plan;
    for (const [field, value] of Object.entries({ count, batchSize })) {
      if (!(Number.isInteger(value) && value > 0)) {
        throw new RangeError(`BatchSchedule: ${field} must be a whole number above 0, got ${value}`);
      }
    }
    this.held = { epoch: 0, order: this.orderOf(plan, 0) };
    this.count = this.held.order.length;
    this.plan = { last: this.count < batchSize ? 'keep' : 'drop', ...plan };
    const whole = Math.floor(this.count / batchSize);
    this.stepsPerEpoch = this.plan.last === 'drop' ? whole : Math.ceil(this.count / batchSize);
    if (this.stepsPerEpoch === 0) {
      throw new RangeError(
        `BatchSchedule: ${count} records make no full batch of ${batchSize}; keep or fill the last`,
      );
    }
  }

  /** The rows of step `step` (0 is the first of the run) and the epoch in which it stands. */
  at(step: number): { epoch: number; rows: Int32Array } {
    const epoch = Math.floor(step / this.stepsPerEpoch);
    const { batchSize, last } = this.plan;
    if (this.held.epoch !== epoch) this.held = { epoch, order: this.orderOf(this.plan, epoch) };
    const { order } = this.held;
    const start = (step % this.stepsPerEpoch) * batchSize;
    const rows = order.slice(start, start + batchSize);
    if (rows.length === batchSize || last !== 'fill') return { epoch, rows };
    const filled = Int32Array.from(
      { length: batchSize },
      (_, i) => order[(start + i) % this.count] as number,
    );
    return { epoch, rows: filled };
  }

  private orderOf({ count, seed, byPicture }: BatchPlan, epoch: number): Int32Array {
    if (!byPicture) return epochOrder(count, seed, epoch);
    return orderByPicture(byPicture.pictures, byPicture.size, seed, epoch);
  }
}

/** Rows 0 … count − 1 in their order, in batches; the last may be short. For evaluation. */
export function* sequentialBatches(
  count: number,
  batchSize: number,
): globalThis.Generator<Int32Array, void, undefined> {
  for (let start = 0; start < count; start += batchSize) {
    yield Int32Array.from({ length: Math.min(batchSize, count - start) }, (_, i) => start + i);
  }
}
