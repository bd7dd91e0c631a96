/**
 * @file Records grouped in clusters, and draws of whole clusters with replacement. Records of one cluster (the
 * six pictures of one NLVR example, the questions about one picture) are not independent; resampling records
 * one by one would make intervals too narrow.
 */
import { InputError } from '../../errors';
import { Generator } from '../../random';

/** Clusters in order of first appearance: records of cluster c are `records[starts[c] … starts[c + 1])`. */
export interface Clusters {
  count: number;
  starts: Int32Array;
  records: Int32Array;
}

/** Groups `total` records by name; without names each record is its own cluster. */
export function groupClusters(total: number, names?: ArrayLike<string | number>): Clusters {
  if (total === 0) throw new InputError('statistics: no records; an interval over none is undefined');
  if (!names) {
    const records = Int32Array.from({ length: total }, (_, i) => i);
    return { count: total, starts: Int32Array.from({ length: total + 1 }, (_, i) => i), records };
  }
  if (names.length !== total) {
    throw new InputError(`statistics: ${names.length} cluster names for ${total} records; give one a record`);
  }
  const members = new Map<string | number, number[]>();
  for (let i = 0; i < total; i++) {
    const name = names[i] as string | number;
    const list = members.get(name);
    if (list) list.push(i);
    else members.set(name, [i]);
  }
  const starts = new Int32Array(members.size + 1);
  const records = new Int32Array(total);
  let cluster = 0;
  let at = 0;
  for (const list of members.values()) {
    records.set(list, at);
    at += list.length;
    starts[++cluster] = at;
  }
  return { count: members.size, starts, records };
}

/** The records of cluster `c`. */
export function membersOf(clusters: Clusters, c: number): Int32Array {
  return clusters.records.subarray(clusters.starts[c], clusters.starts[c + 1]);
}

/** A source of uniform whole numbers below `bound`; its bias, bound / 2^32, is far below any interval's error. */
export function drawer(seed: number, purpose: string): (bound: number) => number {
  const generator = new Generator(seed, purpose);
  return (bound) => Math.floor(generator.bits() * 2 ** -32 * bound);
}

/** Writes the records of `count` drawn clusters into a buffer that grows as needed; answers the filled part. */
export function clusterResampler(
  clusters: Clusters,
  draw: (bound: number) => number,
): () => Int32Array<ArrayBuffer> {
  let buffer = new Int32Array(Math.ceil(clusters.records.length * 1.5) + 64);
  return () => {
    let filled = 0;
    for (let i = 0; i < clusters.count; i++) {
      const members = membersOf(clusters, draw(clusters.count));
      if (filled + members.length > buffer.length) {
        const larger = new Int32Array(2 * buffer.length + members.length);
        larger.set(buffer);
        buffer = larger;
      }
      buffer.set(members, filled);
      filled += members.length;
    }
    return buffer.subarray(0, filled);
  };
}
