/** @file Vision checkpoints: Hugging Face folders in and out. */
export { type LoadVisionCheckpointOptions, loadVisionCheckpoint, type VisionCheckpoint } from './load';
export { type SaveVisionCheckpointOptions, saveVisionCheckpoint } from './save';
