/**
 * @file Byte-pair merges: join the most frequent pair of neighbouring symbols, again and again (Sennrich et al.
 * 2016). Of equally frequent pairs the one of the smallest ids goes first, so the result is determined. Written to
 * give the merges of `BpeTrainer` in huggingface/tokenizers, in its order, including its count of pairs that
 * overlap ("aaa"), and a pair merged twice where another way to the same token made it anew.
 */

/** Words as symbols, and how often each occurs. */
export interface MergeInput {
  words: { symbols: number[]; count: number }[];
  /** Tokens by id; new ones are appended, to `size` at most. */
  vocabulary: string[];
  size: number;
  minimumFrequency: number;
  /** Dropped from the right token when two are joined: `##`. */
  prefix: string;
}

/** A pair that waits to be merged: how often it occurs, and in which words it was seen. */
interface Candidate {
  left: number;
  right: number;
  count: number;
  words: number[];
}

const KEY = 2 ** 26;

/** Merges until the vocabulary is full or no pair is frequent enough. Returns the merges in order, as ids. */
export function trainMerges({
  words,
  vocabulary,
  size,
  minimumFrequency,
  prefix,
}: MergeInput): [number, number][] {
  const ids = new Map(vocabulary.map((token, id) => [token, id]));
  const counts = new Map<number, number>();
  let seen = new Map<number, Candidate>();
  const note = (left: number, right: number, word: number) => {
    const key = left * KEY + right;
    const candidate = seen.get(key);
    if (!candidate) seen.set(key, { left, right, count: 0, words: [word] });
    else if (candidate.words.at(-1) !== word) candidate.words.push(word);
  };
  for (const [index, { symbols, count }] of words.entries()) {
    for (let i = 0; i + 1 < symbols.length; i++) {
      const key = (symbols[i] as number) * KEY + (symbols[i + 1] as number);
      counts.set(key, (counts.get(key) ?? 0) + count);
      note(symbols[i] as number, symbols[i + 1] as number, index);
    }
  }
  const heap = new CandidateHeap();
  const enqueue = () => {
    for (const [key, candidate] of seen) {
      candidate.count = counts.get(key) ?? 0;
      if (candidate.count > 0) heap.push(candidate);
    }
    seen = new Map();
  };
  enqueue();

  const merges = new Map<number, [number, number]>();
  while (vocabulary.length < size) {
    const top = heap.pop();
    if (!top) break;
    const key = top.left * KEY + top.right;
    const now = counts.get(key) as number;
    if (top.count !== now) {
      top.count = now;
      heap.push(top);
      continue;
    }
    if (top.count < 1 || top.count < minimumFrequency) break;
    const right = vocabulary[top.right] as string;
    const token =
      (vocabulary[top.left] as string) + (right.startsWith(prefix) ? right.slice(prefix.length) : right);
    let id = ids.get(token);
    if (id === undefined) {
      id = vocabulary.push(token) - 1;
      ids.set(token, id);
    }
    // A repeated pair counts at its last place.
    merges.delete(key);
    merges.set(key, [top.left, top.right]);
    for (const index of top.words) {
      const { symbols, count } = words[index] as { symbols: number[]; count: number };
      mergeInWord(symbols, top.left, top.right, id, (left, rightId, change) => {
        const pair = left * KEY + rightId;
        counts.set(pair, (counts.get(pair) ?? 0) + change * count);
        if (change > 0) note(left, rightId, index);
      });
    }
    enqueue();
  }
  return [...merges.values()];
}

/** Replaces the pair in a word, in place, and reports each pair of neighbours that went (−1) and came (+1). */
function mergeInWord(
  symbols: number[],
  left: number,
  right: number,
  id: number,
  report: (left: number, right: number, change: 1 | -1) => void,
): void {
  let write = 0;
  for (let read = 0; read < symbols.length; read++) {
    if (symbols[read] !== left || symbols[read + 1] !== right) {
      symbols[write++] = symbols[read] as number;
      continue;
    }
    if (write > 0) {
      report(symbols[write - 1] as number, left, -1);
      report(symbols[write - 1] as number, id, 1);
    }
    symbols[write++] = id;
    read++;
    if (read + 1 < symbols.length) {
      report(right, symbols[read + 1] as number, -1);
      report(id, symbols[read + 1] as number, 1);
    }
  }
  symbols.length = write;
}

/** A binary heap: the most frequent first, then the smaller ids. */
class CandidateHeap {
  private readonly items: Candidate[] = [];

  push(item: Candidate): void {
    let at = this.items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!precedes(item, this.items[parent] as Candidate)) break;
      this.items[at] = this.items[parent] as Candidate;
      at = parent;
    }
    this.items[at] = item;
  }

  pop(): Candidate | undefined {
    const top = this.items[0];
    const last = this.items.pop();
    const length = this.items.length;
    if (length === 0 || last === undefined) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      if (child + 1 < length && precedes(this.items[child + 1] as Candidate, this.items[child] as Candidate))
        child++;
      if (!precedes(this.items[child] as Candidate, last)) break;
      this.items[at] = this.items[child] as Candidate;
      at = child;
    }
    this.items[at] = last;
    return top;
  }
}

function precedes(a: Candidate, b: Candidate): boolean {
  return a.count !== b.count ? a.count > b.count : a.left !== b.left ? a.left < b.left : a.right < b.right;
}
