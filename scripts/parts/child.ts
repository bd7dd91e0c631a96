/**
 * @file Runs a child process and waits for it. Ctrl-C reaches the child by itself (same process group); the parent
 * waits until the child has ended and then stops with exit code 130, so that nothing is left running.
 */
import { spawn } from 'node:child_process';
import { SetupError } from './talk';

export interface ChildOptions {
  cwd?: string;
  /** Added to the environment; `undefined` removes a variable. */
  env?: Record<string, string | undefined>;
  /** `show` streams to stderr (or where the parent's streams go), `keep` only collects. Default `keep`. */
  output?: 'show' | 'keep';
  /** The child may read the terminal. Default: it gets no input. */
  input?: boolean;
}

export interface ChildResult {
  /** `null` where the child could not be started or was ended by a signal. */
  code: number | null;
  stdout: string;
  /** stdout and stderr in the order in which they came. */
  both: string;
  /** Why the child could not be started. */
  failure?: Error;
}

let interrupted = false;
let listening = false;
const running = new Set<{ kill: (signal: NodeJS.Signals) => boolean }>();

function listenForInterruption(): void {
  if (listening) return;
  listening = true;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the children too; `kill` does not: pass it on in both cases.
      interrupted = true;
      for (const child of running) child.kill(signal);
      if (running.size === 0) process.exit(130);
    });
  }
}

/** Never rejects for a failing child: look at `code`. Throws `SetupError` (130) after an interruption. */
export async function runChild(
  command: string,
  args: readonly string[],
  options: ChildOptions = {},
): Promise<ChildResult> {
  listenForInterruption();
  const env = { ...process.env, ...options.env };
  const result: ChildResult = { code: null, stdout: '', both: '' };
  await new Promise<void>((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env,
      stdio: [
        options.input ? 'inherit' : 'ignore',
        options.output === 'show' ? 'inherit' : 'pipe',
        options.output === 'show' ? 'inherit' : 'pipe',
      ],
    });
    running.add(child);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      result.stdout += text;
      result.both += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      result.both += text;
    });
    child.on('error', (error) => {
      result.failure = error;
      running.delete(child);
      resolve();
    });
    child.on('close', (code) => {
      result.code = code;
      running.delete(child);
      resolve();
    });
  });
  if (interrupted) throw new SetupError('Interrupted.', 130);
  return result;
}

/** The last lines of a long text, for messages. */
export function tail(text: string, lines = 12): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}
