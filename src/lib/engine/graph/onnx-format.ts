/** @file The part of onnx.proto (ONNX IR 9, opset 20) that the engine writes, encoded with protobufjs. */
import protobuf from 'protobufjs';

/** ONNX operator set: `Gelu` came with 20, `ScatterND` with `reduction=add` with 16, reductions with axes as input with 18. */
export const OPSET = 20;
export const IR_VERSION = 9;

const SCHEMA = `syntax = "proto2"; package onnx;
message AttributeProto {
  optional string name = 1; optional float f = 2; optional int64 i = 3; optional bytes s = 4;
  optional TensorProto t = 5; repeated float floats = 7; repeated int64 ints = 8; optional int32 type = 20;
}
message NodeProto {
  repeated string input = 1; repeated string output = 2; optional string name = 3; optional string op_type = 4;
  repeated AttributeProto attribute = 5; optional string doc_string = 6; optional string domain = 7;
}
message TensorProto { repeated int64 dims = 1; optional int32 data_type = 2; optional string name = 8; optional bytes raw_data = 9; }
message TensorShapeProto { message Dimension { optional int64 dim_value = 1; optional string dim_param = 2; } repeated Dimension dim = 1; }
message TypeProto {
  message Tensor { optional int32 elem_type = 1; optional TensorShapeProto shape = 2; }
  message Sequence { optional TypeProto elem_type = 1; }
  optional Tensor tensor_type = 1; optional Sequence sequence_type = 4;
}
message ValueInfoProto { optional string name = 1; optional TypeProto type = 2; }
message GraphProto {
  repeated NodeProto node = 1; optional string name = 2; repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11; repeated ValueInfoProto output = 12;
}
message OperatorSetIdProto { optional string domain = 1; optional int64 version = 2; }
message StringStringEntryProto { optional string key = 1; optional string value = 2; }
message ModelProto {
  optional int64 ir_version = 1; optional string producer_name = 2; optional GraphProto graph = 7;
  repeated OperatorSetIdProto opset_import = 8; repeated StringStringEntryProto metadata_props = 14;
}`;

const modelType = protobuf.parse(SCHEMA, { keepCase: true }).root.lookupType('onnx.ModelProto');

/** An attribute's value: whole numbers become `i`/`ints`, text `s`; a real number must be wrapped in `Real`. */
export type AttributeValue = number | readonly number[] | string | Real;

/** A floating-point attribute: 1 and 1.0 are the same JavaScript number but not the same ONNX attribute. */
export class Real {
  constructor(readonly value: number) {}
}

export interface AttributeFields {
  name: string;
  type: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  ints?: readonly number[];
}

/** AttributeProto fields of one attribute (types: 1 float, 2 int, 3 string, 7 ints). */
export function attributeFields(name: string, value: AttributeValue): AttributeFields {
  if (value instanceof Real) return { name, type: 1, f: value.value };
  if (typeof value === 'number') return { name, type: 2, i: value };
  if (typeof value === 'string') return { name, type: 3, s: Buffer.from(value) };
  return { name, type: 7, ints: value };
}

export interface DimensionFields {
  dim_value?: number;
  dim_param?: string;
}

export interface TensorTypeFields {
  tensor_type: { elem_type: number; shape?: { dim: DimensionFields[] } };
}

export interface ValueFields {
  name: string;
  type: TensorTypeFields | { sequence_type: { elem_type: TensorTypeFields } };
}

export interface NodeFields {
  op_type: string;
  name: string;
  domain: string;
  input: string[];
  output: string[];
  attribute: AttributeFields[];
  doc_string?: string;
}

export interface InitializerFields {
  name: string;
  data_type: number;
  dims: readonly number[];
  raw_data: Uint8Array;
}

export interface GraphFields {
  name: string;
  node: NodeFields[];
  initializer: InitializerFields[];
  input: ValueFields[];
  output: ValueFields[];
}

/** Bytes of an ONNX model file. */
export function encodeModel(graph: GraphFields, metadata: Record<string, string> = {}): Uint8Array {
  const message = {
    ir_version: IR_VERSION,
    producer_name: 'sightline',
    opset_import: [
      { domain: '', version: OPSET },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph,
    metadata_props: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  };
  return modelType.encode(modelType.fromObject(message)).finish();
}
