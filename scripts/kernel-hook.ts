/**
 * @file Preloaded into tslab's kernel (see the kernel spec): makes the stack of an error name the cell and the line
 * that the reader sees, and lets no message in before the kernel can answer.
 *
 * tslab runs each cell as `evalmachine.<anonymous>`, twice compiled (TypeScript → ES modules → CommonJS), so a stack
 * names neither the cell nor a line of its source. Here each cell is run under the name `cell N` (N: the N-th run of
 * a cell since the kernel started), both compilations are asked for source maps, and `cell N:line:column` is
 * translated as the stack is made.
 *
 * tslab reads its sockets before they are bound. A client that is already there may then ask while a socket is still
 * being bound: the answer throws ("Socket is blocked by a bind or unbind operation"), the loop that reads ends, and the
 * kernel is deaf for good. Here reading waits until all are bound.
 *
 * Nothing else of tslab changes; if a part of it moves, the hook steps aside.
 */
import { SourceMap, type SourceMapPayload } from 'node:module';
import vm from 'node:vm';

type Loose = Record<string, unknown>;
type EmitHost = (files: string[], options: Loose, ...rest: unknown[]) => unknown;
type Transpile = (
  text: string,
  options: { fileName?: string; compilerOptions: Loose },
) => {
  outputText: string;
  sourceMapText?: string;
};
interface HandlerClass {
  prototype: { execCount: number; handleExecuteImpl: (...args: unknown[]) => Promise<unknown> };
}

interface ServerClass {
  prototype: { init: () => Promise<void> };
}
interface Sockets {
  Socket: { prototype: { [Symbol.asyncIterator]: () => { next: () => Promise<unknown> } } };
}

/** Translates a position of the executed code (both counted from 1) to the cell's source. */
type Translate = (line: number, column: number) => [line: number, column: number];

const INLINE_MAP =
  /\n?\/\/# sourceMappingURL=data:application\/json;(?:charset=[^;,]*;)?base64,([\w+/=]+)\s*$/;
/** tslab puts one line (`export {};`) before the cell. */
const LINES_BEFORE = 1;

const byCode = new Map<string, Translate>();
const byCell = new Map<string, Translate>();
let cell = 0;

const parse = (text: string): SourceMap => new SourceMap(JSON.parse(text) as SourceMapPayload);

function compose(first: SourceMap, second: SourceMap): Translate {
  return (line, column) => {
    const between = second.findEntry(line - 1, column - 1) as {
      originalLine?: number;
      originalColumn?: number;
    };
    if (between.originalLine === undefined) return [line, column];
    const source = first.findEntry(between.originalLine, between.originalColumn ?? 0) as typeof between;
    if (source.originalLine === undefined) return [line, column];
    return [source.originalLine + 1 - LINES_BEFORE, (source.originalColumn ?? 0) + 1];
  };
}

/** TypeScript with both compilations asked for maps; its own exports are getters, so they are copied. */
function withSourceMaps(typescript: Loose): Loose {
  const copy: Loose = {};
  for (const key of Object.keys(typescript)) {
    Object.defineProperty(copy, key, { enumerable: true, configurable: true, get: () => typescript[key] });
  }
  const override = (key: string, value: unknown) =>
    Object.defineProperty(copy, key, { enumerable: true, value });
  override('createWatchCompilerHost', (files: string[], options: Loose, ...rest: unknown[]) =>
    (typescript.createWatchCompilerHost as EmitHost)(files, { ...options, inlineSourceMap: true }, ...rest),
  );
  override('transpileModule', ((text, options) => {
    const transpile = typescript.transpileModule as Transpile;
    const inline = options.fileName === 'custom.js' && text ? INLINE_MAP.exec(text) : null;
    if (!inline) return transpile(text, options);
    const result = transpile(text.slice(0, inline.index), {
      ...options,
      compilerOptions: { ...options.compilerOptions, sourceMap: true },
    });
    const code = result.outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, '');
    if (result.sourceMapText) {
      const first = parse(Buffer.from(inline[1] as string, 'base64').toString());
      byCode.set(code, compose(first, parse(result.sourceMapText)));
    }
    return { outputText: code };
  }) satisfies Transpile);
  return copy;
}

/** Runs cells under their names. tslab wraps the code as `(async function(exports, require) { CODE\n})(…)`. */
function nameCells(): void {
  const original = vm.runInThisContext;
  vm.runInThisContext = ((code: string, options?: vm.RunningCodeOptions | string) => {
    const wrapped = /^(\((?:async )?function\(exports, require\) \{ )([\s\S]*)\n\}\)\(__tslab__/.exec(code);
    if (!wrapped || typeof options === 'string') return original(code, options);
    const name = `cell ${cell}`;
    const prefix = (wrapped[1] as string).length;
    const translate = byCode.get(wrapped[2] as string);
    byCode.clear();
    if (translate) {
      byCell.set(name, (line, column) => translate(line, line === 1 ? Math.max(1, column - prefix) : column));
    }
    return original(code, { ...options, filename: name });
  }) as typeof vm.runInThisContext;
}

function countCells(handler: HandlerClass): void {
  const original = handler.prototype.handleExecuteImpl;
  handler.prototype.handleExecuteImpl = function (...args) {
    cell = this.execCount + 1;
    return original.apply(this, args);
  };
}

/** The default stack, with the positions of cells translated. */
function translateStacks(): void {
  Error.prepareStackTrace = (error, sites) => {
    const lines = sites.map((site) =>
      String(site).replace(/(cell \d+):(\d+):(\d+)/, (whole, name: string, line: string, column: string) => {
        const translated = byCell.get(name)?.(Number(line), Number(column));
        return translated ? `${name}:${translated[0]}:${translated[1]}` : whole;
      }),
    );
    let head: string;
    try {
      head = String(error);
    } catch {
      head = '<error>';
    }
    return [head, ...lines.map((line) => `    at ${line}`)].join('\n');
  };
}

/** Sockets made by `init` are read once it has bound them all. */
function bindBeforeReading(server: ServerClass, { Socket: { prototype } }: Sockets): void {
  const original = server.prototype.init;
  server.prototype.init = async function () {
    const iterate = prototype[Symbol.asyncIterator];
    let open = () => {};
    const bound = new Promise<void>((resolve) => {
      open = resolve;
    });
    prototype[Symbol.asyncIterator] = function () {
      const iterator = iterate.call(this);
      return {
        next: async () => {
          await bound;
          return await iterator.next();
        },
      };
    };
    try {
      await original.call(this);
    } finally {
      prototype[Symbol.asyncIterator] = iterate;
      open();
    }
  };
}

try {
  const main = require.resolve('tslab/dist/main.js');
  const compiler = require.resolve('@tslab/typescript-for-tslab', { paths: [main] });
  require(compiler);
  const loaded = require.cache[compiler];
  if (loaded) loaded.exports = withSourceMaps(loaded.exports as Loose);
  const jupyter = require('tslab/dist/jupyter.js') as {
    JupyterHandlerImpl: HandlerClass;
    ZmqServer: ServerClass;
  };
  countCells(jupyter.JupyterHandlerImpl);
  bindBeforeReading(jupyter.ZmqServer, require(require.resolve('zeromq', { paths: [main] })) as Sockets);
  nameCells();
  translateStacks();
} catch (error) {
  process.stderr.write(
    `Errors may not name cells and lines, and the kernel may miss its first message (${String(error)}).\n`,
  );
}
