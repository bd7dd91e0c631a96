/**
 * @file The door of every npm script: compiles the project (incrementally), then runs one compiled script.
 * Plain JavaScript, because nothing is compiled before it has run.
 *
 *     node scripts/run.mjs <start|test|lab|parity|results|setup|setup-peers|run-notebooks|bench> [arguments…]
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [name, ...rest] = process.argv.slice(2);

function stop(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  stop(
    `Node ${process.versions.node} is too old: install Node 20.19, 22.12 or 24, or later (environment.md).`,
  );
}
if (!existsSync(join(root, 'node_modules', 'typescript'))) {
  stop('The packages are not installed yet: run `npm ci` first.');
}

const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const build = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: ['ignore', 2, 2],
});
// `npm test` goes on: it compiles again as one of its stages, so that a type error is counted among the failures.
if (build.status !== 0 && name !== 'test') stop('The project does not compile: see the messages above.');

const file = name === 'bench' ? join('bench', 'run.js') : join('scripts', `${name}.js`);
const compiled = join(root, 'dist', file);
if (!existsSync(compiled)) stop(`There is no script ${JSON.stringify(name)} (looked for dist/${file}).`);
spawnSync(process.execPath, [join(root, 'dist', 'scripts', 'link.js')], {
  cwd: root,
  stdio: ['ignore', 2, 2],
});
process.argv = [process.argv[0], compiled, ...rest];
const { createRequire } = await import('node:module');
createRequire(import.meta.url)(compiled);
