/**
 * @file Checks of a reader's answers to the exercises of a notebook. In the notebook a check only says `right`,
 * `not yet` or `still to do`, so that the notebook runs from top to bottom with its exercises open; in the notebook
 * of solutions (`strict`) anything but a right answer is an error.
 */

/** What a reader gives: a value, or a function that makes it; `null` or `undefined` while it is to be done. */
export type Answer<T> = T | null | undefined | (() => T | null | undefined);

export interface CheckOptions {
  /** What to think about, said with a wrong answer. */
  hint?: string;
  /** |answer − expected| ≤ tolerance · max(1, |expected|); default 1e-6. */
  tolerance?: number;
}

export class ExerciseChecks {
  /** @param strict an answer that is missing or wrong is thrown. */
  constructor(private readonly strict = false) {}

  /** Numbers, one or a list, against those expected. Returns the verdict as a sentence. */
  numbers(
    exercise: string,
    answer: Answer<number | readonly number[]>,
    expected: number | readonly number[],
    { hint, tolerance = 1e-6 }: CheckOptions = {},
  ): string {
    return this.judge(exercise, answer, hint, (given) => {
      const [got, want] = [[given].flat() as number[], [expected].flat() as number[]];
      if (got.length !== want.length) return `${got.length} numbers, expected ${want.length}`;
      const wrong = got.findIndex((value, i) => {
        const target = want[i] as number;
        return !(Math.abs(value - target) <= tolerance * Math.max(1, Math.abs(target)));
      });
      if (wrong < 0) return null;
      return got.length === 1
        ? `${shown(got[0])} is not it`
        : `number ${wrong + 1} of ${got.length}, ${shown(got[wrong])}, is not it`;
    });
  }

  /** An answer that `problem` finds nothing wrong with: it returns `null`, or what is wrong. */
  satisfies<T>(
    exercise: string,
    answer: Answer<T>,
    problem: (given: T) => string | null,
    { hint }: Pick<CheckOptions, 'hint'> = {},
  ): string {
    return this.judge(exercise, answer, hint, problem);
  }

  private judge<T>(
    exercise: string,
    answer: Answer<T>,
    hint: string | undefined,
    problem: (given: T) => string | null,
  ): string {
    let found: string | null;
    try {
      const given = typeof answer === 'function' ? (answer as () => T | null | undefined)() : answer;
      const missing =
        given === null ||
        given === undefined ||
        (Array.isArray(given) && given.some((one) => one === null || one === undefined));
      if (missing) return this.say(`exercise ${exercise}: still to do`, false);
      found = problem(given as T);
    } catch (error) {
      found = `it stops with an error: ${error instanceof Error ? error.message : error}`;
    }
    if (found === null) return this.say(`exercise ${exercise}: ✓ right`, true);
    return this.say(
      `exercise ${exercise}: ✗ not yet: ${found}${hint ? `. Think of this: ${hint}` : ''}`,
      false,
    );
  }

  private say(sentence: string, right: boolean): string {
    if (this.strict && !right) throw new Error(sentence);
    return sentence;
  }
}

function shown(value: number | undefined): string {
  return value === undefined ? 'nothing' : String(Number(value.toPrecision(6)));
}
