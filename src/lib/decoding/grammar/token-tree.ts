/**
 * @file The tokens of a vocabulary as a tree of their bytes, laid out in the order of a walk, so that an automaton is
 * run over all of them at once: a byte that leads nowhere skips everything that begins with it.
 */
import type { Automaton } from './automaton';

interface Node {
  ids: number[];
  children: Map<number, Node>;
}

export class TokenTree {
  /** Of each node but the root, in the order of the walk: its byte, its depth, the first node that is not below it. */
  private readonly bytes: Uint8Array;
  private readonly depths: Int32Array;
  private readonly skips: Int32Array;
  /** Ids whose bytes end at a node; those of the root have no bytes. */
  private readonly ids: (readonly number[])[] = [];
  private readonly emptyIds: readonly number[];
  private readonly states: Int32Array;

  /** Tokens without bytes would lead nowhere, but for a space that the beginning of a text swallows: `withEmpty`. */
  constructor(tokens: readonly (Uint8Array | null)[], withEmpty = false) {
    const root: Node = { ids: [], children: new Map() };
    for (const [id, bytes] of tokens.entries()) {
      if (!bytes) continue;
      let node = root;
      for (const byte of bytes) {
        const child = node.children.get(byte) ?? { ids: [], children: new Map() };
        node.children.set(byte, child);
        node = child;
      }
      node.ids.push(id);
    }
    this.emptyIds = withEmpty ? root.ids : [];
    const bytes: number[] = [];
    const depths: number[] = [];
    const skips: number[] = [];
    let deepest = 0;
    const lay = (node: Node, depth: number) => {
      for (const [byte, child] of node.children) {
        const at = bytes.push(byte) - 1;
        depths.push(depth);
        this.ids.push(child.ids);
        deepest = Math.max(deepest, depth + 1);
        lay(child, depth + 1);
        skips[at] = bytes.length;
      }
    };
    lay(root, 0);
    this.bytes = Uint8Array.from(bytes);
    this.depths = Int32Array.from(depths);
    this.skips = Int32Array.from(skips);
    this.states = new Int32Array(deepest + 1);
  }

  /** Every token that can be read from `from`, with the state after it. */
  walk({ next }: Automaton, from: number, visit: (ids: readonly number[], target: number) => void): void {
    const { bytes, depths, skips, ids, states } = this;
    if (this.emptyIds.length > 0) visit(this.emptyIds, from);
    states[0] = from;
    for (let node = 0; node < bytes.length; ) {
      const depth = depths[node] as number;
      const target = next[(states[depth] as number) * 256 + (bytes[node] as number)] as number;
      if (target < 0) {
        node = skips[node] as number;
        continue;
      }
      states[depth + 1] = target;
      const here = ids[node] as readonly number[];
      if (here.length > 0) visit(here, target);
      node++;
    }
  }
}
