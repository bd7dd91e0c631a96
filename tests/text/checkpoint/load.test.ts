import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../src/lib/errors';
import {
  float32ToFloat16,
  readSafetensors,
  type SafeTensor,
  writeSafetensors,
} from '../../../src/lib/export';
import { loadTextCheckpoint } from '../../../src/lib/text';
import { temporaryFolder } from '../../support/temporary-folder';
import { expectedOf, FIXTURES, greedy, logitsOf } from './run-checkpoint';

const temporary = temporaryFolder();
let copies = 0;

type Tensors = Map<string, SafeTensor>;

/** A fixture's folder, with its tensors and its configuration changed, as one file of weights. */
async function changed(
  name: 'bert' | 'gpt2' | 'llama',
  change: (tensors: Tensors) => Tensors | undefined = (tensors) => tensors,
  config: Record<string, unknown> = {},
): Promise<string> {
  const folder = join(temporary.path, `${name}-${copies++}`);
  const isWeights = /safetensors/;
  cpSync(join(FIXTURES, name), folder, {
    recursive: true,
    filter: (file) => !isWeights.test(file.slice(FIXTURES.length)),
  });
  const { tensors } = await readSafetensors(join(FIXTURES, name));
  const result = change(tensors);
  await writeSafetensors(join(folder, 'model.safetensors'), result ?? tensors, {
    metadata: { format: 'pt' },
  });
  const path = join(folder, 'config.json');
  const json = { ...JSON.parse(readFileSync(path, 'utf8')), ...config };
  writeFileSync(path, JSON.stringify(json));
  return folder;
}

const renamed = (rename: (name: string) => string) => (tensors: Tensors) =>
  new Map([...tensors].map(([name, tensor]) => [rename(name), tensor]));

const zeros = (...shape: number[]): SafeTensor => ({
  dtype: 'F32',
  shape,
  data: new Float32Array(shape.reduce((product, n) => product * n, 1)),
});

async function message(folder: string, options = {}): Promise<string> {
  const error = await loadTextCheckpoint(folder, options).then(
    () => new Error('nothing was refused'),
    (error: Error) => error,
  );
  expect(error).toBeInstanceOf(InputError);
  return error.message;
}

describe('folders that Python transformers wrote', () => {
  for (const name of ['bert', 'gpt2', 'llama'] as const) {
    it(`${name}: the same ids and logits${name === 'bert' ? '' : ', and the same greedy text'}`, async () => {
      const expected = expectedOf(name);
      const checkpoint = await loadTextCheckpoint(join(FIXTURES, name));
      expect(checkpoint.heads).toEqual([name === 'bert' ? 'masked-lm' : 'causal-lm']);
      expect(checkpoint.ignored).toEqual([]);
      const { ids } = checkpoint.tokenizer.encode(expected.text);
      expect(ids).toEqual(expected.ids);
      const logits = logitsOf(checkpoint, ids);
      expect(logits.flat()).toBeClose(expected.logits.flat(), { absolute: 1e-4 });
      if (!expected.greedy) return;
      const written = greedy(checkpoint, ids, expected.greedy.length);
      expect(written).toEqual(expected.greedy);
      // A tiny random Llama writes bytes that are no UTF-8, of which each library makes something else.
      if (name === 'gpt2') expect(checkpoint.tokenizer.decode(written)).toBe(expected.greedyText);
      expect(checkpoint.tokenizer.decode(ids, { skipSpecialTokens: true })).toBe(expected.text);
      expect(checkpoint.endTokenIds).toEqual([name === 'gpt2' ? 274 : 2]);
    });
  }
});

describe('the ways in which the hub differs', () => {
  const same = async (name: 'bert' | 'gpt2' | 'llama', folder: string) => {
    const { ids, logits } = expectedOf(name);
    const checkpoint = await loadTextCheckpoint(folder);
    expect(logitsOf(checkpoint, ids).flat()).toBeClose(logits.flat(), { absolute: 1e-4 });
    return checkpoint;
  };

  it('GPT-2 without the prefix, with its causal masks in the file (openai-community/gpt2)', async () => {
    const folder = await changed('gpt2', (tensors) => {
      const bare = renamed((name) => name.replace(/^transformer\./, ''))(tensors);
      for (const layer of [0, 1]) {
        bare.set(`h.${layer}.attn.bias`, zeros(1, 1, 48, 48));
        bare.set(`h.${layer}.attn.masked_bias`, zeros());
      }
      return bare;
    });
    const { ignored, weights } = await same('gpt2', folder);
    expect(ignored).toEqual([
      'h.0.attn.bias',
      'h.0.attn.masked_bias',
      'h.1.attn.bias',
      'h.1.attn.masked_bias',
    ]);
    // The bias of attn.c_attn is a parameter, and is there.
    expect(weights.has('transformer.h.0.attn.c_attn.bias')).toBe(true);
  });

  it('a tied head that is written twice, or only by the name of the copy', async () => {
    const twice = await changed('gpt2', (tensors) =>
      tensors.set('lm_head.weight', tensors.get('transformer.wte.weight') as SafeTensor),
    );
    expect((await same('gpt2', twice)).weights.has('lm_head.weight')).toBe(false);
    const copyOnly = renamed((name) => (name === 'transformer.wte.weight' ? 'lm_head.weight' : name));
    await same('gpt2', await changed('gpt2', copyOnly));
    const llama = await changed('llama', undefined, { tie_word_embeddings: true });
    expect(await message(llama)).toMatch(
      /not tied: lm_head\.weight differs from model\.embed_tokens\.weight \(number 0\)/,
    );
  });

  it('BERT with the names of TensorFlow, both heads, the pooler and position numbers (bert-base-uncased)', async () => {
    const folder = await changed(
      'bert',
      (tensors) => {
        const old = renamed((name) =>
          name.replace(/LayerNorm\.weight$/, 'LayerNorm.gamma').replace(/LayerNorm\.bias$/, 'LayerNorm.beta'),
        )(tensors);
        const words = tensors.get('bert.embeddings.word_embeddings.weight') as SafeTensor;
        old.set('cls.predictions.decoder.weight', words);
        old.set('cls.predictions.decoder.bias', tensors.get('cls.predictions.bias') as SafeTensor);
        old.set('cls.seq_relationship.weight', zeros(2, 12));
        old.set('cls.seq_relationship.bias', zeros(2));
        old.set('bert.pooler.dense.weight', zeros(12, 12));
        old.set('bert.pooler.dense.bias', zeros(12));
        old.set('bert.embeddings.position_ids', {
          dtype: 'I64',
          shape: [1, 24],
          data: new BigInt64Array(24),
        });
        return old;
      },
      { architectures: ['BertForPreTraining'], model_type: undefined },
    );
    const { heads, ignored } = await same('bert', folder);
    expect(heads).toEqual(['pooler', 'masked-lm', 'next-sentence']);
    expect(ignored).toEqual(['bert.embeddings.position_ids']);
  });

  it('a bare BERT without a prefix, a head or a pooler; and one that must have them', async () => {
    const bare = (tensors: Tensors) =>
      new Map(
        [...tensors]
          .filter(([name]) => name.startsWith('bert.'))
          .map(([name, tensor]) => [name.slice('bert.'.length), tensor] as const),
      );
    const folder = await changed('bert', bare, { architectures: ['BertModel'] });
    const { heads, weights } = await loadTextCheckpoint(folder);
    expect(heads).toEqual([]);
    const whole = await loadTextCheckpoint(join(FIXTURES, 'bert'));
    const body = [...whole.weights].filter(([name]) => name.startsWith('bert.'));
    expect([...weights]).toEqual(body);
    expect(await message(folder, { requires: ['pooler', 'causal-lm'] })).toMatch(
      /\(3\):\n {2}missing: a bert has no causal-lm head\n {2}missing: bert\.pooler\.dense\.weight, expected \[12,12\]/,
    );
    // The class that the configuration names has a head: without it, the checkpoint is not whole.
    expect(await message(await changed('bert', bare))).toMatch(/missing: cls\.predictions\.bias/);
  });

  it('Llama with its old rotary buffers, several end tokens, and weights of F16', async () => {
    const folder = await changed(
      'llama',
      (tensors) => {
        for (const layer of [0, 1])
          tensors.set(`model.layers.${layer}.self_attn.rotary_emb.inv_freq`, zeros(2));
        return tensors;
      },
      { eos_token_id: [2, 7] },
    );
    writeFileSync(join(folder, 'generation_config.json'), JSON.stringify({ eos_token_id: [2, 7, 9] }));
    const { ignored, endTokenIds } = await same('llama', folder);
    expect(ignored.length).toBe(2);
    expect(endTokenIds).toEqual([2, 7, 9]);

    const half = await changed('gpt2', (tensors) => {
      for (const [name, { shape, data }] of tensors) {
        tensors.set(name, { dtype: 'F16', shape, data: float32ToFloat16(data as Float32Array) });
      }
      return tensors;
    });
    const { weights } = await loadTextCheckpoint(half);
    const exact = (await loadTextCheckpoint(join(FIXTURES, 'gpt2'))).weights;
    for (const [name, { data }] of exact) {
      expect(weights.get(name)?.data).toBeClose(data, { relative: 2 ** -11, absolute: 2 ** -25 });
    }
  });

  it('a tokenizer of vocab.json and merges.txt, or vocab.txt, and one with fewer ids than rows', async () => {
    const folder = await changed('gpt2');
    const { model } = JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8'));
    writeFileSync(join(folder, 'vocab.json'), JSON.stringify(model.vocab));
    writeFileSync(
      join(folder, 'merges.txt'),
      `#version: 0.2\n${model.merges.map((pair: string[]) => pair.join(' ')).join('\n')}\n`,
    );
    writeFileSync(join(folder, 'tokenizer.json'), '');
    expect(await message(folder)).toMatch(/tokenizer\.json: not JSON/);
    rmSync(join(folder, 'tokenizer.json'));
    const { tokenizer } = await loadTextCheckpoint(folder);
    expect(tokenizer.encode(expectedOf('gpt2').text).ids).toEqual(expectedOf('gpt2').ids);

    const bert = await changed('bert');
    rmSync(join(bert, 'tokenizer.json'));
    writeFileSync(join(bert, 'vocab.txt'), ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'red'].join('\n'));
    expect((await loadTextCheckpoint(bert)).tokenizer.encode('red').ids).toEqual([2, 4, 3]);
  });
});

describe('what does not fit is refused', () => {
  it('missing, extra, wrongly shaped and wrongly typed tensors, all in one error', async () => {
    const folder = await changed('gpt2', (tensors) => {
      tensors.delete('transformer.ln_f.bias');
      tensors.set('transformer.wpe.weight', zeros(49, 12));
      tensors.set('transformer.h.0.ln_1.bias', { dtype: 'I8', shape: [12], data: new Int8Array(12) });
      tensors.set('score.weight', zeros(2, 12));
      tensors.set('wte.weight', zeros(258, 12));
      return tensors;
    });
    expect((await message(folder)).replaceAll(folder, '')).toBe(
      [
        '/model.safetensors: the weights do not fit /config.json (5):',
        '  wrong shape: transformer.wpe.weight, expected [48,12], found [49,12]',
        '  wrong kind: transformer.h.0.ln_1.bias, expected F32, F16, BF16 or F64, found I8',
        '  missing: transformer.ln_f.bias, expected [12]',
        '  not expected: score.weight, found [2,12]',
        '  twice: transformer.wte.weight, found as transformer.wte.weight and as wte.weight',
      ].join('\n'),
    );
    const extra = await changed('gpt2', (tensors) => tensors.set('score.weight', zeros(2, 12)));
    expect((await loadTextCheckpoint(extra, { allowExtra: true })).ignored).toEqual(['score.weight']);
  });

  it('a tokenizer with more ids than the embedding has rows', async () => {
    const folder = await changed(
      'gpt2',
      (tensors) => {
        tensors.set('transformer.wte.weight', zeros(250, 12));
        return tensors;
      },
      { vocab_size: 250, bos_token_id: null, eos_token_id: null },
    );
    expect(await message(folder)).toMatch(/the tokenizer has 275 ids, but the embedding has 250 rows/);
  });

  let folder: string;
  beforeAll(() => {
    folder = join(temporary.path, 'others');
  });
  const config = JSON.stringify({ model_type: 'bert', architectures: ['BertForMaskedLM'] });

  it('weights in other formats, with the line that converts them', async () => {
    temporary.write('others/config.json', config);
    expect(await message(folder)).toMatch(/expected model\.safetensors or .*, found config\.json/);
    temporary.write('others/pytorch_model.bin', 'x');
    expect(await message(folder)).toContain(
      `pytorch_model.bin: pickled PyTorch weights cannot be read here, only model.safetensors. Convert it in Python (pip install transformers torch):\n  python -c "import transformers as t; s = '${folder}'; t.BertForMaskedLM.from_pretrained(s).save_pretrained('converted');`,
    );
    for (const [name, pattern] of [
      ['tf_model.h5', /tf_model\.h5: TensorFlow weights .*transformers<5.*from_tf=True/s],
      ['flax_model.msgpack', /Flax weights .*from_flax=True/s],
      ['bert_model.ckpt.index', /a TensorFlow checkpoint/],
    ] as const) {
      const one = temporary.write(`other-${name}/${name}`, 'x');
      temporary.write(`other-${name}/config.json`, config);
      expect(await message(join(one, '..'))).toMatch(pattern);
    }
  });

  it('adapters, quantized weights, pointers of git-lfs, and folders that are none', async () => {
    temporary.write('adapter/adapter_config.json', '{}');
    expect(await message(join(temporary.path, 'adapter'))).toMatch(/adapter_config\.json: an adapter cannot/);
    const quantized = await changed('llama', undefined, { quantization_config: { quant_method: 'gptq' } });
    expect(await message(quantized)).toMatch(/quantization_config is "gptq"/);
    const pointer = await changed('bert');
    writeFileSync(
      join(pointer, 'model.safetensors'),
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\n',
    );
    expect(await message(pointer)).toMatch(/model\.safetensors: a pointer of git-lfs/);
    expect(await message(join(temporary.path, 'absent'))).toMatch(/expected a folder .*, found nothing/);
    temporary.write('empty/readme', '');
    expect(await message(join(temporary.path, 'empty'))).toMatch(
      /config\.json: missing; the folder holds readme/,
    );
    const sentencePiece = await changed('llama');
    renameSync(join(sentencePiece, 'tokenizer.json'), join(sentencePiece, 'tokenizer.model'));
    expect(await message(sentencePiece)).toMatch(/tokenizer\.model: a SentencePiece model .*AutoTokenizer/s);
  });
});
