/** @file The run folder of CONTRACT.md: `config.json`, `metrics.jsonl`, `result.json`, `checkpoint/`, `model/`. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors';
import { writeAll, writeFileAtomically } from '../export/atomic-file';
import type { TrainConfig } from './config';
import type { Metrics } from './evaluation';

/** What a finished run leaves in `result.json`. */
export interface RunResult {
  /** Of the best weights, on `split`, with 95 % intervals. */
  metrics: Metrics;
  /** The records that `metrics` speak of: the test file, or validation where the config names none. */
  split: 'test' | 'validation';
  records: number;
  /** That were learned from; of running text, its blocks. */
  trainingRecords: number;
  /** Steps taken, and the step whose weights were kept. */
  steps: number;
  bestStep: number;
  parameters: number;
  seconds: number;
  peakMemoryBytes: number;
  device: string;
  versions: Record<string, string>;
  dataHashes: Record<string, string>;
}

/** Names the versions of a run that was gone on from. */
export const HISTORY_FILE = 'history.json';

export class RunFolder {
  readonly checkpoint: string;
  readonly model: string;
  readonly metrics: string;
  readonly result: string;
  readonly config: string;

  constructor(readonly path: string) {
    this.checkpoint = join(path, 'checkpoint');
    this.model = join(path, 'model');
    this.metrics = join(path, 'metrics.jsonl');
    this.result = join(path, 'result.json');
    this.config = join(path, 'config.json');
  }

  /** Throws an `InputError` where a new run would write over something, or a resumed one finds another config. */
  async check(config: TrainConfig, resume: boolean): Promise<void> {
    const present = await readdir(this.path).catch((error: NodeJS.ErrnoException): string[] => {
      if (error.code === 'ENOENT') return [];
      throw new InputError(`${this.path}: cannot be used as a run folder (${error.code}); name a folder`);
    });
    if (!resume) {
      if (present.length === 0) return;
      throw new InputError(
        `${this.path}: is not empty; name another folder, or continue the run in it with --resume`,
      );
    }
    if (present.includes(HISTORY_FILE)) {
      throw new InputError(
        `${this.path}: holds versions of a finished run (${HISTORY_FILE}); go on from it with --from, in another folder`,
      );
    }
    if (!present.includes('config.json')) return;
    const before = JSON.stringify(JSON.parse(await readFile(this.config, 'utf8')));
    if (before !== JSON.stringify(config)) {
      throw new InputError(
        `${this.path}: was begun with another config (${this.config}); resume with that one, or name another folder`,
      );
    }
  }

  async begin(config: TrainConfig): Promise<void> {
    await mkdir(this.path, { recursive: true });
    await writeJson(this.config, config);
  }

  async finish(result: RunResult): Promise<void> {
    await writeJson(this.result, result);
  }
}

function writeJson(path: string, value: unknown): Promise<void> {
  return writeFileAtomically(path, (file) =>
    writeAll(file, Buffer.from(`${JSON.stringify(value, null, 2)}\n`)),
  );
}
