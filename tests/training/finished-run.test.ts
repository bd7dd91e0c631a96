/** @file Where the files of a finished run stand: the config names them from a folder that the run does not keep. */
import { describe, expect, it } from 'vitest';
import { parseTrainConfig } from '../../src/lib/training';
import { continuedConfig } from '../../src/lib/training/continue-config';
import { runFiles } from '../../src/lib/training/finished-run';
import { RunFolder, type RunResult } from '../../src/lib/training/run-folder';

function placesOf(data: object, read: string[]): Record<string, string | undefined> {
  const config = parseTrainConfig({ task: 'classification', data, model: { text: 'tiny', fusion: 'none' } });
  const dataHashes = Object.fromEntries(read.map((path, i) => [path, `${i}`]));
  const files = runFiles({ config, result: { dataHashes } as RunResult });
  return Object.fromEntries(
    Object.entries(files).flatMap(([part, file]) => (file ? [[part, file.path]] : [])),
  );
}

describe('continuedConfig', () => {
  it('inherits synonyms from where they stand, not from its own folder', () => {
    const config = parseTrainConfig({
      task: 'classification',
      data: {
        train: 'train.jsonl',
        test: 'test.jsonl',
        augmentation: { text: { wordDropout: 0.1, synonyms: 'words/synonyms.json' } },
      },
      model: { text: 'tiny', fusion: 'none' },
    });
    const read = ['/d/train.jsonl', '/d/test.jsonl', '/d/words/synonyms.json'];
    const result = { dataHashes: Object.fromEntries(read.map((path) => [path, 'x'])) } as RunResult;
    const old = { folder: new RunFolder('/r'), config, result };
    const written = { data: { train: 'new.jsonl' } };
    const { data } = continuedConfig(written, old, { folder: '/e', name: 'new.json' }).config;
    expect(data.augmentation?.text).toMatchObject({ wordDropout: 0.1, synonyms: '/d/words/synonyms.json' });
    expect(data.test).toBe('/d/test.jsonl');
  });
});

describe('runFiles', () => {
  it('a file is not taken for another whose path ends as its own does', () => {
    expect(
      placesOf({ train: 'records.jsonl', test: 'test/records.jsonl' }, [
        '/d/records.jsonl',
        '/d/test/records.jsonl',
      ]),
    ).toEqual({ train: '/d/records.jsonl', test: '/d/test/records.jsonl' });
    expect(placesOf({ train: 'a/x.jsonl', validation: './x.jsonl' }, ['/d/a/x.jsonl', '/d/x.jsonl'])).toEqual(
      { train: '/d/a/x.jsonl', validation: '/d/x.jsonl' },
    );
  });

  it('from folders above, at absolute places, and synonyms', () => {
    const augmentation = { text: { synonyms: '../words/synonyms.json' } };
    expect(
      placesOf(
        { train: '../../train.jsonl', test: '../test.jsonl', validation: '/e/v.jsonl', augmentation },
        ['/d/train.jsonl', '/e/v.jsonl', '/d/one/test.jsonl', '/d/one/words/synonyms.json'],
      ),
    ).toEqual({
      train: '/d/train.jsonl',
      validation: '/e/v.jsonl',
      test: '/d/one/test.jsonl',
      synonyms: '/d/one/words/synonyms.json',
    });
    expect(placesOf({ train: 'train.jsonl' }, ['/train.jsonl'])).toEqual({ train: '/train.jsonl' });
  });

  it('none where the run has not read it', () => {
    expect(
      placesOf({ train: 'train.jsonl', test: 'test.jsonl' }, ['/d/train.jsonl', '/e/test.jsonl']),
    ).toEqual({});
  });
});
