/**
 * @file The tarball that `npm pack` makes, in an empty project: what JavaScript and TypeScript import from it, its command,
 * and that it needs nothing that it does not declare. The dependencies are the repository's own, one link each; npm
 * itself installs nothing, so that no network is needed.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder';

const ROOT = resolve(__dirname, '../..');
const temporary = temporaryFolder();
const project = join(temporary.path, 'project');
const installed = join(project, 'node_modules', 'sightline');

interface Manifest {
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
}

beforeAll(() => {
  const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', temporary.path], {
    cwd: ROOT,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const report = JSON.parse(packed) as { filename: string }[] | Record<string, { filename: string }>;
  const [{ filename }] = Object.values(report) as [{ filename: string }];
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(temporary.path, filename), '--strip-components=1', '-C', installed]);
  rmSync(join(temporary.path, filename));
  const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Manifest;
  for (const name of [...Object.keys(dependencies), '@types/node']) {
    const link = join(project, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), link, 'junction');
  }
  temporary.write('project/package.json', '{ "name": "outside", "private": true }');
});

const node = (...words: string[]) =>
  execFileSync(process.execPath, words, {
    cwd: project,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

const ROOMS = [
  'data',
  'decoding',
  'engine',
  'experiments',
  'exporting',
  'figures',
  'fusion',
  'nn',
  'random',
  'tasks',
  'text',
  'training',
  'vision',
];

describe('the packed package, in an empty project', () => {
  it('holds what it needs to run, and not the repository', () => {
    expect(readdirSync(installed).sort()).toEqual([
      'LICENSE',
      'README.md',
      'dist',
      'environment.md',
      'package.json',
    ]);
    for (const part of ['cli.js', 'lib/index.js', 'lib/index.d.ts'])
      expect(existsSync(join(installed, 'dist', 'src', part))).toBe(true);
  });

  it('JavaScript: import and require, each room by name', () => {
    temporary.write(
      'project/use.mjs',
      `import { ${ROOMS.join(', ')} } from 'sightline';
       const seen = Object.entries({ ${ROOMS.join(', ')} }).filter(([, room]) => typeof room === 'object');
       const chosen = await engine.use({ device: 'cpu' });
       const double = engine.compile((x) => engine.tf.mul(x, 2));
       const out = await double(engine.tf.tensor1d([1, 2, 3]));
       const words = text.trainWordPiece(['the red square', 'the blue square'], { vocabularySize: 40 });
       console.log(JSON.stringify([seen.length, chosen.device, [...out.dataSync()], words.decode(words.encode('the red square').ids)]));`,
    );
    expect(JSON.parse(node('use.mjs'))).toEqual([
      ROOMS.length,
      'cpu',
      [2, 4, 6],
      expect.stringContaining('the red square'),
    ]);
    temporary.write(
      'project/use.cjs',
      "const { data } = require('sightline'); console.log(data.TASKS.includes('qa'));",
    );
    expect(node('use.cjs').trim()).toBe('true');
  });

  it('TypeScript: the types are there and are checked', () => {
    temporary.write(
      'project/use.ts',
      `import { engine, text, training } from 'sightline';
       const config: training.TrainConfigInput = { task: 'classification', data: { train: 'train.jsonl' } };
       export const made: Promise<training.RunResult> = training.train(config, 'runs/a');
       export const chosen = engine.use({ device: 'cpu' });
       export const known: number = text.trainWordPiece(['a b'], { vocabularySize: 10 }).vocabularySize;
       // @ts-expect-error a task that there is not
       export const wrong: training.TrainConfigInput = { task: 'chess', data: 3 };`,
    );
    const options = {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      module: 'node16',
      target: 'es2022',
      types: ['node'],
    };
    temporary.write('project/tsconfig.json', JSON.stringify({ compilerOptions: options, files: ['use.ts'] }));
    const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    expect(node(compiler, '-p', 'tsconfig.json')).toBe('');
  });

  it('its command answers', () => {
    expect(node(join(installed, 'dist', 'src', 'cli.js'), '--help')).toContain('export [options] <run>');
  });
});
