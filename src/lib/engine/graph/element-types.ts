/** @file Element types: the names that tfjs and ONNX Runtime use, and ONNX's numbers for them (onnx.proto, TensorProto.DataType). */

export type ElementType = 'float32' | 'int32' | 'bool' | 'int64' | 'uint32' | 'uint8' | 'float16';

/** Arrays that hold one constant's elements. */
export type ElementArray = Float32Array | Int32Array | Uint8Array | BigInt64Array | Uint32Array | Uint16Array;

/** ONNX's number of an element type. */
export const ONNX_TYPE: Readonly<Record<ElementType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  uint32: 12,
};

/** The array class that holds elements of a type; float16 is held as its raw bits. */
export function elementArray(type: ElementType, length: number): ElementArray {
  switch (type) {
    case 'float32':
      return new Float32Array(length);
    case 'int32':
      return new Int32Array(length);
    case 'int64':
      return new BigInt64Array(length);
    case 'uint32':
      return new Uint32Array(length);
    case 'float16':
      return new Uint16Array(length);
    default:
      return new Uint8Array(length);
  }
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}
