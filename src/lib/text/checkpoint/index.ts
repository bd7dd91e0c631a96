/** @file Text checkpoints: Hugging Face folders in and out, llama2.c's files, and the hub. */

export {
  type DownloadCheckpointOptions,
  type DownloadProgress,
  downloadCheckpoint,
  resolveCheckpoint,
} from '../../hub';
export { architectureOf, type TextHead } from './heads';
export { llama2cTokenizer, readLlama2cCheckpoint } from './llama2c-checkpoint';
export {
  checkTokenizerFits,
  type LoadCheckpointOptions,
  loadTextCheckpoint,
  type TextCheckpoint,
} from './load';
export {
  CHECKPOINT_FILES,
  labelKeys,
  type SaveCheckpointOptions,
  type SavedCheckpoint,
  saveTextCheckpoint,
  textCheckpointFiller,
} from './save';
