/**
 * @file A checkpoint: a folder with `state.safetensors` (all tensors: parameters, optimizer moments, averages)
 * and `state.json` (step, epoch, seeds, positions of random streams, early-stopping memory: anything JSON),
 * sealed by checksums. A kill at any moment leaves the old or the new checkpoint, whole (`atomic-folder.ts`).
 */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors';
import { readSafetensors } from '../export/safetensors-sharded';
import type { SafeTensor } from '../export/safetensors-types';
import { writeSafetensors } from '../export/safetensors-write';
import { locateFolder, readFolder, writeFolderAtomically } from './atomic-folder';
import { type CheckpointValue, stateFromJson, stateToJson } from './checkpoint-state';

export type { CheckpointValue } from './checkpoint-state';

const TENSORS = 'state.safetensors';
const STATE = 'state.json';
const FORMAT = 'sightline-checkpoint-1';

/** What a checkpoint holds. */
export interface Checkpoint {
  tensors: ReadonlyMap<string, SafeTensor>;
  state: { readonly [key: string]: CheckpointValue | undefined };
}

/**
 * Writes `folder`, replacing the checkpoint that stands there, so that a kill at any moment leaves the old or the
 * new one, whole. One process may write a folder at a time. Throws `TypeError` for a state that JSON cannot hold,
 * `InvalidTensor` for a tensor whose data and shape differ; the old checkpoint stays then.
 */
export async function saveCheckpoint(folder: string, { tensors, state }: Checkpoint): Promise<void> {
  const json = stateToJson({ format: FORMAT, state });
  await writeFolderAtomically(folder, async (empty) => {
    await writeSafetensors(join(empty, TENSORS), tensors);
    await writeFile(join(empty, STATE), json);
  });
}

/**
 * Reads `folder`; numbers of the state and bits of the tensors return exactly. Throws `InputError` where there is
 * no checkpoint, where its bytes are not those that were written, or where another program wrote it.
 */
export async function loadCheckpoint(folder: string): Promise<{
  tensors: Map<string, SafeTensor>;
  state: { [key: string]: CheckpointValue | undefined };
}> {
  if ((await locateFolder(folder)) === null) throw new InputError(`${folder}: there is no checkpoint here`);
  return readFolder(folder, async (place) => {
    const { tensors } = await readSafetensors(join(place, TENSORS));
    return { tensors, state: readState(join(place, STATE), await readFile(join(place, STATE), 'utf8')) };
  });
}

/** Whether `folder` holds a checkpoint, also one whose writer was killed between its two renames. */
export async function hasCheckpoint(folder: string): Promise<boolean> {
  const place = await locateFolder(folder);
  return place !== null && (await stat(join(place, STATE)).catch(() => null)) !== null;
}

function readState(path: string, text: string): { [key: string]: CheckpointValue | undefined } {
  let sheet: CheckpointValue;
  try {
    sheet = stateFromJson(text);
  } catch (cause) {
    throw new InputError(`${path}: ${(cause as Error).message}`, { cause });
  }
  const { format, state } = (sheet ?? {}) as { format?: CheckpointValue; state?: CheckpointValue };
  if (format !== FORMAT || typeof state !== 'object' || state === null || Array.isArray(state)) {
    throw new InputError(
      `${path}: expected a checkpoint of format ${FORMAT}, found ${JSON.stringify(format)}`,
    );
  }
  return state as { [key: string]: CheckpointValue | undefined };
}
