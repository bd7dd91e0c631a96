/**
 * @file The ledger, `DIR/ledger.jsonl`: one line a finished or failed cell, only ever appended to. A line is one write
 * to a file opened for appending, flushed before the cell counts as done, so several processes may write at once and a
 * kill loses at most the line that was being written. What a killed writer left of a line is passed over and told, and
 * the next writer begins on a fresh line.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { TrainConfig } from '../../training/config';
import type { Metrics } from '../../training/evaluation';
import type { RecordCompute } from '../compute';
import type { AblationSeed } from './config';
import type { JsonObject } from './paths';

interface LedgerFacts {
  id: string;
  /** Complete, with every default. */
  config: TrainConfig;
  seed: AblationSeed;
  /** The values of the axes of training. */
  settings: JsonObject;
  startedAt: string;
  /** Version of the package, and of its source where it is a git checkout. */
  codeVersion: string;
  /** Of what the config reads, by place in the config. */
  dataHashes: Record<string, string>;
}

export interface FinishedLine extends LedgerFacts {
  status: 'finished';
  /** Of the first evaluation, with 95 % intervals over records. */
  metrics: Metrics;
  /** What the scores by record are of, and the field that they are clustered by (`null`: the group). */
  metric: string;
  cluster: string | null;
  /** Of every evaluation, by its name: `right`, `shuffled`, `right-gate-0`, … */
  evaluations: Record<string, Metrics>;
  /** Of training; evaluations not counted. */
  seconds: number;
  peakMemoryBytes: number;
  parameters: number;
  steps: number;
  /** That were learned from; lines of old ledgers do not say. */
  trainingRecords?: number;
  /** Of one record; lines of old ledgers have none. */
  compute?: RecordCompute | null;
  device: string;
  error: null;
  /** Where `byId` found one: the last attempt at more of the cell, which failed since. Not in the file. */
  failedSince?: FailedLine;
}

export interface FailedLine extends LedgerFacts {
  status: 'failed';
  metrics: null;
  seconds: number;
  device: string;
  error: string;
}

export type LedgerLine = FinishedLine | FailedLine;

export interface LedgerReading {
  lines: LedgerLine[];
  /** Numbers of the lines that are not whole, counted from 1: what killed writers left. */
  torn: number[];
}

const NEW_LINE = 10;

/** The lines of a file as far as they were read. */
class KnownLines {
  readonly lines: LedgerLine[];
  readonly torn: number[];
  bytes = 0;
  private count: number;

  constructor(
    before: KnownLines | null,
    /** Number of the file, by which another of its name is told from it. */
    readonly file: number | null = null,
  ) {
    this.lines = [...(before?.lines ?? [])];
    this.torn = [...(before?.torn ?? [])];
    this.count = before?.count ?? 0;
  }

  add(text: string): void {
    this.count++;
    if (text.trim() === '') return;
    const line = parseLine(text);
    if (line) this.lines.push(line);
    else this.torn.push(this.count);
  }
}

export class Ledger {
  private known = new KnownLines(null);

  constructor(readonly path: string) {}

  /** Adds a line and flushes it. Throws where the disk takes less than the whole of it. */
  append(line: LedgerLine): void {
    mkdirSync(dirname(this.path), { recursive: true });
    const file = openSync(this.path, 'a+');
    try {
      const bytes = Buffer.from(`${endsTorn(file) ? '\n' : ''}${JSON.stringify(line)}\n`);
      const written = writeSync(file, bytes);
      if (written !== bytes.length) {
        throw new Error(
          `${this.path}: the disk took ${written} of ${bytes.length} bytes; make room, then --resume`,
        );
      }
      fsyncSync(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      throw new Error(
        `${this.path}: the disk is full, and the line of cell ${line.id} is not in the ledger; what was in it is kept: make room, then --resume`,
        { cause: error },
      );
    } finally {
      closeSync(file);
    }
  }

  /** What is written is never changed, so that only what was added since the last time is read. */
  async read(): Promise<LedgerReading> {
    const added = this.added();
    const { known } = this;
    const end = added.lastIndexOf(NEW_LINE) + 1;
    const whole = added.toString('utf8', 0, end).split('\n').slice(0, -1);
    for (const line of whole) known.add(line);
    known.bytes += end;
    // What follows the last end of a line may be in the middle of being written.
    const rest = new KnownLines(known);
    rest.add(added.toString('utf8', end));
    return { lines: rest.lines, torn: rest.torn };
  }

  /** The bytes behind those that are known. */
  private added(): Buffer {
    if (!existsSync(this.path)) {
      this.known = new KnownLines(null);
      return Buffer.alloc(0);
    }
    const file = openSync(this.path, 'r');
    try {
      const { size, ino } = fstatSync(file);
      if (ino !== this.known.file || size < this.known.bytes) this.known = new KnownLines(null, ino);
      const bytes = Buffer.alloc(size - this.known.bytes);
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, this.known.bytes));
    } finally {
      closeSync(file);
    }
  }

  /** By id: the last finished line, with what failed since, else the last failed one. */
  async byId(): Promise<Map<string, LedgerLine>> {
    const found = new Map<string, LedgerLine>();
    for (const line of (await this.read()).lines) {
      const before = found.get(line.id);
      if (line.status === 'failed' && before?.status === 'finished') {
        found.set(line.id, { ...before, failedSince: line });
      } else found.set(line.id, line);
    }
    return found;
  }
}

/** Whether the file ends in the middle of a line. */
function endsTorn(file: number): boolean {
  const { size } = fstatSync(file);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last.toString() !== '\n';
}

function parseLine(text: string): LedgerLine | null {
  try {
    const line = JSON.parse(text) as Partial<LedgerLine> | null;
    const whole = typeof line?.id === 'string' && (line.status === 'finished' || line.status === 'failed');
    return whole ? (line as LedgerLine) : null;
  } catch {
    return null;
  }
}
