/**
 * @file Runs one notebook from top to bottom in a kernel of its own and keeps what its cells print.
 *
 * It stops at the first cell that fails, as a reader would have to. After the last cell it waits for timers that are
 * still due, because an error in one of them is an error of the notebook.
 */
import { basename, dirname } from 'node:path';
import type { CellError } from './cell-errors';
import { findErrors } from './cell-errors';
import { Kernel, KernelDied, type Reply } from './kernel';
import type { Message } from './messages';
import {
  type CodeCell,
  codeCells,
  type DisplayOutput,
  type MimeBundle,
  type Notebook,
  readNotebook,
  textOf,
} from './notebook';

export interface NotebookError extends Omit<CellError, 'kind'> {
  kind: CellError['kind'] | 'limit' | 'kernel';
}

export interface Execution {
  file: string;
  notebook: Notebook;
  errors: NotebookError[];
  /** Code cells that ran to their end. */
  cellsDone: number;
  cellsTotal: number;
  seconds: number;
}

export interface ExecuteOptions {
  env?: Record<string, string | undefined>;
  /** Seconds for all cells together, from when the kernel is ready. Default 600. */
  limitSeconds?: number;
  /** How long to wait, after the last cell, for timers that the cells have started. Default 5. */
  timerSeconds?: number;
  /** Called as each cell starts (`done` = cells finished before it) and when all are done. */
  onProgress?: (done: number, total: number) => void;
}

/** A cell with this tag may fail: it shows an error on purpose (nbclient's name for it). */
const MAY_FAIL = 'raises-exception';
const PENDING = 'sightline-pending:';
/** Asks the kernel how many timers and file operations are under way. */
const COUNT_PENDING =
  `void process.stdout.write('${PENDING}' + process.getActiveResourcesInfo()` +
  `.filter((kind) => /^(Timeout|Immediate|FSReq)/.test(kind)).length + '\\n');`;
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Where the outputs of a running notebook go: messages in, cells' outputs out. */
class Outputs {
  private readonly displays = new Map<string, DisplayOutput>();
  private readonly stderr = new Map<CodeCell, string>();
  private readonly cellOf = new Map<string, CodeCell>();
  private last: CodeCell | null = null;
  /** The last answer to `COUNT_PENDING`. */
  pending: number | null = null;

  /** From now on messages that name `id` as their parent belong to `cell`; unknown parents mean the last cell. */
  open(cell: CodeCell, id: string): void {
    this.cellOf.set(id, cell);
    this.last = cell;
  }

  errorText(cell: CodeCell): string {
    return this.stderr.get(cell) ?? '';
  }

  take({ type, content, parent }: Message): void {
    const cell = this.cellOf.get(parent) ?? this.last;
    if (!cell) return;
    if (type === 'stream')
      this.takeStream(cell, content.name === 'stderr' ? 'stderr' : 'stdout', String(content.text));
    if (type === 'display_data' || type === 'update_display_data') this.takeDisplay(cell, type, content);
    if (type === 'error') {
      const { ename, evalue, traceback } = content as { ename: string; evalue: string; traceback: string[] };
      cell.outputs.push({ output_type: 'error', ename, evalue, traceback });
    }
  }

  private takeStream(cell: CodeCell, name: 'stdout' | 'stderr', all: string): void {
    const text = all.replace(new RegExp(`${PENDING}(\\d+)\\n`), (_, count: string) => {
      this.pending = Number(count);
      return '';
    });
    if (text === '') return;
    if (name === 'stderr') this.stderr.set(cell, this.errorText(cell) + text);
    const last = cell.outputs.at(-1);
    if (last?.output_type === 'stream' && last.name === name) last.text = textOf(last.text) + text;
    else cell.outputs.push({ output_type: 'stream', name, text });
  }

  private takeDisplay(cell: CodeCell, type: string, content: Record<string, unknown>): void {
    const {
      data,
      metadata = {},
      transient,
    } = content as {
      data: MimeBundle;
      metadata?: Record<string, unknown>;
      transient?: { display_id?: string };
    };
    const id = transient?.display_id;
    const earlier = id === undefined ? undefined : this.displays.get(id);
    if (type === 'update_display_data' && earlier) {
      earlier.data = data;
      earlier.metadata = metadata;
      return;
    }
    const output: DisplayOutput = { output_type: 'display_data', data, metadata };
    if (id !== undefined) this.displays.set(id, output);
    cell.outputs.push(output);
  }
}

/** Executes the notebook `file`. Never rejects for an error of the notebook or its kernel: see `errors`. */
export async function executeNotebook(file: string, options: ExecuteOptions = {}): Promise<Execution> {
  const start = Date.now();
  const notebook = readNotebook(file);
  const cells = codeCells(notebook).filter((cell) => textOf(cell.source).trim() !== '');
  for (const cell of codeCells(notebook)) {
    cell.outputs = [];
    cell.execution_count = null;
  }
  const outputs = new Outputs();
  const errors: NotebookError[] = [];
  let done = 0;
  let kernel: Kernel | undefined;
  let timedOut = false;
  const limit = options.limitSeconds ?? 600;
  let timer: NodeJS.Timeout | undefined;
  try {
    kernel = await Kernel.start({
      cwd: dirname(file),
      env: options.env,
      startSeconds: 120,
      onMessage: (message) => outputs.take(message),
    });
    timer = setTimeout(() => {
      timedOut = true;
      void kernel?.stop();
    }, limit * 1000);
    for (const cell of cells) {
      options.onProgress?.(done, cells.length);
      const reply = await kernel.execute(textOf(cell.source), (id) => outputs.open(cell, id));
      cell.execution_count = reply.executionCount ?? done + 1;
      const failed = await judge(cell, reply, done + 1);
      if (failed) break;
      done++;
    }
    options.onProgress?.(done, cells.length);
    if (done === cells.length) await settleTimers(kernel, options.timerSeconds ?? 5);
  } catch (error) {
    if (!(error instanceof KernelDied)) throw error;
    const message = timedOut ? `the notebook took longer than its limit of ${limit} s` : error.message;
    errors.push({ kind: timedOut ? 'limit' : 'kernel', cell: Math.min(done + 1, cells.length), message });
  } finally {
    clearTimeout(timer);
    await kernel?.stop();
  }
  // tslab prints what timers say under the cell that ran last, at any time: look again at all that was printed.
  for (const [index, cell] of cells.entries()) {
    if (mayFail(cell)) continue;
    for (const error of findErrors(outputs.errorText(cell), index + 1, { failed: false })) {
      const known = errors.some((other) => other.message === error.message && other.cell === error.cell);
      if (!known) errors.push(error);
    }
  }
  errors.sort((a, b) => a.cell - b.cell || (a.line ?? 0) - (b.line ?? 0));
  return {
    file,
    notebook,
    errors,
    cellsDone: done,
    cellsTotal: cells.length,
    seconds: (Date.now() - start) / 1000,
  };

  async function judge(cell: CodeCell, reply: Reply, number: number): Promise<boolean> {
    const failed = reply.status !== 'ok' || cell.outputs.some((output) => output.output_type === 'error');
    if (mayFail(cell)) {
      // After a failure tslab refuses what comes within 200 ms.
      if (failed) await sleep(300);
      return false;
    }
    const declaresModule = /@module\b/.test(textOf(cell.source));
    const found = findErrors(outputs.errorText(cell), number, { failed, declaresModule });
    errors.push(...found);
    return failed || found.some((error) => error.kind === 'type');
  }

  async function settleTimers(running: Kernel, patience: number): Promise<void> {
    const deadline = Date.now() + patience * 1000;
    do {
      await sleep(100);
      await running.execute(COUNT_PENDING);
    } while (outputs.pending !== 0 && Date.now() < deadline);
    // What the last of them rejected is reported one turn later.
    await sleep(100);
  }
}

const mayFail = (cell: CodeCell): boolean => cell.metadata.tags?.includes(MAY_FAIL) ?? false;

/** `notebook, cell N, line L: message`, with the source line below it. */
export function describeError(execution: Execution, error: NotebookError): string {
  const place = `${basename(execution.file)}, cell ${error.cell}${error.line ? `, line ${error.line}` : ''}`;
  const cells = codeCells(execution.notebook).filter((cell) => textOf(cell.source).trim() !== '');
  const source = cells[error.cell - 1];
  const line = error.line && source ? textOf(source.source).split('\n')[error.line - 1] : undefined;
  const note = error.kind === 'uncaught' ? ' (from a timer, or a promise that nothing awaits)' : '';
  const parts = [`${place}: ${error.message}${note}`];
  if (line !== undefined) {
    parts.push(`    ${error.line} | ${line}`);
    if (error.column)
      parts.push(`    ${' '.repeat(String(error.line).length)} | ${' '.repeat(error.column - 1)}^`);
  }
  return parts.join('\n');
}
