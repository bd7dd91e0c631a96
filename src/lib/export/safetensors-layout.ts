/**
 * @file The header of a safetensors file, as the reference writes it (`prepare` of `tensor.rs`): no space, the
 * fields in a fixed order, padded with spaces so that the tensors' bytes begin at a multiple of 8.
 */
import { HeaderTooLarge, InvalidTensor, ValidationOverflow } from './safetensors-errors';
import { MAX_HEADER_BYTES, METADATA } from './safetensors-header';
import { DTYPE_BITS, type SafeTensorInfo } from './safetensors-types';

/**
 * The first bytes of a file (length and JSON, padded with spaces to a multiple of 8) and the order in which
 * the tensors' bytes follow: last dtype first, then by name in bytes, as the reference writes them.
 * `__metadata__` comes first, its keys sorted (the reference leaves their order to chance).
 */
export function buildHeader(
  file: string,
  tensors: Iterable<[string, SafeTensorInfo]>,
  metadata: ReadonlyMap<string, string>,
): { bytes: Uint8Array; order: string[] } {
  const rank = new Map(Object.keys(DTYPE_BITS).map((dtype, i) => [dtype, i]));
  const sorted = [...tensors].map(([name, info]) => ({ name, key: Buffer.from(name), info }));
  sorted.sort(
    (a, b) =>
      (rank.get(b.info.dtype) as number) - (rank.get(a.info.dtype) as number) || Buffer.compare(a.key, b.key),
  );
  const parts: string[] = [];
  if (metadata.size > 0) {
    const pairs = [...metadata].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    parts.push(
      `"${METADATA}":{${pairs.map(([key, item]) => `${quote(file, key)}:${quote(file, item)}`).join(',')}}`,
    );
  }
  let start = 0;
  for (const { name, info } of sorted) {
    if (name === METADATA)
      throw new InvalidTensor(file, `a tensor cannot be named ${METADATA}: the format reserves it`);
    const end = start + info.byteLength;
    if (!Number.isSafeInteger(end))
      throw new ValidationOverflow(file, `tensor ${JSON.stringify(name)} ends past 2^53 − 1`);
    parts.push(
      `${quote(file, name)}:{"dtype":"${info.dtype}","shape":[${info.shape.join(',')}],"data_offsets":[${start},${end}]}`,
    );
    start = end;
  }
  const json = Buffer.from(`{${parts.join(',')}}`);
  const length = Math.ceil(json.length / 8) * 8;
  if (length > MAX_HEADER_BYTES) {
    throw new HeaderTooLarge(
      file,
      `the header would take ${length} bytes, expected at most ${MAX_HEADER_BYTES}`,
    );
  }
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  return { bytes, order: sorted.map(({ name }) => name) };
}

function quote(file: string, text: string): string {
  if (/\p{Surrogate}/u.test(text)) {
    throw new InvalidTensor(
      file,
      `${JSON.stringify(text)} holds half a surrogate pair and cannot be written as UTF-8`,
    );
  }
  return JSON.stringify(text);
}
