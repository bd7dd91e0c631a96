/**
 * @file The types of safetensors: dtype names, their widths in bits, their order in a file, and the typed
 * array that holds each. Source: github.com/huggingface/safetensors, README and `tensor.rs`.
 *
 * F16 and BF16 are held as raw bits in a `Uint16Array` (JavaScript has no such numbers): `toFloat32` and
 * `fromFloat32` convert. BOOL is held as 0 and 1 in a `Uint8Array`. Left out: arithmetic on the 4-, 6- and
 * 8-bit float types and on C64; they are recognised and read as raw bytes, never written.
 */

/** Every dtype of the format, in its order: a file holds tensors of the last dtype first. Width in bits. */
export const DTYPE_BITS = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const;

/** A dtype that a file may hold. */
export type Dtype = keyof typeof DTYPE_BITS;

/** The typed array of each dtype that this kit writes. */
export interface ArrayOfDtype {
  BOOL: Uint8Array;
  U8: Uint8Array;
  I8: Int8Array;
  I16: Int16Array;
  U16: Uint16Array;
  F16: Uint16Array;
  BF16: Uint16Array;
  I32: Int32Array;
  U32: Uint32Array;
  F32: Float32Array;
  F64: Float64Array;
  I64: BigInt64Array;
  U64: BigUint64Array;
}

/** A dtype that this kit reads as numbers and writes. */
export type WritableDtype = keyof ArrayOfDtype;

/** Any typed array that a tensor's numbers may stand in. */
export type TensorData = ArrayOfDtype[WritableDtype];

/** A tensor in memory: `data` has as many elements as the product of `shape` (1 for the empty shape). */
export interface SafeTensor {
  dtype: Dtype;
  shape: readonly number[];
  data: TensorData;
}

/** A tensor in a file: what its header says of it. */
export interface SafeTensorInfo {
  dtype: Dtype;
  shape: readonly number[];
  /** Bytes it takes in the file. */
  byteLength: number;
}
