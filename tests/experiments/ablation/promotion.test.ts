import { describe, expect, it } from 'vitest';
import {
  type NextStep,
  nextStep,
  type RungStanding,
  ranked,
} from '../../../src/lib/experiments/ablation/promotion';
import { Generator } from '../../../src/lib/random';

/** A search on given scores [rung][combination], which any number of workers go through. */
class Search {
  readonly begun: Set<number>[];
  readonly settled: Set<number>[];
  readonly scores: Map<number, number>[];

  constructor(
    private readonly known: readonly (readonly number[])[],
    private readonly order: readonly number[],
    private readonly factor: number,
    private readonly failing: ReadonlySet<number> = new Set(),
  ) {
    this.begun = known.map(() => new Set());
    this.settled = known.map(() => new Set());
    this.scores = known.map(() => new Map());
  }

  get rungs(): RungStanding[] {
    return this.known.map((_, r) => ({
      begun: this.begun[r] as Set<number>,
      settled: this.settled[r] as Set<number>,
      scores: this.scores[r] as Map<number, number>,
    }));
  }

  begin(): NextStep | null {
    const step = nextStep(this.rungs, this.order, this.factor);
    if (step) this.begun[step.rung]?.add(step.combination);
    return step;
  }

  finish({ rung, combination }: NextStep): void {
    this.settled[rung]?.add(combination);
    if (this.failing.has(combination)) return;
    this.scores[rung]?.set(combination, this.known[rung]?.[combination] as number);
  }

  /** By one worker, as `rung:combination`. */
  alone(): string[] {
    const steps: string[] = [];
    for (let step = this.begin(); step; step = this.begin()) {
      steps.push(`${step.rung}:${step.combination}`);
      this.finish(step);
    }
    return steps;
  }
}

const first = [0.1, 0.5, 0.3, 0.9, 0.2, 0.7];
const second = [0, 0.6, 0, 0.4, 0, 0.8];
const last = [0, 0, 0, 0, 0, 0];

describe('what an asynchronous search begins next', () => {
  it('is the order that the algorithm gives by hand: a promotion wherever one is due, the highest first', () => {
    // After 0 and 1 one of two may go on: 1. After 3 two of four: 3 too, and then one of two in rung 1: 1. After 5 three
    // of six: 5, and then it is the best of rung 1.
    expect(new Search([first, second, last], [0, 1, 2, 3, 4, 5], 2).alone()).toEqual([
      '0:0',
      '0:1',
      '1:1',
      '0:2',
      '0:3',
      '1:3',
      '2:1',
      '0:4',
      '0:5',
      '1:5',
      '2:5',
    ]);
    // In another order 1 waits for 4 to be there.
    expect(new Search([first, second, last], [3, 0, 1, 4], 2).alone()).toEqual([
      '0:3',
      '0:0',
      '1:3',
      '0:1',
      '0:4',
      '1:1',
      '2:1',
    ]);
  });

  it('lets one go on from a rung that gets no more members, however few they are', () => {
    expect(new Search([first, second, last], [0, 1], 3).alone()).toEqual(['0:0', '0:1', '1:1', '2:1']);
    const search = new Search([first, second, last], [0, 1], 3);
    const steps = [search.begin(), search.begin()] as NextStep[];
    search.finish(steps[1] as NextStep);
    // 0 is under way, and may yet be better.
    expect(search.begin()).toBeNull();
    search.finish(steps[0] as NextStep);
    expect(search.begin()).toEqual({ rung: 1, combination: 1 });
  });

  it('goes on without waiting for what is slow', () => {
    const search = new Search([first, second, last], [4, 0, 1, 2, 3], 2);
    const slow = search.begin();
    for (const combination of [0, 1]) {
      expect(search.begin()).toEqual({ rung: 0, combination });
      search.finish({ rung: 0, combination });
    }
    expect([slow, search.begin()]).toEqual([
      { rung: 0, combination: 4 },
      { rung: 1, combination: 1 },
    ]);
  });

  it('passes over what failed, and ends where all have', () => {
    const three = [0, 1, 2];
    expect(new Search([first, second], three, 3, new Set([1])).alone()).toEqual(['0:0', '0:1', '0:2', '1:2']);
    expect(new Search([first, second], three, 3, new Set(three)).alone()).toEqual(['0:0', '0:1', '0:2']);
  });

  it('counts equal scores in the order of beginning', () => {
    expect(
      ranked(
        new Map([
          [1, 0.5],
          [0, 0.5],
          [2, 0.9],
        ]),
        [0, 1, 2],
      ),
    ).toEqual([2, 0, 1]);
  });

  it.each([1, 2, 3, 4, 5])('keeps its promises with workers of any speed (%d)', (seed) => {
    const random = new Generator(seed, 'workers');
    const [combinations, factor] = [40, 3];
    const known = Array.from({ length: 4 }, () =>
      Array.from({ length: combinations }, () => random.uniform()),
    );
    const order = random.shuffle(Array.from({ length: combinations }, (_, i) => i));
    const search = new Search(known, order, factor);
    const under: NextStep[] = [];
    const seen = new Set<string>();
    for (;;) {
      const step = under.length < 5 ? search.begin() : null;
      if (step) {
        const name = `${step.rung}:${step.combination}`;
        expect(seen).not.toContain(name);
        seen.add(name);
        if (step.rung > 0) {
          const scores = search.scores[step.rung - 1] as Map<number, number>;
          const place = ranked(scores, order).indexOf(step.combination);
          expect(place).toBeGreaterThanOrEqual(0);
          expect(place).toBeLessThan(Math.max(1, Math.floor(scores.size / factor)));
        }
        under.push(step);
      } else if (under.length === 0) break;
      else search.finish(under.splice(random.integer(under.length), 1)[0] as NextStep);
    }
    // All begin, and the best third of every rung as it ends has gone on.
    expect(search.begun[0]?.size).toBe(combinations);
    for (const [rung, scores] of search.scores.slice(0, -1).entries()) {
      const best = ranked(scores, order).slice(0, Math.max(1, Math.floor(scores.size / factor)));
      for (const combination of best) expect(search.begun[rung + 1]).toContain(combination);
    }
    expect(search.scores.at(-1)?.size).toBeGreaterThan(0);
  });
});
