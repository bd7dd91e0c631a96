export { openSafetensors, readSafetensors, type SafetensorsFile, writeSafetensors } from './safetensors';
export type { Dtype, SafeTensor, SafeTensorInfo } from './safetensors-types';
export { loadWeights, saveWeights, type Weights } from './weights';
