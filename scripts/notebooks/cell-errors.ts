/**
 * @file Finds the errors in what a cell printed.
 *
 * tslab reports errors as text on stderr only: type errors as `line:column - message`, thrown ones as
 * `console.error` prints them, and errors that no one awaits as `UncaughtException:` or `UnhandledPromiseRejection:`,
 * under whichever cell runs at that time, with the cell counted as done. Stacks name cells (scripts/kernel-hook.ts).
 * Ordinary talk on stderr (progress, warnings of Node) is no error; a printed stack is.
 */
export interface CellError {
  kind: 'type' | 'thrown' | 'uncaught' | 'printed';
  /** The N-th run cell, from 1: the one that the stack names, else the one that printed. */
  cell: number;
  /** From 1, in the cell's source; absent where no stack names one. */
  line?: number;
  column?: number;
  message: string;
}

const DIAGNOSTIC = /^(?:(\S+) )?(\d+):(\d+) - (.*)$/;
const UNCAUGHT = /^(?:UncaughtException|UnhandledPromiseRejection): ?/;
const FRAME = /^\s+at \S/;
const IN_CELL = /\bcell (\d+):(\d+):(\d+)/;
/** How far above its first frame an error with a message of several lines may begin. */
const LONGEST_MESSAGE = 40;
const ERROR_HEAD =
  /^(?:\S+: )?(?:Uncaught )?(?:\[?[A-Za-z_$][\w$.]*(?:Error|Exception)\b|Error\b|AbortError\b)/;

function typeErrors(lines: readonly string[], cell: number): CellError[] {
  const errors: CellError[] = [];
  for (const line of lines) {
    const match = DIAGNOSTIC.exec(line);
    if (match) {
      const message = `${match[1] ? `${match[1]}: ` : ''}${match[4]}`;
      const last = errors.at(-1);
      // TypeScript explains an error in several messages at one place: keep them together.
      if (last && last.line === Number(match[2]) && last.column === Number(match[3]))
        last.message += `\n${message}`;
      else errors.push({ kind: 'type', cell, line: Number(match[2]), column: Number(match[3]), message });
    }
  }
  return errors;
}

const isHead = (line: string): boolean => UNCAUGHT.test(line) || ERROR_HEAD.test(line);

interface Block {
  message: string;
  uncaught: boolean;
  place?: { cell: number; line: number; column: number };
}

/** The first line at or after `from` that fits, within the longest message; -1 where another error begins before. */
function firstFrame(lines: readonly string[], from: number): number {
  for (let i = from; i < Math.min(lines.length, from + LONGEST_MESSAGE); i++) {
    if (FRAME.test(lines[i] as string)) return i;
    if (isHead(lines[i] as string)) return -1;
  }
  return -1;
}

/** The line at which the error begins whose first stack frame is line `frame`, not before `from`. */
function headOf(lines: readonly string[], frame: number, from: number): number {
  for (let i = frame - 1; i >= Math.max(from, frame - LONGEST_MESSAGE); i--) {
    if (ERROR_HEAD.test(lines[i] as string)) return i;
  }
  return Math.max(from, frame - 1);
}

/** Every error with a stack, and every line that tslab marks as uncaught, with a stack or without. */
function blocks(lines: readonly string[]): Block[] {
  const found: Block[] = [];
  let from = 0;
  for (let i = 0; i < lines.length; i++) {
    const uncaught = UNCAUGHT.test(lines[i] as string);
    if (!uncaught && !FRAME.test(lines[i] as string)) continue;
    // A rejected value that is no Error has no stack: `UnhandledPromiseRejection: boom`.
    const frame = uncaught ? firstFrame(lines, i + 1) : i;
    const head = uncaught ? i : headOf(lines, i, from);
    const afterMessage = frame < 0 ? i + 1 : frame;
    let end = afterMessage;
    while (frame >= 0 && end < lines.length && FRAME.test(lines[end] as string)) end++;
    const message = lines.slice(head, afterMessage).join('\n');
    const at = IN_CELL.exec(lines.slice(head, end).join('\n'));
    from = end;
    i = end - 1;
    if (/^\(node:\d+\)/.test(message)) continue;
    found.push({
      message: message.replace(UNCAUGHT, '').trim(),
      uncaught,
      ...(at && { place: { cell: Number(at[1]), line: Number(at[2]), column: Number(at[3]) } }),
    });
  }
  return found;
}

/**
 * The errors in `stderr`, which cell number `cell` (the N-th that ran) printed.
 * `failed`: the kernel says that the cell failed. `declaresModule`: the cell holds `@module`, of which tslab prints
 * type errors without failing.
 */
export function findErrors(
  stderr: string,
  cell: number,
  { failed, declaresModule = false }: { failed: boolean; declaresModule?: boolean },
): CellError[] {
  const lines = stderr.split('\n');
  const types = failed || declaresModule ? typeErrors(lines, cell) : [];
  if (types.length > 0) return types;
  const found = blocks(lines);
  const errors = found.map(({ message, uncaught, place }): CellError => {
    return { kind: uncaught ? 'uncaught' : 'printed', cell, ...place, message };
  });
  if (!failed) return errors;
  // The error that ended the cell was printed last, unless something uncaught came after it.
  const thrown = errors.findLast((error) => error.kind === 'printed');
  if (thrown) thrown.kind = 'thrown';
  else {
    const message = lines
      .filter((line) => line.trim() !== '')
      .slice(-3)
      .join('\n');
    errors.push({ kind: 'thrown', cell, message: message || 'the cell failed without a message' });
  }
  return errors;
}
