import '@tensorflow/tfjs-backend-cpu';

export * as tf from '@tensorflow/tfjs-core';
export { type Compiled, type CompileOptions, compile, type TensorTree } from './compile';
export { RandomStream } from './random-stream';
