/** @file The error of a function that cannot be compiled or run: which op, which shapes, which line. */

/** Thrown by `compile` and by compiled functions. `cause` is the error below it, where there is one. */
export class EngineError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EngineError';
  }
}
