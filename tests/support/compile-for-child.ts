/**
 * @file For tests that need a process to kill or to starve: compiles a few source files to CommonJS in a
 * temporary folder, so that plain `node` runs them.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** Compiles `sources` (paths from the root, without `.ts`); `path(source)` is what a child may `require`. */
export function compileForChild(sources: string[]): { path(source: string): string; remove(): void } {
  const out = mkdtempSync(join(tmpdir(), 'compiled-'));
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const options =
    '--target es2022 --lib es2023 --module node16 --moduleResolution node16 --skipLibCheck --strict --esModuleInterop --resolveJsonModule --types node';
  execFileSync(
    process.execPath,
    [compiler, '--ignoreConfig', ...options.split(' '), '--rootDir', ROOT, '--outDir', out].concat(
      sources.map((source) => join(ROOT, `${source}.ts`)),
    ),
    { cwd: ROOT, stdio: 'pipe' },
  );
  return {
    path: (source) => join(out, `${source}.js`),
    remove: () => rmSync(out, { recursive: true }),
  };
}
