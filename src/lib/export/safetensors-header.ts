/**
 * @file The header of a safetensors file, checked as it is read.
 *
 *     u64 N, little-endian | N bytes of JSON | the tensors' bytes, little-endian, row-major, without holes
 *
 * Source: github.com/huggingface/safetensors `tensor.rs`; the checks run in its order. Beyond it, a name that
 * stands twice is refused (its README forbids it, its reader keeps the last), and so is an axis or an offset
 * past 2^53 − 1, which JavaScript could not count.
 */
import {
  DuplicateKey,
  HeaderTooLarge,
  HeaderTooSmall,
  InvalidHeader,
  InvalidHeaderDeserialization,
  InvalidHeaderLength,
  InvalidOffset,
  MetadataIncompleteBuffer,
  MisalignedSlice,
  TensorInvalidInfo,
  ValidationOverflow,
} from './safetensors-errors';
import { DTYPE_BITS, type Dtype, type SafeTensorInfo } from './safetensors-types';
import { NOT_A_SIZE, parseStrictJson, type StrictJson, StrictJsonError } from './strict-json';

export const MAX_HEADER_BYTES = 100_000_000;
export const METADATA = '__metadata__';
const U64_LIMIT = 1n << 64n;

/** A tensor of a read header; `begin` and `end` are positions in the file. */
export interface PlacedTensor extends SafeTensorInfo {
  begin: number;
  end: number;
}

/** A checked header. `tensors` stands in the order of the file's bytes. */
export interface Header {
  metadata: Map<string, string>;
  tensors: Map<string, PlacedTensor>;
}

/** Length of the header's JSON from the first 8 bytes. `fileBytes` is the length of the whole file. */
export function headerLength(file: string, first: Uint8Array, fileBytes: number): number {
  if (fileBytes < 8 || first.length < 8) {
    throw new HeaderTooSmall(
      file,
      `expected at least 8 bytes (the length of the header), found ${fileBytes}`,
    );
  }
  const length = new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw new HeaderTooLarge(
      file,
      `its first 8 bytes declare a header of ${length} bytes, expected at most ${MAX_HEADER_BYTES}: not a safetensors file, or a damaged one`,
    );
  }
  if (Number(length) + 8 > fileBytes) {
    throw new InvalidHeaderLength(
      file,
      `a header of ${length} bytes is declared, expected at most the ${fileBytes - 8} bytes that follow: the file is cut off or damaged`,
    );
  }
  return Number(length);
}

/** Checks the header's JSON against itself and against the length of the file. */
export function parseHeader(file: string, json: Uint8Array, fileBytes: number): Header {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(json);
  } catch (cause) {
    throw new InvalidHeader(file, `the header is not UTF-8`, { cause });
  }
  const root = parseJson(file, text);
  const malformed = (what: string) => new InvalidHeaderDeserialization(file, `header: ${what}`);
  if (!(root instanceof Map)) throw malformed(`expected a JSON object, found ${describe(root)}`);

  const metadata = new Map<string, string>();
  const entries: [string, RawInfo][] = [];
  for (const [name, value] of root) {
    if (name !== METADATA) entries.push([name, readInfo(file, name, value)]);
    else if (value !== null) {
      if (!(value instanceof Map))
        throw malformed(`${METADATA}: expected an object, found ${describe(value)}`);
      for (const [key, item] of value) {
        if (typeof item !== 'string') {
          throw malformed(`${METADATA}[${JSON.stringify(key)}]: expected a string, found ${describe(item)}`);
        }
        metadata.set(key, item);
      }
    }
  }
  return { metadata, tensors: placeTensors(file, entries, 8 + json.length, fileBytes) };
}

interface RawInfo {
  dtype: Dtype;
  shape: (number | bigint)[];
  offsets: [number | bigint, number | bigint];
}

function parseJson(file: string, text: string): StrictJson {
  try {
    return parseStrictJson(text);
  } catch (cause) {
    if (!(cause instanceof StrictJsonError)) throw cause;
    const Fault = cause.duplicate === undefined ? InvalidHeaderDeserialization : DuplicateKey;
    throw new Fault(file, `header: ${cause.message}`, { cause });
  }
}

function readInfo(file: string, name: string, value: StrictJson): RawInfo {
  const where = `header: tensor ${JSON.stringify(name)}`;
  const malformed = (what: string) => new InvalidHeaderDeserialization(file, `${where}: ${what}`);
  if (!(value instanceof Map)) throw malformed(`expected an object, found ${describe(value)}`);
  const dtype = value.get('dtype');
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPE_BITS, dtype)) {
    throw malformed(`dtype: expected one of ${Object.keys(DTYPE_BITS).join(', ')}, found ${describe(dtype)}`);
  }
  const shape = value.get('shape');
  if (!(Array.isArray(shape) && shape.every(isSize))) {
    throw malformed(`shape: expected an array of whole numbers ≥ 0, found ${describe(shape)}`);
  }
  const offsets = value.get('data_offsets');
  if (!(Array.isArray(offsets) && offsets.length === 2 && offsets.every(isSize))) {
    throw malformed(`data_offsets: expected two whole numbers ≥ 0, found ${describe(offsets)}`);
  }
  return {
    dtype: dtype as Dtype,
    shape,
    offsets: [offsets[0] as number | bigint, offsets[1] as number | bigint],
  };
}

function placeTensors(
  file: string,
  entries: [string, RawInfo][],
  base: number,
  fileBytes: number,
): Header['tensors'] {
  entries.sort(([, a], [, b]) => compare(a.offsets[0], b.offsets[0]) || compare(a.offsets[1], b.offsets[1]));
  const tensors: Header['tensors'] = new Map();
  let start = 0;
  for (const [name, info] of entries) {
    const where = `tensor ${JSON.stringify(name)}`;
    const [begin, end] = info.offsets;
    if (begin !== start || end < begin) {
      throw new InvalidOffset(
        file,
        `${where}: data_offsets: expected to begin at ${start}, where the tensor before it ends, and to end no earlier, found [${begin}, ${end}]`,
      );
    }
    const bits =
      info.shape.reduce<bigint>((product, axis) => {
        const next = product * BigInt(axis);
        if (next >= U64_LIMIT)
          throw new ValidationOverflow(file, `${where}: the product of shape [${info.shape}] is over 2^64`);
        return next;
      }, 1n) * BigInt(DTYPE_BITS[info.dtype]);
    if (bits >= U64_LIMIT) {
      throw new ValidationOverflow(
        file,
        `${where}: shape [${info.shape}] of ${info.dtype} is over 2^64 bits`,
      );
    }
    if (bits % 8n !== 0n) {
      throw new MisalignedSlice(
        file,
        `${where}: shape [${info.shape}] of ${info.dtype} is ${bits} bits, expected whole bytes`,
      );
    }
    if (BigInt(end) - BigInt(begin) !== bits / 8n) {
      throw new TensorInvalidInfo(
        file,
        `${where}: expected ${bits / 8n} bytes for shape [${info.shape}] of ${info.dtype}, found ${BigInt(end) - BigInt(begin)} by its data_offsets [${begin}, ${end}]`,
      );
    }
    const shape = info.shape.map((axis) => {
      if (typeof axis === 'bigint')
        throw new ValidationOverflow(file, `${where}: axis ${axis} of its shape is past 2^53 − 1`);
      return axis;
    });
    if (typeof end === 'bigint')
      throw new ValidationOverflow(file, `${where}: its end ${end} is past 2^53 − 1`);
    tensors.set(name, {
      dtype: info.dtype,
      shape,
      byteLength: end - start,
      begin: base + start,
      end: base + end,
    });
    start = end;
  }
  if (base + start !== fileBytes) {
    throw new MetadataIncompleteBuffer(
      file,
      `expected ${base + start} bytes in all by its header, found ${fileBytes}: ${base + start > fileBytes ? 'the file is cut off' : 'something else stands behind the tensors'}`,
    );
  }
  return tensors;
}

function compare(a: number | bigint, b: number | bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isSize(value: StrictJson): value is number | bigint {
  return typeof value === 'number' || (typeof value === 'bigint' && value < U64_LIMIT);
}

/** A short picture of a value for a message. */
function describe(value: StrictJson | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === NOT_A_SIZE) return 'a number that is negative or not whole';
  if (value instanceof Map) return 'an object';
  if (Array.isArray(value)) {
    const items = value.slice(0, 8).map((item) => (Array.isArray(item) ? 'an array' : describe(item)));
    return `[${items.join(', ')}${value.length > 8 ? ', …' : ''}]`;
  }
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}
