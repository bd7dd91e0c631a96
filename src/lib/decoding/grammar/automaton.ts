/**
 * @file Regular expressions as deterministic automata over bytes of UTF-8: Thompson's construction (1968), then
 * subsets (Rabin and Scott 1959). States from which no match can be reached are cut off, so that a text can be
 * continued to a match exactly where its state is not −1.
 */
import { InputError } from '../../errors';
import { utf8Sequences } from './character-set';
import { parseRegularExpression, type Tree } from './parse';

export interface Automaton {
  /** State 0 is the start. */
  readonly states: number;
  /** [states · 256]: the state after a byte, −1 where no match can follow. */
  readonly next: Int32Array;
  /** [states]: 1 where the bytes so far match. */
  readonly accepts: Uint8Array;
}

const MOST_EDGES = 200_000;
const MOST_STATES = 20_000;

/** Edges of the automaton that may be in many states at once. */
interface Fragments {
  /** States after no byte. */
  empty: number[][];
  /** [first byte, last byte, state] */
  edges: [number, number, number][][];
  count: number;
}

/** Throws an `InputError` where the expression is wrong, too large, or matches no text. */
export function compileAutomaton(source: string): Automaton {
  const fragments: Fragments = { empty: [], edges: [], count: 0 };
  const start = newState(fragments);
  const tooLarge = () => {
    throw new InputError(
      `regular expression ${JSON.stringify(source)}: too large (more than ${MOST_EDGES} edges or ${MOST_STATES} states): lower the counts in {…}`,
    );
  };
  const end = build(parseRegularExpression(source), start, fragments, tooLarge);
  const automaton = cutOff(subsets(fragments, start, end, tooLarge));
  if (automaton === null)
    throw new InputError(`regular expression ${JSON.stringify(source)}: no text matches it`);
  return automaton;
}

/** Whether bytes match, or can be continued to a match: the state after them, −1 where not. */
export function run(automaton: Automaton, bytes: Iterable<number>, from = 0): number {
  let state = from;
  for (const byte of bytes) {
    if (state < 0) break;
    state = automaton.next[state * 256 + byte] as number;
  }
  return state;
}

function newState(fragments: Fragments): number {
  fragments.edges.push([]);
  return fragments.empty.push([]) - 1;
}

/** Adds a tree behind state `from`; returns the state after it. */
function build(tree: Tree, from: number, fragments: Fragments, tooLarge: () => void): number {
  const link = (a: number, b: number) => (fragments.empty[a] as number[]).push(b);
  if (++fragments.count > MOST_EDGES) tooLarge();
  switch (tree.kind) {
    case 'characters': {
      const end = newState(fragments);
      for (const bytes of utf8Sequences(tree.set)) {
        let state = from;
        for (const [i, [first, last]] of bytes.entries()) {
          const target = i === bytes.length - 1 ? end : newState(fragments);
          (fragments.edges[state] as [number, number, number][]).push([first, last, target]);
          fragments.count++;
          state = target;
        }
      }
      return end;
    }
    case 'sequence':
      return tree.parts.reduce((state, part) => build(part, state, fragments, tooLarge), from);
    case 'choice': {
      const end = newState(fragments);
      for (const part of tree.parts) {
        const start = newState(fragments);
        link(from, start);
        link(build(part, start, fragments, tooLarge), end);
      }
      return end;
    }
    case 'repeat': {
      let state = from;
      for (let i = 0; i < tree.least; i++) state = build(tree.part, state, fragments, tooLarge);
      const end = newState(fragments);
      if (tree.most === Number.POSITIVE_INFINITY) {
        const loop = newState(fragments);
        link(state, loop);
        link(build(tree.part, loop, fragments, tooLarge), loop);
        link(loop, end);
        return end;
      }
      for (let i = tree.least; i < tree.most; i++) {
        link(state, end);
        const inside = newState(fragments);
        link(state, inside);
        state = build(tree.part, inside, fragments, tooLarge);
      }
      link(state, end);
      return end;
    }
  }
}

function subsets({ empty, edges }: Fragments, start: number, end: number, tooLarge: () => void): Automaton {
  const closure = (from: Iterable<number>): number[] => {
    const seen = new Set(from);
    for (const state of seen) for (const next of empty[state] as number[]) seen.add(next);
    return [...seen].sort((a, b) => a - b);
  };
  const names = new Map<string, number>();
  const members: number[][] = [];
  const nameOf = (set: number[]): number => {
    const key = set.join(',');
    const known = names.get(key);
    if (known !== undefined) return known;
    if (members.length >= MOST_STATES) tooLarge();
    names.set(key, members.length);
    return members.push(set) - 1;
  };
  nameOf(closure([start]));
  const rows: Int32Array[] = [];
  for (let state = 0; state < members.length; state++) {
    const row = new Int32Array(256).fill(-1);
    const outgoing = (members[state] as number[]).flatMap((one) => edges[one] as [number, number, number][]);
    // Between two bounds every byte leads to the same set.
    const bounds = [...new Set(outgoing.flatMap(([first, last]) => [first, last + 1]))].sort((a, b) => a - b);
    for (const [i, first] of bounds.entries()) {
      const targets = outgoing.filter(([low, high]) => low <= first && first <= high).map(([, , to]) => to);
      if (targets.length > 0) row.fill(nameOf(closure(new Set(targets))), first, bounds[i + 1]);
    }
    rows.push(row);
  }
  const next = new Int32Array(rows.length * 256);
  for (const [state, row] of rows.entries()) next.set(row, state * 256);
  return {
    states: rows.length,
    next,
    accepts: Uint8Array.from(members, (set) => (set.includes(end) ? 1 : 0)),
  };
}

/** Without the states from which nothing is accepted; `null` where the start is one of them. */
function cutOff({ states, next, accepts }: Automaton): Automaton | null {
  const sources: number[][] = Array.from({ length: states }, () => []);
  for (let state = 0; state < states; state++) {
    for (const target of new Set(next.subarray(state * 256, (state + 1) * 256))) {
      if (target >= 0) (sources[target] as number[]).push(state);
    }
  }
  const alive = new Set<number>();
  for (let state = 0; state < states; state++) if (accepts[state]) alive.add(state);
  for (const state of alive) for (const source of sources[state] as number[]) alive.add(source);
  if (!alive.has(0)) return null;
  const kept = [...alive].sort((a, b) => a - b);
  const renamed = new Map(kept.map((state, i) => [state, i]));
  const out = new Int32Array(kept.length * 256);
  for (const [i, state] of kept.entries()) {
    for (let byte = 0; byte < 256; byte++) {
      out[i * 256 + byte] = renamed.get(next[state * 256 + byte] as number) ?? -1;
    }
  }
  return {
    states: kept.length,
    next: out,
    accepts: Uint8Array.from(kept, (state) => accepts[state] as number),
  };
}
