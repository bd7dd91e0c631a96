/**
 * @file Checkpoints that this kit saved, in Python `transformers`, where `SIGHTLINE_PARITY_PYTHON` names an interpreter that
 * has it with PyTorch (`npm run parity` does); `load.test.ts` asks the other way round, by committed fixtures.
 */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { conversionLine } from '../../../src/lib/hub';
import { createParameters, type ParameterSpecification } from '../../../src/lib/nn';
import {
  bertMaskedWordSpecifications,
  bertNextSentenceSpecifications,
  createTextNetwork,
  downloadCheckpoint,
  Llama2cVocabulary,
  loadTextCheckpoint,
  readLlama2cCheckpoint,
  type SaveCheckpointOptions,
  type SavedCheckpoint,
  saveTextCheckpoint,
  type TextConfig,
  type TextConfigInput,
  textConfigSchema,
  trainByteLevelBpe,
  trainWordPiece,
} from '../../../src/lib/text';
import tokenizerFixture from '../../parity/fixtures/tokenizers.json';
import { sharedData } from '../../support/shared-data';
import { temporaryFolder } from '../../support/temporary-folder';
import { serveHub } from './hub-server';
import { FIXTURES, greedy, logitsOf } from './run-checkpoint';

const temporary = temporaryFolder();
const TEXT = 'the red square is [MASK] of Zürich 🙂, abc?';

interface Asked {
  model: string;
  architecture: string;
  output?: string;
  text?: string;
  greedyIds?: number[];
}

async function asPythonShouldFind(
  name: string,
  checkpoint: SavedCheckpoint,
  asked: Asked,
  options?: SaveCheckpointOptions,
) {
  const folder = join(temporary.path, name);
  await saveTextCheckpoint(folder, checkpoint, options);
  // What rounding to BF16 changes is not asked about: the kit reads the folder as Python does.
  const again = await loadTextCheckpoint(folder);
  const { greedyIds, text = TEXT, ...rest } = asked;
  const { ids } = checkpoint.tokenizer.encode(text);
  const writes = again.config.modelType !== 'bert';
  const written = greedyIds ?? (writes ? greedy(again, ids, 12) : undefined);
  const greedyText = written && checkpoint.tokenizer.decode(written, { skipSpecialTokens: true });
  // Bytes that are no UTF-8 are made into different signs by the two libraries.
  const isText = greedyText !== undefined && !greedyText.includes('\ufffd');
  return {
    ...rest,
    folder,
    text,
    ids,
    logits: logitsOf(again, ids),
    ...(isText ? { greedy: written, greedyText } : {}),
  };
}

/** Random weights of a configuration, with those of its heads. */
async function made(config: TextConfig, more: ParameterSpecification[] = []) {
  const params = createParameters([...createTextNetwork(config).specifications(), ...more], 3);
  try {
    return await params.toArrays();
  } finally {
    params.dispose();
  }
}

const configOf = (input: TextConfigInput) => textConfigSchema.parse(input);

const comparePython = (python: string) => {
  const check = (cases: object[]) => {
    const path = temporary.write(`cases-${Math.random()}.json`, JSON.stringify(cases));
    const script = resolve(__dirname, '../../parity/text_weights_check.py');
    const { status, stdout, stderr } = spawnSync(python, [script, path], { encoding: 'utf8' });
    expect(`${stdout}${status === 0 ? '' : stderr}`).toMatch(
      new RegExp(`^agrees on ${cases.length} checkpoints: transformers`),
    );
  };

  it('what Python wrote and this kit saved again', async () => {
    const load = (name: string) => loadTextCheckpoint(join(FIXTURES, name));
    const causal = { model: 'AutoModelForCausalLM' };
    check([
      await asPythonShouldFind('bert', await load('bert'), {
        model: 'AutoModelForMaskedLM',
        architecture: 'BertForMaskedLM',
      }),
      await asPythonShouldFind('gpt2', await load('gpt2'), { ...causal, architecture: 'GPT2LMHeadModel' }),
      await asPythonShouldFind('llama', await load('llama'), { ...causal, architecture: 'LlamaForCausalLM' }),
    ]);
  });

  it('what this kit made: GPT-2 and BERT with trained tokenizers, a tied Llama in BF16', async () => {
    const bpe = trainByteLevelBpe(tokenizerFixture.corpus, { vocabularySize: 400 });
    const words = trainWordPiece(tokenizerFixture.corpus, { vocabularySize: 420 });
    const gpt2 = configOf({
      modelType: 'gpt2',
      vocabSize: bpe.vocabularySize,
      nPositions: 64,
      nEmbd: 12,
      nLayer: 2,
      nHead: 3,
      initializerRange: 0.3,
    });
    const bert = configOf({
      modelType: 'bert',
      vocabSize: words.vocabularySize,
      hiddenSize: 12,
      numHiddenLayers: 2,
      numAttentionHeads: 3,
      intermediateSize: 20,
      maxPositionEmbeddings: 64,
      initializerRange: 0.3,
    }) as Extract<TextConfig, { modelType: 'bert' }>;
    const llama = configOf({
      modelType: 'llama',
      vocabSize: bpe.vocabularySize + 3, // rows that no token uses
      hiddenSize: 16,
      intermediateSize: 20,
      numHiddenLayers: 2,
      numAttentionHeads: 4,
      numKeyValueHeads: 2,
      maxPositionEmbeddings: 64,
      tieWordEmbeddings: true,
      initializerRange: 0.3,
      ropeTheta: 5000,
    });
    const bothHeads = [...bertMaskedWordSpecifications(bert), ...bertNextSentenceSpecifications(bert)];
    check([
      await asPythonShouldFind(
        'made-gpt2',
        { config: gpt2, weights: await made(gpt2), tokenizer: bpe, heads: ['causal-lm'] },
        { model: 'AutoModelForCausalLM', architecture: 'GPT2LMHeadModel' },
      ),
      await asPythonShouldFind(
        'made-bert',
        {
          config: bert,
          weights: await made(bert, bothHeads),
          tokenizer: words,
          heads: ['pooler', 'masked-lm', 'next-sentence'],
        },
        {
          model: 'AutoModelForPreTraining',
          architecture: 'BertForPreTraining',
          output: 'prediction_logits',
        },
      ),
      await asPythonShouldFind(
        'made-llama',
        { config: llama, weights: await made(llama), tokenizer: bpe, heads: ['causal-lm'] },
        { model: 'AutoModelForCausalLM', architecture: 'LlamaForCausalLM' },
        { dtype: 'BF16' },
      ),
    ]);
  });

  const stories = sharedData('stories260K');
  it.skipIf(stories === null)('stories260K: Python writes the published story', async () => {
    const file = (name: string) => join(stories ?? '', name);
    const checkpoint = await readLlama2cCheckpoint(file('stories260K.bin'), file('tok512.bin'));
    const story = readFileSync(file('ATTRIBUTION.md'), 'utf8').split('forward pass:\n ')[1] ?? '';
    const tokens = Uint8Array.from(readFileSync(file('tok512.bin')));
    const greedyIds = Llama2cVocabulary.read(tokens, 512).encode(story.trimEnd()).slice(1);
    expect(greedyIds.length).toBe(120);
    check([
      await asPythonShouldFind('stories', checkpoint, {
        model: 'AutoModelForCausalLM',
        architecture: 'LlamaForCausalLM',
        text: '',
        greedyIds,
      }),
    ]);
  });

  it('the cache of the hub: each finds what the other has downloaded', async () => {
    const hub = await serveHub({ 'tiny/gpt2': join(FIXTURES, 'gpt2') });
    const run = (code: string, environment: Record<string, string>) =>
      new Promise<string>((done) => {
        // Not spawnSync: the server answers from this process.
        const child = spawn(python, ['-c', code], { env: { ...process.env, HF_TOKEN: '', ...environment } });
        let said = '';
        let complained = '';
        child.stdout.on('data', (bytes) => {
          said += bytes;
        });
        child.stderr.on('data', (bytes) => {
          complained += bytes;
        });
        child.on('close', (code) => done(code === 0 ? said.trim() : `exit ${code}: ${complained}`));
      });
    try {
      const ours = join(temporary.path, 'our-cache');
      const folder = await downloadCheckpoint('tiny/gpt2', { endpoint: hub.url, cache: ours });
      const load =
        'import transformers as t; print(t.AutoModelForCausalLM.from_pretrained("tiny/gpt2").num_parameters())';
      const { weights } = await loadTextCheckpoint(folder);
      const parameters = [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);
      const offline = { HF_HUB_CACHE: ours, HF_HUB_OFFLINE: '1' };
      expect(await run(load, offline)).toBe(String(parameters));

      const theirs = join(temporary.path, 'their-cache');
      const get =
        'import huggingface_hub as h; print(h.snapshot_download("tiny/gpt2", allow_patterns=["*.json", "*.safetensors"]))';
      const snapshot = await run(get, { HF_HUB_CACHE: theirs, HF_ENDPOINT: hub.url });
      const before = hub.asked.length;
      const found = await downloadCheckpoint('tiny/gpt2', { endpoint: hub.url, cache: theirs });
      expect(snapshot).toBe(found);
      expect(hub.asked.slice(before).filter((one) => !one.startsWith('/api/'))).toEqual([]);
      expect((await loadTextCheckpoint(found)).weights).toEqual(weights);
    } finally {
      await hub.close();
    }
  });

  it('a tokenizer of vocab.txt, and the line that converts pytorch_model.bin', async () => {
    const folder = join(temporary.path, 'pickled');
    cpSync(join(FIXTURES, 'bert'), folder, { recursive: true });
    const { vocab } = JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8')).model;
    writeFileSync(join(folder, 'vocab.txt'), `${Object.keys(vocab).join('\n')}\n`);
    rmSync(join(folder, 'tokenizer.json'));
    rmSync(join(folder, 'tokenizer_config.json'));
    const pickle =
      'import sys, torch, safetensors.torch as s; w = s.load_file(sys.argv[1] + "/model.safetensors"); ' +
      'torch.save(w, sys.argv[1] + "/pytorch_model.bin")';
    expect(spawnSync(python, ['-c', pickle, folder], { encoding: 'utf8' }).stderr).toBe('');
    check([
      await asPythonShouldFind('from-vocab-txt', await loadTextCheckpoint(folder), {
        model: 'AutoModelForMaskedLM',
        architecture: 'BertForMaskedLM',
      }),
    ]);
    rmSync(join(folder, 'model.safetensors'));
    const refusal = await loadTextCheckpoint(folder).then(
      () => '',
      (error: Error) => error.message,
    );
    const line = /python -c .*/.exec(refusal)?.[0] as string;
    mkdirSync(join(temporary.path, 'bin'));
    symlinkSync(python, join(temporary.path, 'bin', 'python'));
    const { stderr, status } = spawnSync('sh', ['-c', line], {
      cwd: temporary.path,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${join(temporary.path, 'bin')}:${process.env.PATH}` },
    });
    expect(status, stderr).toBe(0);
    const converted = await loadTextCheckpoint(join(temporary.path, 'converted'));
    expect(converted.weights).toEqual((await loadTextCheckpoint(join(FIXTURES, 'bert'))).weights);
    expect(converted.tokenizer.encode(TEXT).ids.length).toBeGreaterThan(5);
  });
};

it('the line that converts is one command for a shell, whatever the folder is called', () => {
  const folder = `/tmp/it's a "test" $HOME \`x\``;
  const shim = temporary.write('shim/python', '#!/bin/sh\nprintf "%s\\n" "$#" "$1" "$2"\n');
  chmodSync(shim, 0o755);
  const { stdout } = spawnSync('sh', ['-c', conversionLine(folder, 'BertForMaskedLM')], {
    encoding: 'utf8',
    env: { PATH: `${join(temporary.path, 'shim')}:${process.env.PATH}` },
  });
  const [count, flag, code] = stdout.split('\n');
  expect([count, flag]).toEqual(['2', '-c']);
  // The name as Python reads it, escapes undone.
  const literal = /s = '((?:[^'\\]|\\.)*)'; t\.BertForMaskedLM/.exec(code ?? '')?.[1] ?? '';
  expect(literal.replace(/\\(.)/g, '$1')).toBe(folder);
});

const python = process.env.SIGHTLINE_PARITY_PYTHON;
if (python) describe('Python transformers (SIGHTLINE_PARITY_PYTHON)', () => comparePython(python));
