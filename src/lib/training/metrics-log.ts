/**
 * @file `metrics.jsonl`: one line a step or evaluation. A resumed run cuts off what was written after its
 * checkpoint, so that no step stands twice.
 */
import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';

export interface MetricsLine {
  step: number;
  epoch: number;
  kind: 'step' | 'evaluation';
  [name: string]: number | string;
}

export class MetricsLog {
  private readonly file: number;

  /** @param length bytes to keep of what is there: 0 begins anew. */
  constructor(path: string, length: number) {
    const there = existsSync(path) ? statSync(path).size : 0;
    this.file = openSync(path, there > 0 ? 'r+' : 'w+');
    this.length = Math.min(length, there);
    ftruncateSync(this.file, this.length);
  }

  /** Bytes written so far: what a checkpoint must remember. */
  length: number;

  write(line: MetricsLine): void {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    writeSync(this.file, bytes, 0, bytes.length, this.length);
    this.length += bytes.length;
  }

  /** Forces what was written to the disk: before a checkpoint that counts on it. */
  sync(): void {
    fsyncSync(this.file);
  }

  close(): void {
    closeSync(this.file);
  }
}
