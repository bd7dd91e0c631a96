/**
 * @file What is wrong with a record, in words: file, line, field, value, and how to mend it. A missing field
 * looks for the name under which the record may carry it.
 */
import type { z } from 'zod';
import { InputError } from '../errors';
import { quote } from './json-lines';
import type { Task } from './records';

/** Names under which other data sets carry a field of ours. */
const ALIASES: Record<string, readonly string[]> = {
  id: ['identifier', 'uid', 'guid', 'index', 'key'],
  text: ['sentence', 'content', 'caption', 'utterance', 'question', 'input'],
  label: ['answer', 'class', 'category', 'target', 'gold', 'y', 'tag'],
  image: ['img', 'picture', 'image_path', 'img_path', 'imagepath', 'filename', 'file'],
  answer: ['label', 'answers', 'target'],
  tags: ['labels', 'ner_tags'],
  tokens: ['words'],
  value: ['label', 'score', 'target'],
};

const WORDS: Record<string, string> = {
  string: 'text in quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list of two numbers',
  object: 'an object',
  record: 'an object',
};

/** The error for the first issue that the task's schema found in the value of one line. */
export function recordError(
  file: string,
  line: number,
  task: Task,
  value: unknown,
  issue: z.core.$ZodIssue,
): InputError {
  const field = issue.path.map(String).join('.');
  if (field === '') {
    return new InputError(
      `${file}:${line}: a ${task} record must be a JSON object, found ${quote(value)}; write { … } with the task's fields`,
    );
  }
  const found = at(value, issue.path);
  if (found === undefined && issue.code === 'invalid_type') {
    const other = issue.path.length === 1 ? otherName(field, value) : undefined;
    const mend = other
      ? `the record has ${quote(other)}: rename it to ${quote(field)}`
      : `add ${quote(field)} (${WORDS[issue.expected] ?? issue.expected}) to the record`;
    return new InputError(`${file}:${line}: field ${quote(field)} is missing in ${quote(value)}; ${mend}`);
  }
  return new InputError(`${file}:${line}: field ${quote(field)} is ${quote(found)}; ${demand(issue)}`);
}

function demand(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `it must be ${WORDS[issue.expected] ?? issue.expected}`;
  if (issue.code === 'too_small' && issue.minimum === 1) return 'it must not be empty';
  if (issue.code === 'too_small' && issue.minimum === 0) return 'it must not be below 0';
  return issue.message.startsWith('must') ? `it ${issue.message}` : `mend it: ${issue.message}`;
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let held: unknown = value;
  for (const key of path) {
    if (typeof held !== 'object' || held === null) return undefined;
    held = (held as Record<PropertyKey, unknown>)[key];
  }
  return held;
}

/** The key of `value` that is `field` in other letters: another case, one letter off, or a known alias. */
function otherName(field: string, value: unknown): string | undefined {
  const keys = Object.keys(value as object);
  return (
    keys.find((key) => key.toLowerCase().trim() === field.toLowerCase()) ??
    keys.find((key) => oneEditApart(key.toLowerCase(), field.toLowerCase())) ??
    keys.find((key) => ALIASES[field]?.includes(key.toLowerCase()))
  );
}

/** Whether one letter inserted, dropped or changed makes one word the other. */
function oneEditApart(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
  const [x, y] = [a.slice(start), b.slice(start)];
  return x.slice(1) === y.slice(1) || x.slice(1) === y || x === y.slice(1);
}
