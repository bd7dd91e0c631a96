/**
 * @file Features on disk, by the hash of the model and the hash of the picture: `MODEL/AB/ABCD….f32`, little-endian
 * float32 and then the SHA-256 of those bytes. An entry is written whole or not at all, by any number of processes;
 * one that is damaged counts as absent and is written anew.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { writeAll, writeFileAtomically } from '../../export/atomic-file';

const DIGEST = 32;

/** `SIGHTLINE_FEATURES`, else `sightline/features` in the user's cache folder. */
export function featureCacheFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  return (
    environment.SIGHTLINE_FEATURES ||
    join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sightline', 'features')
  );
}

const digestOf = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** The entries of one model, each of `size` numbers. */
export class FeatureCache {
  constructor(
    private readonly folder: string,
    private readonly modelHash: string,
    private readonly size: number,
  ) {}

  /** Where the entry of a picture stands. */
  path(key: string): string {
    return join(this.folder, this.modelHash, key.slice(0, 2), `${key}.f32`);
  }

  /** The features of a picture; `null` where they are not there, or damaged. */
  async read(key: string): Promise<Float32Array | null> {
    const bytes = await readFile(this.path(key)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (bytes?.length !== this.size * 4 + DIGEST) return null;
    const body = bytes.subarray(0, this.size * 4);
    if (!digestOf(body).equals(bytes.subarray(this.size * 4))) return null;
    return Float32Array.from({ length: this.size }, (_, i) => body.readFloatLE(i * 4));
  }

  async write(key: string, features: Float32Array): Promise<void> {
    const bytes = Buffer.alloc(this.size * 4 + DIGEST);
    for (const [i, value] of features.entries()) bytes.writeFloatLE(value, i * 4);
    digestOf(bytes.subarray(0, this.size * 4)).copy(bytes, this.size * 4);
    const path = this.path(key);
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomically(path, (file) => writeAll(file, bytes));
  }
}

/** The key of a picture: SHA-256 of its bytes, of the file or of its pixels. */
export const contentHash = (bytes: Uint8Array): string => digestOf(bytes).toString('hex');
