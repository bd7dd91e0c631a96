import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseConfig, readJsonFile } from '../src/lib/config-issues';
import { temporaryFolder } from './support/temporary-folder';

const schema = z.strictObject({
  size: z.int().positive(),
  network: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('small'), width: z.int().positive() }),
      z.strictObject({ kind: z.literal('large'), depth: z.int().positive() }),
    ])
    .default({ kind: 'small', width: 4 }),
});

describe('parseConfig', () => {
  it('fills defaults in', () => {
    expect(parseConfig(schema, { size: 2 }, 'config.json')).toEqual({
      size: 2,
      network: { kind: 'small', width: 4 },
    });
  });

  it('names the file, the dotted path, the value and the nearest known key, for all that is wrong at once', () => {
    const wrong = () =>
      parseConfig(
        schema,
        { siez: 1, size: -3, network: { kind: 'large', dephs: 2, depth: 1 } },
        'config.json',
      );
    expect(wrong).toThrow(/config\.json:/);
    expect(wrong).toThrow(/siez is not known; did you mean size\?/);
    expect(wrong).toThrow(/size: .*found -3/);
    expect(wrong).toThrow(/network\.dephs is not known; did you mean depth\?/);
    expect(() => parseConfig(schema, {}, 'config.json')).toThrow(/size: .*missing/);
  });
});

describe('readJsonFile', () => {
  const folder = temporaryFolder();

  it('says where there is no file, or no JSON', async () => {
    await expect(readJsonFile(`${folder.path}/absent.json`)).rejects.toThrow(
      /absent\.json: there is no such file/,
    );
    await expect(readJsonFile(folder.write('torn.json', '{"a":'))).rejects.toThrow(/torn\.json: not JSON/);
    expect(await readJsonFile(folder.write('whole.json', '{"a":1}'))).toEqual({ a: 1 });
  });
});
