/** @file Vision checkpoints: Hugging Face folders in and out. */
export { type LoadVisionCheckpointOptions, loadVisionCheckpoint, type VisionCheckpoint } from './load';
export {
  hasHuggingFaceClass,
  preprocessorConfig,
  type SaveVisionCheckpointOptions,
  saveVisionCheckpoint,
  visionCheckpointFiller,
} from './save';
