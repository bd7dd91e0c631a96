/** @file How much memory a compiled function may take, and the error of one that needs more. */
import { totalmem } from 'node:os';
import { InputError } from '../../errors';
import { EngineError } from '../trace/trace-error';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** Thrown before a function runs that needs more memory than there is, where the system would end the process. */
export class MemoryError extends EngineError {
  constructor(
    name: string,
    /** Bytes that the function needs at least. */
    readonly needed: number,
    /** Bytes that it may take. */
    readonly limit: number,
  ) {
    super(`${name} needs at least ${memoryText(needed)} of memory, and there are ${memoryText(limit)}`);
    this.name = 'MemoryError';
  }
}

/** Bytes for people: `6.3 MiB`, `23.4 GiB`. */
export function memoryText(bytes: number): string {
  return bytes < GIB ? `${(bytes / MIB).toFixed(1)} MiB` : `${(bytes / GIB).toFixed(1)} GiB`;
}

/**
 * Bytes that a function may take: the variable `SIGHTLINE_MEMORY` in MiB, else what the machine has, or the container
 * that the process is in. Throws an `InputError` where the variable is no number above 0.
 */
export function memoryLimit(): number {
  const named = process.env.SIGHTLINE_MEMORY;
  if (named !== undefined && named !== '') {
    if (!(Number(named) > 0))
      throw new InputError(`SIGHTLINE_MEMORY must be MiB above 0, got ${JSON.stringify(named)}`);
    return Number(named) * MIB;
  }
  const constrained = process.constrainedMemory?.() ?? 0;
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
