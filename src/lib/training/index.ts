export { type Checkpoint, type CheckpointValue, hasCheckpoint, loadCheckpoint, saveCheckpoint } from './checkpoint';
