/** @file The one error class for wrong input: a file, a line, a field, a value, and how to mend it. */

/** What was wrong in the user's input. The command line prints the message and exits with 2. */
export class InputError extends Error {
  readonly exitCode = 2;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InputError';
  }
}
