/**
 * @file The key–value cache of a decoder, on the host: for each layer keys and values [B, H_kv, C, d], of which the
 * first `lengths[i]` places of row i are filled. Rows can be taken over in another order (beams), and the room C grows
 * by doubling. The tensors that the step is given lie over these arrays, so that writing a token's keys and values is
 * a copy of a few numbers.
 */
import { tf } from '../engine';
import type { ContextRow } from './next-token-logits';

export interface CacheSettings {
  /** Ids of each row; rows of the tensors beyond these are padding. */
  rows: readonly (readonly number[])[];
  /** How many of a row's places hold the picture, before its ids. */
  pictureTokens: number;
  /** C is the first of this, twice this, … that is enough, and at most `mostRoom`. */
  smallestRoom: number;
  mostRoom: number;
}

interface Shape {
  layers: number;
  batch: number;
  heads: number;
  room: number;
  size: number;
}

/** Keys and values of new tokens [L, B, H_kv, T, d]. */
type Found = { [name: string]: tf.Tensor };

export class KeyValueCache {
  /** One a layer [B, H_kv, C, d]. */
  keys: tf.Tensor[] = [];
  values: tf.Tensor[] = [];
  /** Places filled in each row [B]; 0 in rows of padding. */
  lengths: Int32Array = new Int32Array(0);
  private arrays: Float32Array[] = [];

  private constructor(
    private shape: Shape,
    private readonly settings: Pick<CacheSettings, 'pictureTokens' | 'mostRoom'>,
    private ids: readonly (readonly number[])[],
  ) {
    this.measure();
    this.allocate();
  }

  /** The cache of prompts that have just been read. */
  static of(found: Found, { rows, pictureTokens, smallestRoom, mostRoom }: CacheSettings): KeyValueCache {
    const [layers, batch, heads, time, size] = (found.keys as tf.Tensor).shape as number[] as [
      number,
      number,
      number,
      number,
      number,
    ];
    let room = smallestRoom;
    while (room < pictureTokens + Math.max(...rows.map(({ length }) => length)) + 1) room *= 2;
    room = Math.min(room, mostRoom);
    const cache = new KeyValueCache({ layers, batch, heads, room, size }, { pictureTokens, mostRoom }, rows);
    cache.write(found, time, (row) => ({ at: 0, count: cache.lengths[row] as number }));
    return cache;
  }

  /** Whether a row is one of ours with one id more. */
  holds({ ids, parent }: ContextRow): boolean {
    const before = parent === null ? undefined : this.ids[parent];
    return before?.length === ids.length - 1 && before.every((id, i) => id === ids[i]);
  }

  /** Takes the rows' parents in their order as the rows of a batch of `batch`, with room for a token more. */
  goOn(rows: readonly ContextRow[], batch: number): void {
    const parents = rows.map(({ parent }) => parent as number);
    this.ids = parents.map((parent) => this.ids[parent] as readonly number[]);
    this.measure(batch);
    let { room } = this.shape;
    while (room < Math.max(...this.lengths) + 1) room = Math.min(2 * room, this.settings.mostRoom);
    const isSame = batch === this.shape.batch && room === this.shape.room;
    if (isSame && parents.every((parent, i) => parent === i)) return;
    const [old, { heads, room: oldRoom, size }] = [this.arrays, this.shape];
    tf.dispose([this.keys, this.values]);
    this.shape = { ...this.shape, batch, room };
    this.allocate();
    for (const [layer, target] of this.arrays.entries()) {
      const source = old[layer] as Float32Array;
      for (const [i, parent] of parents.entries()) {
        const filled = (this.lengths[i] as number) * size;
        for (let head = 0; head < heads; head++) {
          const from = (parent * heads + head) * oldRoom * size;
          target.set(source.subarray(from, from + filled), (i * heads + head) * room * size);
        }
      }
    }
  }

  /** Writes the keys and values of the last id of each row, which the step has read. */
  add(found: Found, rows: readonly ContextRow[]): void {
    this.write(found, 1, (row) => ({ at: this.lengths[row] as number, count: 1 }));
    this.ids = rows.map(({ ids }) => ids);
    this.measure();
  }

  dispose(): void {
    tf.dispose([this.keys, this.values]);
    this.arrays = [];
  }

  private measure(batch = this.shape.batch): void {
    this.lengths = new Int32Array(batch);
    for (const [row, ids] of this.ids.entries()) this.lengths[row] = this.settings.pictureTokens + ids.length;
  }

  private allocate(): void {
    const { layers, batch, heads, room, size } = this.shape;
    const tensor = () => {
      const array = new Float32Array(batch * heads * room * size);
      this.arrays.push(array);
      return tf.tensor4d(array, [batch, heads, room, size]); // lies over the array: tfjs copies no typed array
    };
    this.arrays = [];
    this.keys = Array.from({ length: layers }, tensor);
    this.values = Array.from({ length: layers }, tensor);
  }

  /** Copies the first `count` of `time` tokens of each row to the places from `at` on. */
  private write(found: Found, time: number, place: (row: number) => { at: number; count: number }): void {
    const { layers, batch, heads, room, size } = this.shape;
    for (const [half, name] of (['keys', 'values'] as const).entries()) {
      const source = (found[name] as tf.Tensor).dataSync() as Float32Array;
      for (let layer = 0; layer < layers; layer++) {
        const target = this.arrays[half * layers + layer] as Float32Array;
        for (let row = 0; row < this.ids.length; row++) {
          const { at, count } = place(row);
          for (let head = 0; head < heads; head++) {
            const from = ((layer * batch + row) * heads + head) * time * size;
            target.set(source.subarray(from, from + count * size), ((row * heads + head) * room + at) * size);
          }
        }
      }
    }
  }
}
