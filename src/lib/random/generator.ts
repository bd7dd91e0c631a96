/**
 * @file A sequential random generator for the host: shuffles, splits, initial weights, generated scenes. It
 * walks the counter of `counter.ts`; its whole state is (seed, position), so a killed run resumes exactly.
 */
import { deriveKeys, type Keys, randomBits } from './counter';

/** Random numbers from an explicit seed and purpose: `new Generator(1, 'order')`. Same arguments, same numbers. */
export class Generator {
  private readonly keys: Keys;
  /** How many 32-bit draws have been taken; set it to resume. */
  position = 0;

  constructor(seed: number | string, ...purpose: (number | string)[]) {
    this.keys = deriveKeys(seed, ...purpose);
  }

  /** The next 32 random bits as an unsigned integer. */
  bits(): number {
    return randomBits(this.position++, this.keys);
  }

  /** Uniform in [0, 1), 53 bits. */
  uniform(): number {
    return ((this.bits() >>> 5) * 67108864 + (this.bits() >>> 6)) / 9007199254740992;
  }

  /** Uniform integer in [0, bound). */
  integer(bound: number): number {
    if (!(Number.isInteger(bound) && bound > 0)) {
      throw new RangeError(`Generator.integer: bound must be a whole number above 0, got ${bound}`);
    }
    return Math.floor(this.uniform() * bound);
  }

  /** Standard normal, by Box and Muller (1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** One element of a non-empty array. */
  choice<T>(items: readonly T[]): T {
    return items[this.integer(items.length)] as T;
  }

  /** A shuffled copy (Fisher and Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const out = items.slice();
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const held = out[i] as T;
      out[i] = out[j] as T;
      out[j] = held;
    }
    return out;
  }
}
