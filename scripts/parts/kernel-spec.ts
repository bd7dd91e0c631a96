/**
 * @file Registers the TypeScript kernel inside the project and lets the package resolve itself.
 *
 * tslab compiles cells with TypeScript 5.0 and the notebook's folder as root, so a cell cannot import `../src/lib`.
 * What resolves from `node_modules` works: `node_modules/sightline` is a link to the project, whose `main` and `types`
 * lead to `dist/`. `npm ci` removes the link; every build makes it again.
 */
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Jupyter } from './jupyter';
import { inProject, PLACES, ROOT } from './project';

const WINDOWS = process.platform === 'win32';
export const KERNEL_NAME = 'tslab';

/** Writes only what differs, so that a finished set-up touches nothing. */
export function writeIfChanged(file: string, content: string | Buffer): void {
  const bytes = Buffer.from(content);
  try {
    if (readFileSync(file).equals(bytes)) return;
  } catch {
    mkdirSync(dirname(file), { recursive: true });
  }
  writeFileSync(file, bytes);
}

/** The command that starts the kernel: absolute paths, so that it needs no PATH. `hook` names cells in stacks. */
export function kernelCommand(connectionFile = '{connection_file}'): [string, ...string[]] {
  return [
    process.execPath,
    '--require',
    inProject('dist', 'scripts', 'kernel-hook.js'),
    inProject('node_modules', 'tslab', 'bin', 'tslab'),
    'kernel',
    '--config-path',
    connectionFile,
  ];
}

function kernelSpec(): string {
  return `${JSON.stringify(
    {
      argv: kernelCommand(),
      display_name: 'TypeScript',
      language: 'typescript',
      // tslab knows no interrupt message: Jupyter's stop button sends SIGINT.
      interrupt_mode: 'signal',
    },
    null,
    2,
  )}\n`;
}

/** `node_modules/sightline` → the project itself. A junction on Windows, which needs no rights. */
function linkPackage(): void {
  const link = inProject('node_modules', 'sightline');
  const target = WINDOWS ? ROOT : '..';
  try {
    if (lstatSync(link).isSymbolicLink() && readlinkSync(link) === target) return;
    rmSync(link, { recursive: true, force: true });
  } catch {
    // Nothing there yet.
  }
  try {
    symlinkSync(target, link, WINDOWS ? 'junction' : 'dir');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** `npx sightline` inside the project: npm 11 finds a package's own command, npm 10 does not. */
function linkCommand(): void {
  const place = (name: string) => inProject('node_modules', '.bin', name);
  if (WINDOWS) writeIfChanged(place('sightline.cmd'), '@node "%~dp0\\..\\..\\dist\\src\\cli.js" %*\r\n');
  writeIfChanged(place('sightline'), '#!/bin/sh\nexec node "$(dirname "$0")/../../dist/src/cli.js" "$@"\n');
  if (!WINDOWS) chmodSync(place('sightline'), 0o755);
}

/** Lets the package resolve itself, as a library and as a command. */
export function linkSelf(): void {
  linkPackage();
  linkCommand();
}

/** Where Jupyter looks for kernels and extensions: the project, and the environment (VS Code looks only there). */
export function dataFolders(jupyter: Jupyter | null): string[] {
  const folders = [PLACES.jupyter];
  if (jupyter?.from === 'environment') folders.push(join(PLACES.jupyterEnvironment, 'share', 'jupyter'));
  return folders;
}

export function ensureKernel(jupyter: Jupyter | null): void {
  linkSelf();
  for (const folder of dataFolders(jupyter)) {
    writeIfChanged(join(folder, 'kernels', KERNEL_NAME, 'kernel.json'), kernelSpec());
  }
}
