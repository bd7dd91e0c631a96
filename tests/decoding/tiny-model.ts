/**
 * @file A model of few tokens whose logits are a pure function of the ids, so that every text can be enumerated: the
 * witness of searches. Its "hidden state" is a function of the ids too. It counts its calls and remembers their rows.
 */
import type { ContextRow, LogitsWithStates, NextTokenLogits } from '../../src/lib/decoding';
import { deriveKeys, randomBits } from '../../src/lib/random';

export class TinyModel implements NextTokenLogits {
  readonly calls: (readonly ContextRow[])[] = [];

  constructor(
    readonly vocabularySize: number,
    private readonly seed = 1,
    readonly maxLength = 64,
    readonly slides = false,
  ) {}

  logits(ids: readonly number[]): Float32Array {
    const keys = deriveKeys(this.seed, 'logits', ...ids);
    return Float32Array.from(
      { length: this.vocabularySize },
      (_, id) => 4 * (randomBits(id, keys) / 2 ** 32) - 2,
    );
  }

  state(ids: readonly number[]): Float32Array {
    const keys = deriveKeys(this.seed, 'state', ...ids);
    return Float32Array.from({ length: 3 }, (_, i) => randomBits(i, keys) / 2 ** 32 - 0.5);
  }

  async next(rows: readonly ContextRow[]): Promise<Float32Array[]> {
    this.calls.push(rows);
    return rows.map(({ ids }) => this.logits(ids));
  }

  async nextWithStates(rows: readonly ContextRow[], which: 'all' | 'last'): Promise<LogitsWithStates> {
    const states = rows.map(({ ids }) => {
      const ends = which === 'all' ? ids.map((_, i) => i + 1) : [ids.length];
      return Float32Array.from(ends.flatMap((end) => [...this.state(ids.slice(0, end))]));
    });
    return { logits: await this.next(rows), states, width: this.state([0]).length };
  }
}

/** log p of every id after `ids`. */
export function logProbabilities(model: TinyModel, ids: readonly number[]): number[] {
  const logits = [...model.logits(ids)];
  const total = Math.log(logits.reduce((sum, value) => sum + Math.exp(value), 0));
  return logits.map((value) => value - total);
}

export interface Enumerated {
  ids: number[];
  sum: number;
  /** With the stop id. */
  length: number;
}

/** Every text of at most `most` tokens after `prompt`, ended by `stop` or by its length. */
export function everyText(
  model: TinyModel,
  prompt: readonly number[],
  most: number,
  stop: number,
): Enumerated[] {
  const out: Enumerated[] = [];
  const grow = (ids: number[], sum: number) => {
    if (ids.length === most) {
      out.push({ ids, sum, length: ids.length });
      return;
    }
    for (const [id, value] of logProbabilities(model, [...prompt, ...ids]).entries()) {
      if (id === stop) out.push({ ids, sum: sum + value, length: ids.length + 1 });
      else grow([...ids, id], sum + value);
    }
  };
  grow([], 0);
  return out;
}
