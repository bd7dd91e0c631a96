/**
 * @file The ablation config of CONTRACT.md: a base train config, axes that vary it, seeds, what to leave out.
 *
 *     { "base": { … }, "axes": { "model.fusion": ["none", "concat"], "condition": ["right", "shuffled"] },
 *       "seeds": [1, 2, 3], "constraints": [{ "when": { "model.fusion": "none", … }, "skip": true }] }
 *
 * `condition` (which picture the trained model is shown; `shuffled` is the incongruent picture, a derangement),
 * `textCondition` (what of the text it reads), `gate` (0 or 1 in place of what a relevance gate says, or "learned") and
 * `guidance` (how a written answer is decoded: "none", "cfg:1.5") are axes of evaluation: they retrain nothing. A frozen
 * random encoder is `"training.frozen": [[], ["vision"]]`; how much data is learned from, `"data.limit": [100, 1000, null]`.
 * `extends` names another ablation config that this one changes: objects in `base` are merged, an axis or any other field
 * given here takes the place of the one there, and relative paths go on meaning the same files.
 */
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { parseConfig, readJsonFile } from '../../config-issues';
import { CONDITIONS } from '../../data';
import { InputError } from '../../errors';
import { textPresets } from '../../text/presets';
import { visionPresets } from '../../vision/presets';
import { isJsonObject, type JsonObject, type JsonValue } from './paths';

const jsonValue: z.ZodType<JsonValue> = z.json();
const seedNumber = z.int().nonnegative();

/**
 * One seed for all that is random, or one for each purpose, as in a train config. Decoding is none of them: evaluations write
 * greedily or by beams, and what they draw (wrong pictures, the noise of VCD) is the same in every cell, so that rows pair.
 */
export const seedSchema = z.union(
  [
    seedNumber,
    z.strictObject({
      initialization: seedNumber.optional(),
      order: seedNumber.optional(),
      dropout: seedNumber.optional(),
      split: seedNumber.optional(),
    }),
  ],
  { message: 'expected a whole number, or { "initialization", "order", "dropout", "split" }' },
);
export type AblationSeed = z.infer<typeof seedSchema>;

export const ablationConfigSchema = z.strictObject({
  name: z.string().min(1).default('ablation'),
  base: z.record(z.string(), jsonValue),
  /** Values by dotted path of the train config, and of the reserved `condition`, `textCondition`, `gate` and `guidance`. */
  axes: z.record(z.string(), z.array(jsonValue)).default({}),
  seeds: z.array(seedSchema).min(1, 'give at least one seed').default([1, 2, 3]),
  /** Combinations to leave out: of the axes named in `when`, each has the value given, or one of a list of values. */
  constraints: z
    .array(z.strictObject({ when: z.record(z.string(), jsonValue), skip: z.literal(true) }))
    .default([]),
  /** Conditions that a gain must clear to be put down to the picture; by default those on the axis, but for `right`. */
  controls: z.array(z.enum(CONDITIONS)).nullable().default(null),
  /** Not all combinations but some: see `search.ts`. */
  search: z
    .discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('random'),
        samples: z.int().positive(),
        seed: seedNumber.default(1),
      }),
      z.strictObject({
        /** All together, rung by rung, or asynchronously: a combination goes on as soon as it is among the best. */
        kind: z.literal(['successive-halving', 'asha']),
        /** Combinations that begin. */
        samples: z.int().min(2),
        /** Steps of the first rung. */
        steps: z.int().positive(),
        /** So many times longer is each rung, and so many times fewer go on to it. */
        factor: z.int().min(2).default(3),
        rungs: z.int().min(2).default(4),
        seed: seedNumber.default(1),
      }),
    ])
    .nullable()
    .default(null),
  /** What the grid may cost: more cells are refused, and no cell is begun once the hours or operations are spent. */
  budget: z
    .strictObject({
      cells: z.int().positive().nullable().default(null),
      /** Of training, of all processes together. */
      hours: z.number().positive().nullable().default(null),
      /** Of training. */
      flops: z.number().positive().nullable().default(null),
    })
    .prefault({}),
  /** What the statistics are of; the task's own by default. */
  metric: z.string().nullable().default(null),
  /** Field of the records whose equal values make a cluster; the group by default. */
  cluster: z.string().nullable().default(null),
});
export type AblationConfig = z.infer<typeof ablationConfigSchema>;
/** As a user writes it. */
export type AblationConfigInput = z.input<typeof ablationConfigSchema>;

/** The config with every default. Throws an `InputError` that lists everything that is wrong. */
export function parseAblationConfig(config: unknown, name = 'the ablation config'): AblationConfig {
  return parseConfig(ablationConfigSchema, config, name);
}

/** The config in a file, with those that it extends. Its relative paths start at the file's folder. */
export async function readAblationConfig(path: string): Promise<AblationConfig> {
  return parseAblationConfig(await readExtended(resolve(path), []), path);
}

async function readExtended(path: string, before: readonly string[]): Promise<unknown> {
  if (before.includes(path)) {
    throw new InputError(
      `${path}: extends itself, by way of ${before.slice(before.indexOf(path)).join(', ')}`,
    );
  }
  const own = await readJsonFile(path);
  if (!isJsonObject(own) || !('extends' in own)) return own;
  const { extends: parent, ...rest } = own;
  if (typeof parent !== 'string') {
    throw new InputError(`${path}: extends: expected a file, found ${JSON.stringify(parent)}`);
  }
  const parentPath = resolve(dirname(path), parent);
  const inherited = await readExtended(parentPath, [...before, path]);
  if (!isJsonObject(inherited)) throw new InputError(`${parentPath}: expected an object`);
  const moved = rebased(inherited, dirname(parentPath), dirname(path));
  return {
    ...moved,
    ...rest,
    base: merged(moved.base ?? {}, rest.base ?? {}),
    axes: { ...(moved.axes as JsonObject | undefined), ...(rest.axes as JsonObject | undefined) },
  };
}

function merged(below: JsonValue, above: JsonValue): JsonValue {
  if (!isJsonObject(below) || !isJsonObject(above)) return above;
  const out: JsonObject = { ...below };
  for (const [key, value] of Object.entries(above)) {
    out[key] = key in below ? merged(below[key] as JsonValue, value) : value;
  }
  return out;
}

/** Places of a train config that hold paths. */
export const DATA_PATHS = ['data.train', 'data.validation', 'data.test'] as const;
const PRESETS: Record<string, object> = { 'model.text': textPresets, 'model.vision': visionPresets };

/** Whether `value` at `place` is a path relative to the config's folder. */
export function isRelativePath(place: string, value: unknown): value is string {
  if (typeof value !== 'string' || isAbsolute(value)) return false;
  if ([...DATA_PATHS, 'from', 'model.tokenizer.from'].includes(place)) return true;
  if (place === 'data.augmentation.text.synonyms') return value !== 'built-in';
  const presets = PRESETS[place];
  return presets !== undefined && !(value in presets) && !value.startsWith('hub:');
}

/** An extended config whose relative paths, written for the folder `from`, start at `to`. */
function rebased(config: JsonObject, from: string, to: string): JsonObject {
  const move = (value: JsonValue, place: string): JsonValue => {
    if (isRelativePath(place, value)) return relative(to, join(from, value)) || '.';
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, move(inner, place ? `${place}.${key}` : key)]),
    );
  };
  const axes = isJsonObject(config.axes) ? config.axes : {};
  return {
    ...config,
    base: move(config.base ?? {}, ''),
    axes: Object.fromEntries(
      Object.entries(axes).map(([path, values]) => [
        path,
        Array.isArray(values) ? values.map((value) => move(value, path)) : values,
      ]),
    ),
  };
}
