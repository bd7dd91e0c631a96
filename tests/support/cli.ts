/** @file The built `sightline` command in a child process, as a user runs it. `npm run build` must have been run. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const CLI = resolve(__dirname, '../../dist/src/cli.js');

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Starts `sightline …`; `ended` resolves when it has stopped. */
export function startCli(args: readonly string[]): { child: ChildProcess; ended: Promise<Ended> } {
  if (!existsSync(CLI)) throw new Error(`${CLI} is not built: npm run build first`);
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const ended = new Promise<Ended>((done) => {
    child.on('close', (code, signal) => done({ code, signal, ...output }));
  });
  return { child, ended };
}

export function runCli(...args: string[]): Promise<Ended> {
  return startCli(args).ended;
}
