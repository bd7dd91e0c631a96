/**
 * @file A checkpoint: a folder with `state.safetensors` (all tensors: parameters, optimizer moments, averages)
 * and `state.json` (step, epoch, seeds, positions of random streams, anything JSON).
 */
import type { SafeTensor } from '../export/safetensors-types';

/** A value that JSON can hold; numbers may also be NaN, infinite or −0 here. */
export type CheckpointValue =
  | null
  | boolean
  | number
  | string
  | readonly CheckpointValue[]
  | { readonly [key: string]: CheckpointValue | undefined };

/** What a checkpoint holds. */
export interface Checkpoint {
  tensors: Map<string, SafeTensor>;
  state: { readonly [key: string]: CheckpointValue | undefined };
}

/** Writes `folder` so that a kill at any moment leaves the old or the new checkpoint, whole. */
export async function saveCheckpoint(_folder: string, _checkpoint: Checkpoint): Promise<void> {
  throw new Error('not written yet');
}

/** Reads `folder`. Throws `InputError` where there is none, or where its bytes are not those that were written. */
export async function loadCheckpoint(_folder: string): Promise<Checkpoint> {
  throw new Error('not written yet');
}

/** Whether `folder` holds a checkpoint (also one whose writing was cut off after the old one was moved away). */
export async function hasCheckpoint(_folder: string): Promise<boolean> {
  throw new Error('not written yet');
}
