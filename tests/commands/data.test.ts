import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { registerData } from '../../src/commands/data';
import { readRecords, textOnlyCeiling } from '../../src/lib/data';
import { noisePicture } from '../support/pictures';
import { jsonLinesOf, temporaryFolder } from '../support/temporary-folder';
import { run } from './run-command';

const folder = temporaryFolder();
const at = (name: string) => join(folder.path, name);
const data = (...words: string[]) => run(registerData, 'data', ...words);

describe('sightline data scene', () => {
  it('makes three record files and says their ceilings, counted from the records', async () => {
    const result = await data(
      'scene',
      '--task',
      'classification',
      '--records',
      '100',
      '--seed',
      '2',
      '--out',
      at('scene'),
      '--json',
    );
    expect(result.exitCode).toBe(0);
    expect(readdirSync(at('scene')).sort()).toEqual([
      'about.json',
      'images',
      'scenes.jsonl',
      'test.jsonl',
      'train.jsonl',
      'validation.jsonl',
    ]);
    const { parts } = JSON.parse(result.stdout);
    expect(parts.map(({ records }: { records: number }) => records)).toEqual([80, 10, 10]);
    const { records } = await readRecords(at('scene/train.jsonl'), 'classification');
    expect(parts[0].ceiling).toBe(textOnlyCeiling(records).accuracy);
    expect(result.stderr).toMatch(/^drawing \d+\/\d+$/m);
  });

  it('says the same in words', async () => {
    const { stdout } = await data('scene', '--records', '50', '--out', at('words'));
    expect(stdout).toMatch(/^train 40 records, \d+ pictures; \d+ labels; text-only ceiling [\d.]+ %, /);
    expect(stdout.trim().split('\n')).toHaveLength(3);
  });

  it('makes the kinds of generation, and says that other tasks have none', async () => {
    const words = ['scene', '--records', '40', '--size', '32', '--kind', 'code'];
    const { stdout } = await data(...words, '--task', 'generation', '--out', at('code'));
    expect(stdout).toMatch(
      /^train 32 records, .* different targets; text-only ceiling .*; a blind choice among/,
    );
    const { records } = await readRecords(at('code/train.jsonl'), 'generation');
    expect(records[0]?.target).toMatch(/^place \w+\ntime \w+\nweather \w+\ndraw \w+/);
    const wrong = await data(...words, '--task', 'dialogue', '--out', at('no-code'));
    expect(wrong).toMatchObject({ exitCode: 2, stdout: '' });
    expect(wrong.stderr).toContain('kind is "code", and dialogue has none; leave it out');
    expect(existsSync(at('no-code'))).toBe(false);
  });

  it('refuses a folder that holds something, wrong numbers and tasks: exit 2, nothing written', async () => {
    folder.write('mine/file', 'mine');
    expect(await data('scene', '--out', at('mine'))).toMatchObject({ exitCode: 2, stdout: '' });
    expect(readdirSync(at('mine'))).toEqual(['file']);
    for (const wrong of [
      ['--records', 'many'],
      ['--records', '3'],
      ['--task', 'juggling'],
      ['--seed', '-1'],
      ['--size', '9'],
    ]) {
      const result = await data('scene', ...wrong, '--out', at('wrong'));
      expect([wrong, result.exitCode]).toEqual([wrong, 2]);
    }
    expect((await data('scene')).exitCode).toBe(2);
    expect(existsSync(at('wrong'))).toBe(false);
  });

  it('explains itself', async () => {
    const { stdout, exitCode } = await data('scene', '--help');
    expect(exitCode).toBe(0);
    for (const option of ['--task', '--records', '--seed', '--size', '--out'])
      expect(stdout).toContain(option);
  });
});

describe('sightline data sort-of-clevr, shapes, nlvr-like', () => {
  it('make their files and say the ceilings', async () => {
    const clevr = await data('sort-of-clevr', '--records', '200', '--seed', '2', '--out', at('clevr'));
    expect(clevr.stdout).toMatch(
      /^train 160 records, 8 pictures; text-only ceiling [\d.]+ % all, [\d.]+ % non-relational, [\d.]+ % relational$/m,
    );
    const shapes = await data(
      'shapes',
      '--questions',
      '10',
      '--pictures',
      '4',
      '--out',
      at('shapes'),
      '--json',
    );
    const { parts } = JSON.parse(shapes.stdout);
    expect(parts.map((part: object) => Object.values(part))).toEqual([
      ['train', 32, 32, { all: 0.5 }],
      ['validation', 4, 4, { all: 0.5 }],
      ['test', 4, 4, { all: 0.5 }],
    ]);
  });

  it('nlvr-like leaves out the sentences of the files to avoid', async () => {
    const words = ['nlvr-like', '--records', '120', '--seed', '3'];
    expect((await data(...words, '--out', at('like'))).stdout).toMatch(
      /^train 96 records, 96 pictures; text-only ceiling 50\.0 % all$/m,
    );
    await data(...words, '--avoid', at('like/train.jsonl'), at('like/test.jsonl'), '--out', at('like-2'));
    const groups = async (name: string) =>
      (await readRecords(at(`${name}/train.jsonl`), 'classification')).records.map(({ group }) => group);
    const [first, second] = [await groups('like'), await groups('like-2')];
    expect(second).toHaveLength(96);
    expect(second.some((group) => first.includes(group))).toBe(false);
  });

  it('refuse wrong numbers: exit 2, nothing written', async () => {
    expect((await data('sort-of-clevr', '--records', '5', '--out', at('none'))).exitCode).toBe(2);
    expect((await data('shapes', '--pictures', '1', '--out', at('none'))).exitCode).toBe(2);
    expect(existsSync(at('none'))).toBe(false);
  });
});

describe('sightline data convert', () => {
  it('writes records and pictures, and says where each file came from', async () => {
    const rows = [];
    for (let i = 0; i < 10; i++) {
      folder.write(`easy/train/images/${i}.png`, await noisePicture(4, 4, i).png().toBuffer());
      rows.push(['is it red?', 'no', i]);
    }
    folder.write('easy/train/questions.json', JSON.stringify(rows));
    const result = await data('convert', 'easy-vqa', at('easy'), '--out', at('converted'));
    expect(result.stdout).toBe(
      'train 8 records in 8 groups, from train\nvalidation 1 records in 1 groups, from train\ntest 1 records in 1 groups, from train\n10 pictures\n',
    );
    expect(readdirSync(at('converted/images/train'))).toHaveLength(10);
  });

  it('names the known formats where it is given another', async () => {
    const result = await data('convert', 'vqa', at('easy'), '--out', at('other'));
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
    expect(result.stderr).toMatch(
      /format is "vqa"; use one of easy-vqa, nlvr, shapes, .*multi30k, .*imagefolder/,
    );
    expect((await data('convert', '--help')).stdout).toMatch(/nlvr +NLVR v1/);
  });

  it('reads another pair of languages, and does without pictures that are not there', async () => {
    for (const split of ['train', 'val']) {
      folder.write(`m30k/image_splits/${split}.txt`, `${split}.jpg\n`);
      folder.write(`m30k/raw/${split}.fr`, 'Un chien.\n');
      folder.write(`m30k/raw/${split}.cs`, 'Pes.\n');
    }
    const words = ['convert', 'multi30k', at('m30k'), '--language', 'fr-cs'];
    const without = await data(...words, '--out', at('m30k-bad'));
    expect(without).toMatchObject({ exitCode: 2, stdout: '' });
    expect(without.stderr).toMatch(/images\/(train|val)\.jpg: no such picture, .*--no-pictures/);
    const result = await data(...words, '--no-pictures', '--out', at('m30k-out'));
    expect(result.stdout).toMatch(/^train 1 records in 1 groups, from train\n.*\n0 pictures\n$/);
    expect((await readRecords(at('m30k-out/train.jsonl'), 'translation')).records[0]).toEqual({
      id: 'train-0',
      source: 'Un chien.',
      target: 'Pes.',
      targetLanguage: 'cs',
      group: 'train.jpg',
      split: 'train',
    });
  });
});

describe('sightline data folds', () => {
  it('says how many records and clusters each part has', async () => {
    const rows = Array.from({ length: 12 }, (_, i) => ({ id: `${i}`, text: `t${i % 6}`, label: 'x' }));
    folder.write('plain/all.jsonl', jsonLinesOf(rows));
    const words = ['folds', at('plain/all.jsonl'), '--by', 'text', '--folds', '3', '--validation', '0.25'];
    const { stdout } = await data(...words, '--out', at('folds'));
    expect(stdout.split('\n')[0]).toBe('12 records in 6 clusters by text');
    expect(stdout).toMatch(
      /^fold-2: train 6 records in 3 clusters, validation 2 records in 1 clusters, test 4 records in 2 clusters$/m,
    );
    expect((await data(...words, '--out', at('folds'))).exitCode).toBe(2);
    expect(
      (await data('folds', at('plain/all.jsonl'), '--validation', '2', '--out', at('no'))).exitCode,
    ).toBe(2);
  });
});

describe('sightline data check', () => {
  it('passes sound records and names the fault of others', async () => {
    folder.write('own/a.png', await noisePicture(4, 4).png().toBuffer());
    const records = [
      { id: '1', text: 't', label: 'x', image: 'a.png' },
      { id: '2', text: 't', label: 'y' },
    ];
    folder.write('own/good.jsonl', jsonLinesOf(records));
    expect((await data('check', at('own/good.jsonl'))).stdout).toBe(
      '2 records, 1 pictures (1 differ in content): all sound\n2 labels; text-only ceiling 50.0 %, 50.0 % on the 2 whose text is ambiguous\n',
    );
    folder.write(
      'own/bad.jsonl',
      jsonLinesOf([...records, { id: '3', text: 't', label: 'x', image: 'b.png' }]),
    );
    const result = await data('check', at('own/bad.jsonl'));
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
    expect(result.stderr).toMatch(/bad\.jsonl:3: field "image" is "b\.png": .*no such picture/);
    expect(readFileSync(at('own/good.jsonl'), 'utf8')).toBe(jsonLinesOf(records));
  });
});
