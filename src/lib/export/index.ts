export { syncFolder, writeFileAtomically } from './atomic-file';
export { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from './half';
export * from './safetensors-errors';
export {
  openSafetensorsFile,
  parseSafetensors,
  type SafetensorsContent,
  type SafetensorsFile,
  tensorToFloat32,
} from './safetensors-read';
export { openSafetensors, readSafetensors, writeShardedSafetensors } from './safetensors-sharded';
export {
  type ArrayOfDtype,
  DTYPE_BITS,
  type Dtype,
  type SafeTensor,
  type SafeTensorInfo,
  type TensorData,
  type WritableDtype,
} from './safetensors-types';
export { serializeSafetensors, type WriteOptions, writeSafetensors } from './safetensors-write';
export { type LoadOptions, loadWeights, saveWeights, type Weights } from './weights';
