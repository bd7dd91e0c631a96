/** @file ONNX Runtime's tensors as exported models take them, and caches of keys and values by row. */
import * as ort from 'onnxruntime-node';

export type Feeds = { [name: string]: ort.Tensor };

/** Rows of one length as int64 [B, T]. */
export function integers(rows: readonly (readonly number[])[]): ort.Tensor {
  return new ort.Tensor('int64', BigInt64Array.from(rows.flat(), BigInt), [
    rows.length,
    rows[0]?.length ?? 0,
  ]);
}

export function floats(tensor: ort.Tensor | undefined): Float32Array {
  return (tensor as ort.Tensor).data as Float32Array;
}

/** `past_key_values.…` from the outputs `present.…` of a call before; empty where there was none. */
export function cacheFeeds(session: ort.InferenceSession, found: Feeds | null, batch: number): Feeds {
  const wanted = session.inputMetadata.filter(({ name }) => name.startsWith('past_key_values'));
  return Object.fromEntries(
    wanted.map((input) => {
      const known = found?.[input.name.replace('past_key_values', 'present')];
      if (known) return [input.name, known];
      const [, heads, , width] = (input as unknown as { shape: [0, number, 0, number] }).shape;
      return [input.name, new ort.Tensor('float32', new Float32Array(0), [batch, heads, 0, width])];
    }),
  );
}

/** Rows of a cache, in another order or more than once. */
export function rowsOf(cache: Feeds, rows: readonly number[]): Feeds {
  return Object.fromEntries(
    Object.entries(cache).map(([name, tensor]) => {
      const [, ...shape] = tensor.dims;
      const size = shape.reduce((a, b) => a * b, 1);
      const all = floats(tensor);
      const chosen = new Float32Array(rows.length * size);
      for (const [i, row] of rows.entries()) chosen.set(all.subarray(row * size, (row + 1) * size), i * size);
      return [name, new ort.Tensor('float32', chosen, [rows.length, ...shape])];
    }),
  );
}

/** The logits [V] at the last place of each row of [B, T, V]. */
export function lastLogits(logits: ort.Tensor | undefined, vocabulary: number): Float32Array[] {
  const [batch, time] = (logits as ort.Tensor).dims as [number, number];
  const data = floats(logits);
  return Array.from({ length: batch }, (_, row) => {
    const end = (row + 1) * time * vocabulary;
    return data.slice(end - vocabulary, end);
  });
}
