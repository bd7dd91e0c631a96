/**
 * @file Typed arrays to and from the little-endian bytes of a file, on hosts of either byte order, at any
 * offset: a typed array cannot be laid over bytes that are not aligned to its elements, so bytes are copied.
 */
import type { ArrayOfDtype, Dtype, TensorData, WritableDtype } from './safetensors-types';

const HOST_IS_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

const CONSTRUCTORS: { [D in WritableDtype]: new (buffer: ArrayBuffer) => ArrayOfDtype[D] } = {
  BOOL: Uint8Array,
  U8: Uint8Array,
  I8: Int8Array,
  I16: Int16Array,
  U16: Uint16Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I32: Int32Array,
  U32: Uint32Array,
  F32: Float32Array,
  F64: Float64Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
};

/** Whether this kit reads a dtype as numbers and writes it. */
export function isWritable(dtype: Dtype): dtype is WritableDtype {
  return Object.hasOwn(CONSTRUCTORS, dtype);
}

/** Name of the typed array that a dtype's numbers stand in: `Float32Array` for F32. */
export function arrayNameOf(dtype: Dtype): string {
  return isWritable(dtype) ? CONSTRUCTORS[dtype].name : 'Uint8Array';
}

/**
 * The numbers in a buffer of little-endian bytes, which is taken over (its bytes may be swapped in place).
 * dtypes that this kit does not know as numbers come back as the bytes themselves.
 */
export function fromLittleEndian(
  dtype: Dtype,
  buffer: ArrayBuffer,
  hostIsLittleEndian = HOST_IS_LITTLE_ENDIAN,
): TensorData {
  if (!isWritable(dtype)) return new Uint8Array(buffer);
  const data = new CONSTRUCTORS[dtype](buffer);
  if (!hostIsLittleEndian) swapBytes(new Uint8Array(buffer), data.BYTES_PER_ELEMENT);
  return data;
}

/** The little-endian bytes of a typed array: a view of it where the host's order allows, else a copy. */
export function toLittleEndian(data: TensorData, hostIsLittleEndian = HOST_IS_LITTLE_ENDIAN): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (hostIsLittleEndian || data.BYTES_PER_ELEMENT === 1) return bytes;
  const copy = bytes.slice();
  swapBytes(copy, data.BYTES_PER_ELEMENT);
  return copy;
}

function swapBytes(bytes: Uint8Array, width: number): void {
  if (width === 1) return;
  for (let i = 0; i < bytes.length; i += width) bytes.subarray(i, i + width).reverse();
}
