import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/lib/errors';
import { readSafetensors } from '../../../src/lib/export';
import { loadTextCheckpoint, saveTextCheckpoint } from '../../../src/lib/text';
import { temporaryFolder } from '../../support/temporary-folder';
import { FIXTURES } from './run-checkpoint';

const temporary = temporaryFolder();
const at = (name: string) => join(temporary.path, name);
const read = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8'));

describe('a saved checkpoint', () => {
  for (const name of ['bert', 'gpt2', 'llama'] as const) {
    it(`${name}: has the tensors and the class that Python writes, and loads as it was`, async () => {
      const original = await loadTextCheckpoint(join(FIXTURES, name));
      await saveTextCheckpoint(at(name), original);
      const theirs = await readSafetensors(join(FIXTURES, name));
      const ours = await readSafetensors(at(name));
      expect([...ours.tensors.keys()].sort()).toEqual([...theirs.tensors.keys()].sort());
      expect([...ours.metadata]).toEqual([['format', 'pt']]);
      const config = read(at(name), 'config.json');
      const theirConfig = read(FIXTURES, name, 'config.json');
      expect(config.architectures).toEqual(theirConfig.architectures);
      for (const [key, value] of Object.entries(config)) {
        if (key in theirConfig && key !== 'dtype') expect(value, key).toEqual(theirConfig[key]);
      }
      const files = [
        'config.json',
        'model.safetensors',
        'special_tokens_map.json',
        'tokenizer.json',
        'tokenizer_config.json',
      ];
      if (name !== 'bert') files.push('generation_config.json');
      expect(readdirSync(at(name)).sort()).toEqual(files.sort());

      const again = await loadTextCheckpoint(at(name));
      expect(again.config).toEqual(original.config);
      expect(again.heads).toEqual(original.heads);
      expect(again.endTokenIds).toEqual(original.endTokenIds);
      expect(again.weights).toEqual(original.weights);
      const text = 'the red squares of Zürich 🙂';
      expect(again.tokenizer.encode(text)).toEqual(original.tokenizer.encode(text));
    });
  }

  it('of a bare network has no prefix; of BERT with more heads has them all', async () => {
    const gpt2 = await loadTextCheckpoint(join(FIXTURES, 'gpt2'));
    await saveTextCheckpoint(at('bare'), { ...gpt2, heads: [] });
    expect(read(at('bare'), 'config.json').architectures).toEqual(['GPT2Model']);
    expect([...(await readSafetensors(at('bare'))).tensors.keys()]).toContain('h.0.attn.c_attn.weight');
    expect((await loadTextCheckpoint(at('bare'))).weights.size).toBe(gpt2.weights.size);

    const bert = await loadTextCheckpoint(join(FIXTURES, 'bert'));
    const weights = new Map(bert.weights);
    const add = (name: string, ...shape: number[]) =>
      weights.set(name, { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5) });
    add('bert.pooler.dense.weight', 12, 12);
    add('bert.pooler.dense.bias', 12);
    add('cls.seq_relationship.weight', 2, 12);
    add('cls.seq_relationship.bias', 2);
    add('fusion.gate.weight', 3); // of the larger model: not this checkpoint's
    await saveTextCheckpoint(at('pretraining'), {
      ...bert,
      weights,
      heads: ['pooler', 'masked-lm', 'next-sentence'],
    });
    expect(read(at('pretraining'), 'config.json').architectures).toEqual(['BertForPreTraining']);
    const again = await loadTextCheckpoint(at('pretraining'));
    expect(again.heads).toEqual(['pooler', 'masked-lm', 'next-sentence']);
    expect(again.weights.get('cls.seq_relationship.bias')?.data).toEqual(Float32Array.of(0.5, 0.5));
    expect(again.weights.has('fusion.gate.weight')).toBe(false);
  });

  it('may hold half numbers, and ends that are not the default', async () => {
    const llama = await loadTextCheckpoint(join(FIXTURES, 'llama'));
    await saveTextCheckpoint(at('half'), { ...llama, endTokenIds: [2, 5] }, { dtype: 'BF16' });
    const { tensors } = await readSafetensors(at('half'));
    expect(new Set([...tensors.values()].map(({ dtype }) => dtype))).toEqual(new Set(['BF16']));
    expect(read(at('half'), 'config.json').dtype).toBe('bfloat16');
    const again = await loadTextCheckpoint(at('half'));
    expect(again.endTokenIds).toEqual([2, 5]);
    expect(again.weights).toEqual(llama.weights); // they were BF16 before
  });

  it('has the end of its tokenizer where the configuration still has that of another vocabulary', async () => {
    const gpt2 = await loadTextCheckpoint(join(FIXTURES, 'gpt2'));
    const config = { ...gpt2.config, bosTokenId: 50256, eosTokenId: 50256 } as typeof gpt2.config;
    await saveTextCheckpoint(at('own-end'), { ...gpt2, config, endTokenIds: undefined });
    expect(read(at('own-end'), 'config.json')).toMatchObject({ bos_token_id: 274, eos_token_id: 274 });
    expect(read(at('own-end'), 'generation_config.json').eos_token_id).toBe(274);
  });
});

describe('refused, and nothing is written', () => {
  const refused = async (run: Promise<void>, pattern: RegExp) => {
    const error = await run.then(
      () => new Error('nothing was refused'),
      (error: Error) => error,
    );
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(pattern);
  };

  it('parameters that are missing or misshapen, heads that there are not, a tokenizer that does not fit', async () => {
    const gpt2 = await loadTextCheckpoint(join(FIXTURES, 'gpt2'));
    const weights = new Map(gpt2.weights);
    weights.delete('transformer.ln_f.bias');
    weights.set('transformer.wpe.weight', { shape: [1], data: Float32Array.of(1) });
    await refused(
      saveTextCheckpoint(at('no'), { ...gpt2, weights, heads: ['causal-lm', 'pooler'] }),
      /\(3\), nothing was written:\n {2}a gpt2 has no pooler head\n {2}wrong shape: transformer\.wpe\.weight, expected \[48,12\], found \[1\]\n {2}missing: transformer\.ln_f\.bias/,
    );
    const config = { ...gpt2.config, vocabSize: 200 } as typeof gpt2.config;
    const table = { shape: [200, 12], data: new Float32Array(2400) };
    const small = new Map(gpt2.weights).set('transformer.wte.weight', table);
    await refused(
      saveTextCheckpoint(at('no'), { ...gpt2, config, weights: small }),
      /the tokenizer has 275 ids, but the embedding has 200 rows/,
    );
    expect(readdirSync(temporary.path).filter((name) => /^\.?no\b/.test(name))).toEqual([]);
  });

  it('a folder that holds something, unless it is a checkpoint that may be replaced', async () => {
    const bert = await loadTextCheckpoint(join(FIXTURES, 'bert'));
    mkdirSync(at('there')); // an empty folder may be taken
    await saveTextCheckpoint(at('there'), bert);
    await refused(saveTextCheckpoint(at('there'), bert), /holds 5 entries already/);
    const gpt2 = await loadTextCheckpoint(join(FIXTURES, 'gpt2'));
    await saveTextCheckpoint(at('there'), gpt2, { overwrite: true });
    expect((await loadTextCheckpoint(at('there'))).config.modelType).toBe('gpt2');
    temporary.write('there/notes.md', 'mine');
    await refused(
      saveTextCheckpoint(at('there'), bert, { overwrite: true }),
      /no part of a checkpoint: notes\.md/,
    );
    temporary.write('file', '');
    await refused(saveTextCheckpoint(at('file'), bert), /is a file; expected a folder/);
    expect(readdirSync(temporary.path).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});
