/** @file What can contradict itself in a grid: seeds, constraints, values that are never used or mean the same. */
import { nearest } from '../../nn/nearest';
import type { AblationConfig, AblationSeed } from './config';
import type { Combination } from './grid';
import { canonicalJson, type JsonObject, type JsonValue } from './paths';

/** Throws an `InputError` that begins with the name of the config. */
export type Fail = (message: string) => never;

export const quote = (text: string) => JSON.stringify(text);

export function checkSeeds(seeds: readonly AblationSeed[], fail: Fail): void {
  const written = seeds.map(canonicalJson);
  const twice = written.find((seed, i) => written.indexOf(seed) !== i);
  if (twice) fail(`seeds: ${twice} stands there twice; the same seed gives the same run`);
  for (const seed of written) if (seed === '{}') fail('seeds: {} names no purpose');
}

export function checkConstraints(
  { axes, constraints }: AblationConfig,
  evaluation: Record<string, readonly JsonValue[]>,
  fail: Fail,
): void {
  const valuesOf: Record<string, readonly JsonValue[]> = { ...axes, ...evaluation };
  for (const [i, { when }] of constraints.entries()) {
    for (const [path, wanted] of Object.entries(when)) {
      const values = valuesOf[path];
      if (!values) {
        const near = nearest(path, Object.keys(axes));
        fail(`constraints.${i}.when: ${quote(path)} is no axis${near ? `; did you mean ${near}?` : ''}`);
        continue;
      }
      for (const value of Array.isArray(wanted) ? wanted : [wanted]) {
        if (!values.some((one) => canonicalJson(one) === canonicalJson(value))) {
          fail(`constraints.${i}.when: ${unknownValue(path, value, values)}`);
        }
      }
    }
    if (Object.keys(when).length === 0)
      fail(`constraints.${i}.when: names no axis, and would leave out everything`);
  }
}

export function isSkipped({ constraints }: AblationConfig, values: JsonObject): boolean {
  return constraints.some(({ when }) =>
    Object.entries(when).every(([path, wanted]) =>
      (Array.isArray(wanted) ? wanted : [wanted]).some(
        (value) => canonicalJson(value) === canonicalJson(values[path]),
      ),
    ),
  );
}

/** Every value of every axis is there for something. */
export function checkUse(
  training: readonly [string, JsonValue[]][],
  gates: readonly (0 | 1 | null)[],
  combinations: readonly Combination[],
  config: AblationConfig,
  fail: Fail,
): void {
  for (const [path, values] of training) {
    const used = new Set(combinations.map(({ settings }) => canonicalJson(settings[path])));
    const idle = values.find((value) => !used.has(canonicalJson(value)));
    if (idle !== undefined) {
      fail(
        `axis ${quote(path)}: constraints leave out every cell with ${JSON.stringify(idle)}; take it off the axis`,
      );
    }
  }
  const evaluations = combinations.flatMap((combination) => combination.evaluations);
  if (config.axes.gate && gates.some((gate) => !evaluations.some((one) => one.gate === gate))) {
    fail('axis "gate": no cell has a relevance gate; set base.model.gate to true, or take the axis away');
  }
  if (config.axes.guidance && evaluations.every(({ guidance }) => guidance === null)) {
    fail(
      'axis "guidance": no cell looks at a picture that could guide it, or "none" is its one value; take the axis away',
    );
  }
  for (const condition of config.axes.condition ?? []) {
    if (!evaluations.some((one) => one.condition === condition)) {
      fail(
        `axis "condition": ${JSON.stringify(condition)} is shown to no model: constraints or "fusion": "none" leave it out`,
      );
    }
  }
}

export function sameCell(first: JsonObject, second: JsonObject): string {
  const path = Object.keys(second).find((key) => canonicalJson(first[key]) !== canonicalJson(second[key]));
  return `axis ${quote(path as string)}: ${JSON.stringify(first[path as string])} and ${JSON.stringify(second[path as string])} make the same train config (${JSON.stringify(first)}, ${JSON.stringify(second)}); leave one out, if need be by constraints`;
}

export function unknownValue(path: string, value: JsonValue, values: readonly JsonValue[]): string {
  const near = nearest(
    String(value),
    values.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))),
  );
  return `axis ${quote(path)} has no value ${JSON.stringify(value)}; did you mean ${near}? (${values.map((one) => JSON.stringify(one)).join(', ')})`;
}
