/** @file A config file checked by a zod schema: what is wrong is told by dotted path, value and mend. */
import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { InputError } from './errors';
import { nearest } from './nn/nearest';

/** The JSON of a file. Throws an `InputError` where there is none. */
export async function readJsonFile(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new InputError(
      `${path}: ${code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code})`}`,
      { cause },
    );
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError(`${path}: not JSON: ${(cause as Error).message}`, { cause });
  }
}

/** `value` as the schema has it, defaults filled in. Throws an `InputError` that lists everything that is wrong. */
export function parseConfig<S extends z.ZodType>(schema: S, value: unknown, where: string): z.infer<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.flatMap((issue) => describeIssue(schema, issue, value));
  throw new InputError(`${where}:\n${lines.map((line) => `  ${line}`).join('\n')}`);
}

function describeIssue(schema: z.ZodType, issue: z.core.$ZodIssue, value: unknown): string[] {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path, value);
    return issue.keys.map((key) => {
      const near = nearest(key, known);
      const mend = near
        ? `did you mean ${near}?`
        : known.length > 0
          ? `known are ${known.join(', ')}`
          : 'leave it out';
      return `${[...issue.path, key].join('.')} is not known; ${mend}`;
    });
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const deepest = issue.errors.reduce((a, b) => (depth(b) > depth(a) ? b : a));
    if (depth(deepest) > 0)
      return deepest.flatMap((inner) =>
        describeIssue(schema, { ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue, value),
      );
  }
  const found = issue.path.reduce<unknown>(
    (part, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
  const shown = found === undefined ? 'missing' : `found ${JSON.stringify(found)}`;
  return [`${path || 'the whole'}: ${issue.message}; ${shown}`];
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

/** Keys that an object at `path` of the schema may have. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[], value: unknown): string[] {
  let at: unknown = schema;
  let part = value;
  for (const key of path) {
    at = optionsOf(at).flatMap((option) =>
      shapeOf(option)?.[key as string] ? [shapeOf(option)?.[key as string]] : [],
    )[0];
    part = (part as Record<PropertyKey, unknown> | undefined)?.[key];
  }
  return [...new Set(optionsOf(at).flatMap((option) => Object.keys(shapeOf(option) ?? {})))];
}

interface Definition {
  innerType?: unknown;
  out?: unknown;
  options?: unknown[];
  shape?: Record<string, unknown>;
}

const definitionOf = (schema: unknown) => (schema as { def?: Definition } | undefined)?.def;

/** The object schemas that may stand behind defaults, unions and pipes. */
function optionsOf(schema: unknown): unknown[] {
  const definition = definitionOf(schema);
  if (!definition) return [];
  if (definition.innerType) return optionsOf(definition.innerType);
  if (definition.options) return definition.options.flatMap(optionsOf);
  if (definition.out) return optionsOf(definition.out);
  return [schema];
}

function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  return definitionOf(schema)?.shape;
}
