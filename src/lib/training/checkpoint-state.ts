/**
 * @file What a checkpoint holds besides tensors, as JSON that returns exactly. JSON has no NaN, no infinities
 * and no −0 (`JSON.stringify` writes `null` and `0` without a word), and an early-stopping memory begins at
 * infinity: such numbers are written as `{ "$number": "Infinity" }`.
 */
import { InputError } from '../errors';

/** A value that a checkpoint's state may hold. `undefined` in an object is left out, as JSON does. */
export type CheckpointValue =
  | null
  | boolean
  | number
  | string
  | readonly CheckpointValue[]
  | { readonly [key: string]: CheckpointValue | undefined };

const TAG = '$number';
const SPECIAL: Record<string, number> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
  '-0': -0,
};

/** The JSON text of a state. Throws `TypeError`, naming the place, for what JSON would silently change or drop. */
export function stateToJson(state: CheckpointValue): string {
  return `${JSON.stringify(encode(state, 'state', []), null, 2)}\n`;
}

/** The state of a JSON text. Throws `SyntaxError` where it is not JSON. */
export function stateFromJson(text: string): CheckpointValue {
  return JSON.parse(text, (_, value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const keys = Object.keys(value);
    if (keys.length !== 1 || keys[0] !== TAG) return value;
    if (!Object.hasOwn(SPECIAL, value[TAG])) {
      throw new InputError(
        `state: ${TAG}: expected one of ${Object.keys(SPECIAL).join(', ')}, found ${value[TAG]}`,
      );
    }
    return SPECIAL[value[TAG]];
  }) as CheckpointValue;
}

function encode(value: unknown, where: string, above: object[]): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') {
    const special = Object.keys(SPECIAL).find((name) => Object.is(SPECIAL[name], value));
    return special === undefined ? value : { [TAG]: special };
  }
  if (typeof value !== 'object')
    throw new TypeError(`${where}: a ${typeof value} cannot be kept in a checkpoint`);
  if (above.includes(value)) throw new TypeError(`${where}: holds itself`);
  const path = [...above, value];
  if (Array.isArray(value)) return value.map((item, i) => encode(item, `${where}[${i}]`, path));
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw new TypeError(
      `${where}: a ${prototype.constructor?.name} cannot be kept in a checkpoint's state, plain values can`,
    );
  }
  if (Object.hasOwn(value, TAG)) throw new TypeError(`${where}: the key ${TAG} is reserved`);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, encode(item, `${where}.${key}`, path)]));
}
