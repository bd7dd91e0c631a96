/** @file Finds the line of the user's own code in a stack: the first frame that is neither tfjs nor this engine. */
import { basename, dirname } from 'node:path';

const ENGINE_FOLDER = dirname(__dirname);

/** `loss.ts:12` of the innermost frame outside tfjs and the engine; '' where there is none. */
export function userLine(stack: string | undefined): string {
  for (const line of (stack ?? '').split('\n')) {
    const frame = /\(?([^\s()]+):(\d+):\d+\)?$/.exec(line.trim());
    if (!frame) continue;
    const file = (frame[1] as string).replace(/^file:\/\//, '');
    const foreign =
      file.includes('node_modules') || file.startsWith('node:') || file.startsWith(ENGINE_FOLDER);
    if (!foreign) return `${basename(file)}:${frame[2]}`;
  }
  return '';
}

/** The line of the user's code that is being run now. */
export function currentUserLine(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 40;
  const { stack } = new Error();
  Error.stackTraceLimit = limit;
  return userLine(stack);
}
