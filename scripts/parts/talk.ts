/** @file What the scripts say goes to stderr, so that stdout holds results alone. */
import { ROOT } from './project';

/** Stops a script with a message for the person at the keyboard; no stack is shown. */
export class SetupError extends Error {
  constructor(
    message: string,
    /** 1: the work failed; 2: the input was wrong; 130: interrupted. */
    readonly exitCode = 1,
  ) {
    super(message);
    this.name = 'SetupError';
  }
}

export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

export const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** Runs a script's main function and turns what it throws into a message and an exit code. */
export function runMain(main: () => Promise<number>): void {
  process.chdir(ROOT);
  main().then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      // Errors that say how to exit, the library's `InputError` among them, are messages for whoever is at the keyboard.
      const code = (error as { exitCode?: number }).exitCode;
      if (error instanceof Error && code !== undefined) say(error.message);
      else say(error instanceof Error ? (error.stack ?? error.message) : String(error));
      process.exitCode = code ?? 1;
    },
  );
}
