/**
 * @file An automaton over bytes, read token by token: from each state, the tokens whose bytes lead on, and how few
 * tokens a match takes from there. A token is allowed where some tokens after it reach a match, so writing never
 * comes to a dead end, also with a vocabulary that lacks some bytes; and where so few reach it that the tokens that
 * may still be written are enough.
 *
 *     allowed(q) = { t : distance(δ(q, bytes t)) < ∞ };   distance(q) = 0 where q accepts, else 1 + min_t distance(δ(q, t))
 *
 * Source: Willard and Louf 2023 (arXiv 2307.09702) for the index of states; distances are ours.
 */
import { type Automaton, run } from './automaton';
import type { TokenBytes } from './token-bytes';
import { TokenTree } from './token-tree';

export interface TokenAutomaton {
  /** State of a text of which nothing is written. */
  readonly start: number;
  /** State after a token; −1 where it is not allowed. */
  after(state: number, id: number): number;
  /** Tokens that lead to a match from `state`, and the state after each. */
  edges(state: number): Edges;
  /** Fewest tokens to a match; 0 where the text matches; −1 where no tokens reach one. */
  distance(state: number): number;
}

interface Edges {
  readonly ids: Int32Array;
  readonly targets: Int32Array;
}

export function createTokenAutomaton(automaton: Automaton, { inside, atStart }: TokenBytes): TokenAutomaton {
  // A start of its own where the first token has other bytes.
  const start = inside === atStart ? 0 : automaton.states;
  const tree = new TokenTree(inside);
  const startTree = start === 0 ? tree : new TokenTree(atStart, true);
  const isOwnStart = (state: number) => state === start && start !== 0;
  const walkFrom = (state: number, visit: (ids: readonly number[], target: number) => void) =>
    isOwnStart(state) ? startTree.walk(automaton, 0, visit) : tree.walk(automaton, state, visit);
  const targets = new Map<number, number[]>();
  const lastSource = new Int32Array(automaton.states).fill(-1); // from which a state was reached last
  const order = [start];
  const seen = new Set(order);
  for (const state of order) {
    const found: number[] = [];
    walkFrom(state, (_, target) => {
      if (lastSource[target] === state) return;
      lastSource[target] = state;
      found.push(target);
    });
    targets.set(state, found);
    for (const target of found) {
      if (!seen.has(target)) order.push(target);
      seen.add(target);
    }
  }
  const accepts = (state: number) => automaton.accepts[isOwnStart(state) ? 0 : state] === 1;
  const distances = distancesOf(targets, accepts);
  // Of the states that are met: all of a large vocabulary's would fill the memory.
  const edges = new Map<number, Edges>();
  return {
    start,
    distance: (state) => distances.get(state) ?? -1,
    edges(state) {
      const known = edges.get(state);
      if (known) return known;
      const ids: number[] = [];
      const after: number[] = [];
      walkFrom(state, (tokens, target) => {
        if (!distances.has(target)) return;
        for (const id of tokens) {
          ids.push(id);
          after.push(target);
        }
      });
      const made = { ids: Int32Array.from(ids), targets: Int32Array.from(after) };
      edges.set(state, made);
      return made;
    },
    after(state, id) {
      const bytes = (isOwnStart(state) ? atStart : inside)[id];
      if (!bytes || (bytes.length === 0 && !isOwnStart(state))) return -1;
      const target = run(automaton, bytes, isOwnStart(state) ? 0 : state);
      return distances.has(target) ? target : -1;
    },
  };
}

/** Breadth first, backwards from the states that accept. */
function distancesOf(
  targets: ReadonlyMap<number, readonly number[]>,
  accepts: (state: number) => boolean,
): Map<number, number> {
  const sources = new Map<number, number[]>([...targets.keys()].map((state) => [state, []]));
  for (const [state, found] of targets) for (const target of found) sources.get(target)?.push(state);
  const distances = new Map<number, number>();
  for (const state of targets.keys()) if (accepts(state)) distances.set(state, 0);
  for (const [state, distance] of distances) {
    for (const source of sources.get(state) as number[]) {
      if (!distances.has(source)) distances.set(source, distance + 1);
    }
  }
  return distances;
}
