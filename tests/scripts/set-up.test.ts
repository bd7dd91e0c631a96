import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runChild } from '../../scripts/parts/child';
import { ensureJupyter, jupyterVariables } from '../../scripts/parts/jupyter';
import { kernelCommand } from '../../scripts/parts/kernel-spec';
import { inProject, ROOT, shown } from '../../scripts/parts/project';
import {
  type EnvironmentPlan,
  ensureEnvironment,
  environmentPython,
  isReady,
} from '../../scripts/parts/python';

const folder = mkdtempSync(join(tmpdir(), 'set-up-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('set-up', { timeout: 300_000 }, () => {
  it('changes nothing when it is already done', async () => {
    await ensureJupyter();
    const spec = inProject('.jupyter', 'kernels', 'tslab', 'kernel.json');
    const before = statSync(spec).mtimeMs;
    const start = Date.now();
    await ensureJupyter();
    expect(statSync(spec).mtimeMs).toBe(before);
    // Less than a tenth of what installing takes; a quarter of a second on a quiet machine.
    expect(Date.now() - start).toBeLessThan(10_000);
  });

  it('registers a kernel that Jupyter finds and that starts by absolute paths', async () => {
    const { python } = await ensureJupyter();
    const list = await runChild(python, ['-m', 'jupyter', 'kernelspec', 'list', '--json'], {
      env: jupyterVariables(),
    });
    const { kernelspecs } = JSON.parse(list.stdout) as {
      kernelspecs: Record<string, { spec: { argv: string[] } }>;
    };
    expect(kernelspecs.tslab?.spec.argv).toEqual(kernelCommand());
    for (const path of [kernelCommand()[0], kernelCommand()[3]])
      expect(statSync(path as string).isFile()).toBe(true);
  });

  it('lets the package resolve itself', () => {
    expect(readlinkSync(inProject('node_modules', 'sightline'))).toMatch(/\.\.$|sightline|main/);
    expect(
      JSON.parse(readFileSync(inProject('node_modules', 'sightline', 'package.json'), 'utf8')).name,
    ).toBe('sightline');
  });

  it('keeps every folder of Jupyter inside the project', () => {
    const { PATH, JUPYTER_PATH, ...places } = jupyterVariables();
    for (const place of Object.values(places)) expect(place?.startsWith(ROOT)).toBe(true);
    expect(PATH).toContain(inProject('node_modules', '.bin'));
    expect(JUPYTER_PATH).toContain(inProject('.jupyter'));
  });
});

describe('ensureEnvironment', { timeout: 300_000 }, () => {
  it('starts anew where an installation was interrupted, and when the list of packages changes', async () => {
    const list = join(folder, 'list.txt');
    writeFileSync(list, 'one');
    let installations = 0;
    const plan: EnvironmentPlan = {
      name: 'a test environment',
      folder: join(folder, 'environment'),
      inputs: [list],
      install: async () => {
        installations++;
      },
    };
    // What an interruption leaves: a folder without a stamp.
    mkdirSync(plan.folder);
    writeFileSync(join(plan.folder, 'half-written'), '');
    expect(await isReady(plan)).toBe(false);
    expect(await ensureEnvironment(plan)).toBe(environmentPython(plan.folder));
    expect(existsSync(join(plan.folder, 'half-written'))).toBe(false);
    expect(await isReady(plan)).toBe(true);
    await ensureEnvironment(plan);
    expect(installations).toBe(1);
    writeFileSync(list, 'two');
    expect(await isReady(plan)).toBe(false);
  });
});

describe('shown', () => {
  it('gives paths from the project folder, and others whole', () => {
    expect(shown(inProject('a', 'b'))).toBe(join('a', 'b'));
    expect(shown(ROOT)).toBe('.');
    expect(shown(join(ROOT, '..', 'elsewhere'))).toBe(join(ROOT, '..', 'elsewhere'));
  });
});
