/** @file Reading and rewriting the fields of an ONNX graph. */
import { type AttributeValue, attributeFields, type GraphFields } from '../../engine';

export type Node = GraphFields['node'][number];
export type Initializer = GraphFields['initializer'][number];

/** ONNX's numbers of element types (onnx.proto, TensorProto.DataType). */
export const TYPE = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, float16: 10 } as const;

export function node(
  op: string,
  name: string,
  input: readonly string[],
  output: readonly string[],
  attributes: Record<string, AttributeValue> = {},
): Node {
  return {
    op_type: op,
    name,
    domain: '',
    input: [...input],
    output: [...output],
    attribute: Object.entries(attributes).map(([key, value]) => attributeFields(key, value)),
  };
}

export function initializer(
  name: string,
  dataType: number,
  dims: readonly number[],
  { buffer, byteOffset, byteLength }: { buffer: ArrayBufferLike; byteOffset: number; byteLength: number },
): Initializer {
  return {
    name,
    data_type: dataType,
    dims,
    raw_data: new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength),
  };
}

/** A whole-number attribute of a node; `fallback` where it is not given. */
export function integerAttribute({ attribute }: Node, name: string, fallback: number): number {
  return attribute.find((one) => one.name === name)?.i ?? fallback;
}

/** The numbers of a float32 initializer. */
export function floats({ raw_data: bytes }: Initializer): Float32Array {
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

export function sizeOf({ dims }: Initializer): number {
  return dims.reduce((product, size) => product * size, 1);
}

/** Weights worth storing in fewer bits: float32 matrices and tables of so many numbers. */
export const SMALLEST_STORED = 512;

export function isLargeWeight(one: Initializer): boolean {
  return one.data_type === TYPE.float32 && one.dims.length >= 2 && sizeOf(one) >= SMALLEST_STORED;
}
