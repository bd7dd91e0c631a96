/** @file Shards with their index, and named weights with every mismatch listed at once. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  loadWeights,
  openSafetensors,
  readSafetensors,
  type SafeTensor,
  saveWeights,
  type Weights,
  writeSafetensors,
  writeShardedSafetensors,
} from '../../src/lib/export';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sharded-'));
});
afterAll(() => rm(folder, { recursive: true }));

const tensors = new Map<string, SafeTensor>(
  ['b', 'a', '10', '9', '__proto__'].map((name, i) => [
    name,
    { dtype: 'F32', shape: [4], data: new Float32Array(4).fill(i) },
  ]),
);

describe('shards', () => {
  it('as many as needed, in the order given, and read back as one', async () => {
    const files = await writeShardedSafetensors(folder, tensors, {
      maxShardBytes: 32,
      metadata: { format: 'pt' },
    });
    expect(files).toEqual([
      'model-00001-of-00003.safetensors',
      'model-00002-of-00003.safetensors',
      'model-00003-of-00003.safetensors',
      'model.safetensors.index.json',
    ]);
    expect((await readdir(folder)).sort()).toEqual(files);
    const text = await readFile(join(folder, 'model.safetensors.index.json'), 'utf8');
    expect(JSON.parse(text).metadata).toEqual({ total_size: 80 });
    expect(text).toContain('"__proto__": "model-00003-of-00003.safetensors"');
    const read = await readSafetensors(folder);
    for (const [name, tensor] of tensors) expect(read.tensors.get(name)).toEqual(tensor);
    expect(read.tensors.size).toBe(5);
  });

  it('one file where one is enough', async () => {
    const small = await mkdtemp(join(folder, 'small-'));
    expect(await writeShardedSafetensors(small, tensors)).toEqual(['model.safetensors']);
    expect((await readSafetensors(small)).tensors.size).toBe(5);
  });

  it('an index that is wrong', async () => {
    const path = join(folder, 'model.safetensors.index.json');
    const right = await readFile(path, 'utf8');
    const refuse = async (text: string, message: RegExp) => {
      await writeFile(path, text);
      await expect(openSafetensors(path)).rejects.toThrow(message);
    };
    await refuse('{"weight_map":{"a":"../../etc/x.safetensors"}}', /weight_map\["a"\]: expected the name of/);
    await refuse('{"weight_map":{"a":"..\\\\x.safetensors"}}', /expected the name of/);
    await refuse('{"weight_map":{"a":7}}', /expected the name of/);
    await refuse(
      '{"weight_map":{"a":"model-00009-of-00003.safetensors"}}',
      /model-00009-of-00003.*cannot be opened/,
    );
    await refuse('{"weight_map":{"z":"model-00001-of-00003.safetensors"}}', /expected a tensor "z"/);
    await refuse('{"weight_map":{"a":"x.safetensors","a":"y.safetensors"}}', /stands twice/);
    await refuse('{', /expected a string/);
    await refuse('[]', /expected an object "weight_map"/);
    await writeFile(path, right);
  });
});

describe('weights', () => {
  const weights: Weights = new Map([
    ['layer.weight', { shape: [2, 2], data: new Float32Array([1, 2, 3, 1 / 3]) }],
    ['layer.bias', { shape: [2], data: new Float32Array([-0, 65504]) }],
  ]);

  it('F32 returns the same bits; F16 and BF16 round', async () => {
    const path = join(folder, 'w.safetensors');
    await saveWeights(path, weights);
    expect(await loadWeights(path)).toEqual(new Map([...weights].reverse()));
    await saveWeights(path, weights, { dtype: 'F16' });
    expect((await loadWeights(path)).get('layer.weight')?.data).toEqual(
      new Float32Array([1, 2, 3, 0.333251953125]),
    );
    await saveWeights(path, weights, { dtype: 'BF16' });
    expect((await loadWeights(path)).get('layer.weight')?.data).toEqual(
      new Float32Array([1, 2, 3, 0.333984375]),
    );
  });

  it('lists every mismatch at once', async () => {
    const path = join(folder, 'w.safetensors');
    await saveWeights(path, weights);
    const expected = new Map([
      ['layer.weight', [2, 3]],
      ['head.weight', [2, 2]],
      ['head.bias', [2]],
    ]);
    await expect(loadWeights(path, { expected })).rejects.toThrow(
      new RegExp(
        [
          'the weights do not fit the model \\(4\\):',
          '  wrong shape: layer.weight, expected \\[2,3\\], found \\[2,2\\]',
          '  missing: head.weight, expected \\[2,2\\]',
          '  missing: head.bias, expected \\[2\\]',
          '  not expected: layer.bias, found \\[2\\]',
        ].join('\\n'),
      ),
    );
    const some = new Map([
      ['layer.weight', [2, 2]],
      ['head.bias', [2]],
    ]);
    const loaded = await loadWeights(path, { expected: some, allowMissing: true, allowExtra: true });
    expect([...loaded.keys()]).toEqual(['layer.weight']);
  });

  it('integers are not weights', async () => {
    const path = join(folder, 'i.safetensors');
    await writeSafetensors(
      path,
      new Map([['n', { dtype: 'I32' as const, shape: [], data: new Int32Array(1) }]]),
    );
    await expect(loadWeights(path)).rejects.toThrow(/tensor "n": expected floating point .* found I32/);
  });
});
