/** The runner on real notebooks in the real kernel. Two at a time, because each starts a process. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeError, type Execution, executeNotebook } from '../../scripts/notebooks/execute';
import { codeCells, textOf } from '../../scripts/notebooks/notebook';
import { linkSelf } from '../../scripts/parts/kernel-spec';
import { inProject } from '../../scripts/parts/project';
import { isAlive } from '../../src/lib/export/process-alive';

const fixture = (name: string) => join(__dirname, 'fixtures', `${name}.ipynb`);
const run = (name: string, limitSeconds = 120): Promise<Execution> =>
  executeNotebook(fixture(name), { limitSeconds, env: { SIGHTLINE_PROFILE: 'fast' } });
const printed = (execution: Execution, cell: number): string =>
  (codeCells(execution.notebook)[cell - 1]?.outputs ?? [])
    .map((output) => (output.output_type === 'stream' ? textOf(output.text) : ''))
    .join('');

beforeAll(() => {
  if (!existsSync(inProject('dist', 'scripts', 'kernel-hook.js')))
    throw new Error('run `npm run build` first');
  linkSelf();
});

describe.concurrent('a notebook without errors', { timeout: 240_000 }, () => {
  it('passes, with talk on stderr, an error on purpose and timers after the last cell', async ({
    expect,
  }) => {
    const execution = await run('good');
    expect(execution.errors).toEqual([]);
    expect(execution.cellsDone).toBe(5);
    expect(printed(execution, 1)).toBe('49\n');
    expect(printed(execution, 2)).toContain('epoch 1 of 3');
    expect(printed(execution, 3)).toBe('profile fast\n');
    expect(printed(execution, 4)).toContain('Error: on purpose');
    expect(printed(execution, 5)).toContain('a timer after the last cell');
    expect(codeCells(execution.notebook).map((cell) => cell.execution_count)).toEqual([1, 2, 3, 4, 5]);
  });

  it('imports the package by its name, with types, and keeps the last state of a display', async ({
    expect,
  }) => {
    const execution = await run('self-import');
    expect(execution.errors).toEqual([]);
    expect(printed(execution, 1)).toBe('object\n');
    const cells = codeCells(execution.notebook);
    expect(cells[1]?.outputs).toMatchObject([
      { output_type: 'display_data', data: { 'text/plain': 'updated' } },
    ]);
    expect(cells[2]?.outputs).toEqual([]);
  });
});

describe.concurrent('a notebook with an error fails and says where', { timeout: 240_000 }, () => {
  it.for([
    ['type-error', 'type', 2, 5, /'string' is not assignable to type 'number'/],
    ['thrown-error', 'thrown', 2, 5, /RangeError: depth 3\nis too deep/],
    ['timer-error', 'uncaught', 2, 2, /Error: thrown after the last cell/],
    ['module-error', 'type', 1, 2, /'string' is not assignable to type 'number'/],
    ['kernel-death', 'kernel', 2, undefined, /exit code 3/],
  ] as const)('%s', async ([name, kind, cell, line, message], { expect }) => {
    const execution = await run(name);
    expect(execution.errors).toHaveLength(1);
    const [error] = execution.errors;
    if (!error) return;
    expect(error).toMatchObject({ kind, cell });
    expect(error.line).toBe(line);
    expect(error.message).toMatch(message);
    // It stopped there, and shows the line.
    expect(execution.cellsDone).toBe(kind === 'uncaught' ? execution.cellsTotal : cell - 1);
    const told = describeError(execution, error);
    expect(told).toContain(`${name}.ipynb, cell ${cell}`);
    if (line) expect(told).toMatch(new RegExp(`\\n    ${line} \\| .*\\n {6}\\| +\\^$`));
  });

  it('of promises that nothing awaits, and of errors that a cell only prints', async ({ expect }) => {
    const { errors, cellsDone } = await run('rejected-promise');
    expect(cellsDone).toBe(5);
    expect(errors).toMatchObject([
      { kind: 'uncaught', cell: 2, line: 3, message: 'TypeError: nobody awaits me' },
      { kind: 'uncaught', cell: 4, message: 'no Error at all' },
      { kind: 'printed', cell: 5, line: 2, message: 'Error: swallowed, but printed' },
    ]);
  });

  it('ends a notebook that outlives its limit', async ({ expect }) => {
    const execution = await run('endless', 5);
    expect(execution.errors).toMatchObject([
      { kind: 'limit', cell: 2, message: expect.stringContaining('limit of 5 s') },
    ]);
  });
});

it('leaves no kernel behind where its process is ended', { timeout: 120_000 }, async () => {
  const script = `require(${JSON.stringify(inProject('dist', 'scripts', 'notebooks', 'execute.js'))})
    .executeNotebook(${JSON.stringify(fixture('endless'))}, { onProgress: (done) => console.log(done) })`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise<void>((resolve) =>
    child.stdout.on('data', (text) => String(text).includes('1') && resolve()),
  );
  const kernels = execFileSync('ps', ['-o', 'pid=', '--ppid', String(child.pid)], { encoding: 'utf8' });
  const kernel = Number(kernels.trim());
  expect(isAlive(kernel)).toBe(true);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  expect(await ended).toBe(143);
  for (let tries = 0; tries < 50 && isAlive(kernel); tries++)
    await new Promise((resolve) => setTimeout(resolve, 100));
  expect(isAlive(kernel)).toBe(false);
});

describe('the file', () => {
  it('is refused with a reason where it is no notebook', async () => {
    await expect(executeNotebook(__filename)).rejects.toThrow(/not a notebook/);
    await expect(executeNotebook(inProject('package.json'))).rejects.toThrow(/not a notebook of format 4/);
  });
});
