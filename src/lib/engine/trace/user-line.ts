/** @file Finds the line of the user's own code in a stack: the first frame that is neither tfjs nor this engine. */
import { basename, dirname } from 'node:path';

const ENGINE_FOLDER = dirname(__dirname);
/** The user's line may stand below many frames of tfjs. */
const FRAMES = 40;

const withoutScheme = (file: string) => file.replace(/^file:\/\//, '');
const isForeign = (file: string) =>
  file.includes('node_modules') || file.startsWith('node:') || file.startsWith(ENGINE_FOLDER);

/** `loss.ts:12` of the innermost frame outside tfjs and the engine; '' where there is none. */
export function userLine(stack: string | undefined): string {
  for (const line of (stack ?? '').split('\n')) {
    const frame = /\(?([^\s()]+):(\d+):\d+\)?$/.exec(line.trim());
    if (!frame) continue;
    const file = withoutScheme(frame[1] as string);
    if (!isForeign(file)) return `${basename(file)}:${frame[2]}`;
  }
  return '';
}

/** What `userLine` says of places in the code as it runs, which source maps may know by other names. */
const known = new Map<string, string>();

/**
 * The line of the user's code that is being run now. A trace asks at each of some thousand kernels and passes the same places
 * again and again; a stack is written out, which takes most of the time where source maps are in use, once for each.
 */
export function currentUserLine(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  try {
    const place = currentPlace();
    let line = known.get(place);
    if (line === undefined) {
      line = userLine(new Error().stack);
      known.set(place, line);
    }
    return line;
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** `file:line:column` of the innermost frame outside tfjs and the engine, not translated. */
function currentPlace(): string {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = (_, sites) => sites;
  let sites: NodeJS.CallSite[];
  try {
    sites = new Error().stack as unknown as NodeJS.CallSite[];
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
  for (const site of sites) {
    const file = site.getFileName();
    if (file && !isForeign(withoutScheme(file)))
      return `${file}:${site.getLineNumber()}:${site.getColumnNumber()}`;
  }
  return '';
}
