/**
 * @file An automaton over bytes, read token by token: from each state, the tokens whose bytes lead on, and how few
 * tokens a match takes from there. A token is allowed where some tokens after it reach a match, so writing never
 * comes to a dead end, also with a vocabulary that lacks some bytes; and where so few reach it that the tokens that
 * may still be written are enough.
 *
 *     allowed(q) = { t : distance(δ(q, bytes t)) < ∞ };   distance(q) = 0 where q accepts, else 1 + min_t distance(δ(q, t))
 *
 * Source: Willard and Louf 2023 (arXiv 2307.09702) for the index of states; distances are ours. Tokens are held in a
 * tree of their bytes, so that common beginnings are read once.
 */
import type { Automaton } from './automaton';
import type { TokenBytes } from './token-bytes';

export interface TokenAutomaton {
  /** State of a text of which nothing is written. */
  readonly start: number;
  /** State after a token; −1 where it is not allowed. */
  after(state: number, id: number): number;
  /** Tokens that lead to a match from `state`, and the state after each. */
  edges(state: number): { readonly ids: Int32Array; readonly targets: Int32Array };
  /** Fewest tokens to a match; 0 where the text matches; −1 where no tokens reach one. */
  distance(state: number): number;
}

interface Node {
  /** Ids whose bytes end here. */
  ids: number[];
  children: Map<number, Node>;
}

export function createTokenAutomaton(automaton: Automaton, { inside, atStart }: TokenBytes): TokenAutomaton {
  // A start of its own where the first token has other bytes.
  const start = inside === atStart ? 0 : automaton.states;
  const tree = treeOf(inside, false);
  const edges = new Map<number, { ids: number[]; targets: number[] }>();
  const order = [start];
  const seen = new Set(order);
  for (const state of order) {
    const isStart = state === start && start !== 0;
    const found = { ids: [] as number[], targets: [] as number[] };
    walk(isStart ? treeOf(atStart, true) : tree, isStart ? 0 : state, automaton, found);
    edges.set(state, found);
    for (const target of found.targets) {
      if (!seen.has(target)) order.push(target);
      seen.add(target);
    }
  }
  const accepts = (state: number) => automaton.accepts[state === start ? 0 : state] === 1;
  const distances = distancesOf(order, edges, accepts);
  const kept = new Map<number, { ids: Int32Array; targets: Int32Array }>();
  for (const [state, { ids, targets }] of edges) {
    const alive = ids.map((_, i) => i).filter((i) => distances.has(targets[i] as number));
    kept.set(state, {
      ids: Int32Array.from(alive, (i) => ids[i] as number),
      targets: Int32Array.from(alive, (i) => targets[i] as number),
    });
  }
  return {
    start,
    edges: (state) => kept.get(state) ?? { ids: new Int32Array(), targets: new Int32Array() },
    distance: (state) => distances.get(state) ?? -1,
    after(state, id) {
      let target = state === start ? 0 : state;
      const bytes = (state === start ? atStart : inside)[id];
      if (!bytes || (bytes.length === 0 && (state !== start || start === 0))) return -1;
      for (const byte of bytes) {
        target = automaton.next[target * 256 + byte] as number;
        if (target < 0) return -1;
      }
      return distances.has(target) ? target : -1;
    },
  };
}

/** Tokens without bytes would lead nowhere, but for a space that the beginning of a text swallows. */
function treeOf(tokens: readonly (Uint8Array | null)[], withEmpty: boolean): Node {
  const root: Node = { ids: [], children: new Map() };
  for (const [id, bytes] of tokens.entries()) {
    if (!bytes || (bytes.length === 0 && !withEmpty)) continue;
    let node = root;
    for (const byte of bytes) {
      const child = node.children.get(byte) ?? { ids: [], children: new Map() };
      node.children.set(byte, child);
      node = child;
    }
    node.ids.push(id);
  }
  return root;
}

function walk(
  node: Node,
  state: number,
  automaton: Automaton,
  found: { ids: number[]; targets: number[] },
): void {
  for (const id of node.ids) {
    found.ids.push(id);
    found.targets.push(state);
  }
  for (const [byte, child] of node.children) {
    const target = automaton.next[state * 256 + byte] as number;
    if (target >= 0) walk(child, target, automaton, found);
  }
}

/** Breadth first, backwards from the states that accept. */
function distancesOf(
  states: readonly number[],
  edges: ReadonlyMap<number, { targets: number[] }>,
  accepts: (state: number) => boolean,
): Map<number, number> {
  const sources = new Map<number, number[]>(states.map((state) => [state, []]));
  for (const [state, { targets }] of edges) {
    for (const target of new Set(targets)) (sources.get(target) as number[]).push(state);
  }
  const distances = new Map<number, number>();
  for (const state of states) if (accepts(state)) distances.set(state, 0);
  for (const [state, distance] of distances) {
    for (const source of sources.get(state) as number[]) {
      if (!distances.has(source)) distances.set(source, distance + 1);
    }
  }
  return distances;
}
