/** @file The engine: tfjs as the tensor language, compiled to ONNX graphs that train and infer on CPU and GPU. */
import './cpu-backend';

export * as tf from '@tensorflow/tfjs-core';
export { type Compiled, type CompileOptions, compile } from './compile';
export { type DynamicOptions, type DynamicWeight, recordDynamic } from './dynamic/dynamic-graph';
export type { Dimension, DynamicInput } from './dynamic/graph-inputs';
export { gelu, geluTanh, layerNormalization } from './fused';
export { type AttributeValue, attributeFields, encodeModel, type GraphFields } from './graph/onnx-format';
export { compiledKernelNames } from './kernels';
export { RandomStream } from './random-stream';
export {
  DEVICES,
  type Device,
  type DeviceChoice,
  type DeviceRequest,
  describe,
  probeDevice,
  type UseOptions,
  use,
} from './run/device';
export { MemoryError, memoryText } from './run/memory';
export { type DeviceProbe, providers, timeProduct } from './run/probe';
export type { TensorTree } from './tensor-tree';
export { EngineError } from './trace/trace-error';
