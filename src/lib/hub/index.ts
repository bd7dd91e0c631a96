/** @file Checkpoints of the Hugging Face hub: finding, downloading and keeping their files. Knows no network. */
export { hubCacheFolder } from './cache';
export {
  type DownloadCheckpointOptions,
  type DownloadProgress,
  downloadCheckpoint,
  resolveCheckpoint,
} from './download';
export { type CheckpointFiles, ONNX_VISION_FILES, TEXT_FILES, VISION_FILES } from './files';
export { conversionLine, listFolder, pythonLine, refuseOtherFormats, refusePointers } from './other-formats';
export { readJsonObject } from './read-json';
