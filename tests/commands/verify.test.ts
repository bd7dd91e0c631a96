import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { registerVerify } from '../../src/commands/verify';
import { sharedData } from '../support/shared-data';
import { temporaryFolder } from '../support/temporary-folder';
import { run } from './run-command';

const folder = temporaryFolder();
const verify = (...words: string[]) => run(registerVerify, 'verify', ...words);
const shared = sharedData('.');
const shapes = sharedData('shapes');

interface Report {
  ok: boolean;
  anchors: { name: string; expected: number | null; found: number; ok: boolean | null }[];
  skipped: { name: string; reason: string }[];
}

describe('sightline verify', () => {
  it('needs no data for the noise schedule, and names what it skips', async () => {
    folder.write('empty/readme', '');
    const result = await verify('--data', join(folder.path, 'empty'), '--json');
    const report = JSON.parse(result.stdout) as Report;
    expect(result.exitCode).toBe(0);
    expect(report.anchors.map(({ ok }) => ok)).toEqual(Array(6).fill(true));
    expect(report.skipped.map(({ name }) => name)).toEqual([
      'nlvr',
      'shapes',
      'easy-vqa',
      'emoji',
      'NLVR test-U, POPE, CoMMuTE',
    ]);
    expect(result.stderr).toMatch(/skipped nlvr: no .*nlvr/);
  });

  it('refuses a folder that is not there', async () => {
    expect(await verify('--data', join(folder.path, 'nowhere'))).toMatchObject({ exitCode: 2, stdout: '' });
  });

  it.skipIf(!shared)('finds every known number in the published data', async () => {
    const result = await verify('--data', shared as string, '--json');
    const report = JSON.parse(result.stdout) as Report;
    expect(report.anchors.filter(({ ok }) => ok === false)).toEqual([]);
    expect(result.exitCode).toBe(0);
    const found = Object.fromEntries(report.anchors.map(({ name, found: value }) => [name, value]));
    expect(found['NLVR dev: majority (true)']).toBeCloseTo((100 * 547) / 989, 10);
    expect(found['NLVR test: majority (true)']).toBeCloseTo((100 * 556) / 990, 10);
    expect(found['NLVR dev: best image-blind answer per sentence']).toBeCloseTo((100 * 580) / 989, 10);
    expect(found['NLVR test: best image-blind answer per sentence']).toBeCloseTo((100 * 600) / 990, 10);
    expect(found['SHAPES val: majority']).toBeCloseTo((100 * 630) / 1024, 10);
    expect(found['SHAPES val: best image-blind answer per question']).toBeCloseTo((100 * 718) / 1024, 10);
    expect(report.anchors.length).toBeGreaterThan(35);
    const table = await verify('--data', shared as string);
    expect(table.stdout).toMatch(/^NLVR dev: majority \(true\) +55\.31 +55\.31 % +ok$/m);
    expect(table.stdout).toMatch(/^easy-VQA train: text-only ceiling +– +66\.73 % +reported$/m);
  });

  it.skipIf(!shapes)('exits 1 where a number differs, and shows which', async () => {
    const copy = join(folder.path, 'tampered');
    // File by file: a copied folder that is read-only could be neither changed nor removed.
    mkdirSync(join(copy, 'shapes'), { recursive: true });
    for (const name of readdirSync(shapes as string)) {
      writeFileSync(join(copy, 'shapes', name), readFileSync(join(shapes as string, name)));
    }
    const output = join(copy, 'shapes/val.output');
    const text = readFileSync(output, 'utf8').replace('false', 'true');
    writeFileSync(output, text);
    const result = await verify('--data', copy);
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toMatch(/^SHAPES val: majority +61\.52 +61\.43 % +DIFFERS$/m);
    expect(result.stderr).toMatch(/\d of \d+ numbers differ/);
  });
});
