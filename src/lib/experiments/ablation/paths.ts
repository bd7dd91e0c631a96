/**
 * @file Dotted paths into a train config (`training.learningRate`), as the axes of an ablation name them. Where the
 * config has a short form in a place whose parts are varied (`"fusion": "prefix"`, `"gate": true`), it is opened first.
 */
import { InputError } from '../../errors';

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/** Places whose text is short for `{ "kind": text }`. */
const KINDS = ['model.fusion', 'training.optimizer'];

/** A copy of `config` with `value` at `path`. Throws an `InputError` where the path leads through a plain value. */
export function withPath(config: JsonObject, path: string, value: JsonValue): JsonObject {
  return withKeys(config, path.split('.'), value, []);
}

function withKeys(at: JsonObject, [key, ...rest]: string[], value: JsonValue, before: string[]): JsonObject {
  const name = key as string;
  if (rest.length === 0) return { ...at, [name]: value };
  const path = [...before, name];
  const inner = opened(Object.hasOwn(at, name) ? at[name] : undefined, path.join('.'), rest[0] as string);
  return { ...at, [name]: withKeys(inner, rest, value, path) };
}

function opened(found: JsonValue | undefined, path: string, next: string): JsonObject {
  if (isJsonObject(found)) return found;
  if (found === undefined || found === null || (path === 'model.gate' && found === true)) return {};
  if (typeof found === 'string' && KINDS.includes(path)) return { kind: found };
  throw new InputError(
    `${path} is ${JSON.stringify(found)}, which has no part ${JSON.stringify(next)}; to vary a part, give base.${path} as an object`,
  );
}

/** The last word of each path, or the whole path where several end in it; in the order given. */
export function shortPaths(paths: readonly string[]): string[] {
  const lasts = paths.map((path) => path.split('.').at(-1) as string);
  return paths.map((path, i) => {
    const last = lasts[i] as string;
    return lasts.indexOf(last) === lasts.lastIndexOf(last) ? last : path;
  });
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON with the keys of every object in order: equal for values that differ in the order of their keys alone. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((inner) => canonicalJson(inner ?? null)).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const entries = Object.keys(value)
    .sort()
    .filter((key) => value[key] !== undefined)
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${entries.join(',')}}`;
}
