/** @file A finished run as a folder for other tools: what it holds, what its card says, and what is refused. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { use } from '../../src/lib/engine';
import { loadWeights } from '../../src/lib/export';
import { loadTextCheckpoint, textConfigSchema, textConfigToHuggingFace } from '../../src/lib/text';
import { evaluateModel, exportRun, loadTrainedModel, predictRecords } from '../../src/lib/training';
import { loadVisionCheckpoint } from '../../src/lib/vision';
import { colourData } from '../support/colour-data';
import { writtenData } from '../support/written-data';
import { NETWORKS, smallConfig, smallRun } from './small-runs';

const { BERT, GPT2, VIT } = NETWORKS;
let data: string;
let written: string;
const run = (name: string) => join(data, 'runs', name);
const out = (name: string) => join(data, 'exports', name);
const json = (...parts: string[]) =>
  JSON.parse(readFileSync(join(...parts), 'utf8')) as Record<string, unknown>;
const card = (name: string) => readFileSync(join(out(name), 'README.md'), 'utf8');

beforeAll(async () => {
  await use({ device: 'cpu' });
  [data, written] = await Promise.all([colourData(48), writtenData(48)]);
  await smallRun(data, 'text', smallConfig('classification', { text: BERT }));
  await smallRun(data, 'pooler', smallConfig('classification', { text: BERT, pooling: 'network' }));
  await smallRun(
    data,
    'guided',
    smallConfig('classification', { text: BERT, vision: VIT, fusion: 'concat' }),
  );
  await smallRun(written, 'writes', smallConfig('translation', { text: GPT2 }));
});
afterAll(() => {
  for (const folder of [data, written]) rmSync(folder, { recursive: true, force: true });
});

describe('exportRun', () => {
  it("a classifier by BERT's pooler is a BertForSequenceClassification", async () => {
    const report = await exportRun(run('pooler'), out('pooler'), { format: 'huggingface' });
    expect(report.parts).toEqual([{ folder: '', architecture: 'BertForSequenceClassification' }]);
    expect(report.files.map(({ path }) => path)).toEqual([
      'README.md',
      'config.json',
      'model.safetensors',
      'special_tokens_map.json',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    const config = json(out('pooler'), 'config.json');
    expect(config.architectures).toEqual(['BertForSequenceClassification']);
    expect(config.id2label).toEqual({ 0: 'blue', 1: 'green', 2: 'red', 3: 'yellow' });
    expect(config.label2id).toEqual({ blue: 0, green: 1, red: 2, yellow: 3 });
    const { model } = await loadTrainedModel(join(run('pooler'), 'model'));
    const saved = await loadWeights(join(out('pooler'), 'model.safetensors'));
    expect(new Map(saved)).toEqual(await model.parameters.toArrays());
    model.dispose();
    expect(card('pooler')).toContain('AutoModelForSequenceClassification.from_pretrained');
  });

  it('a head on the mean of the states, which no class has, stands beside the network and is told of', async () => {
    const report = await exportRun(run('text'), out('text'), {
      format: 'huggingface',
      card: { license: 'mit', languages: ['en'] },
    });
    expect(report.parts).toEqual([{ folder: '', architecture: 'BertModel' }]);
    expect([...(await loadWeights(join(out('text'), 'head.safetensors'))).keys()].sort()).toEqual([
      'classifier.bias',
      'classifier.weight',
    ]);
    const loaded = await loadTextCheckpoint(out('text'));
    expect(loaded.heads).toEqual(['pooler']);
    expect(json(out('text'), 'config.json').sightline).toEqual({
      task: 'classification',
      pooling: 'mean',
      head: {
        file: 'head.safetensors',
        tensors: { 'classifier.weight': [4, 16], 'classifier.bias': [4] },
        loss: 'cross-entropy',
      },
    });
    const text = card('text');
    expect(text).toContain("No class of `transformers` has this model's head");
    expect(text).toMatch(/^---\nlanguage:\n- "en"\nlicense: "mit"\nlibrary_name: transformers\n/);
  });

  it('a model that writes says what stands around its prompt and how long it writes', async () => {
    await exportRun(join(written, 'runs', 'writes'), out('writes'), { format: 'huggingface' });
    expect(json(out('writes'), 'config.json')).toMatchObject({ architectures: ['GPT2LMHeadModel'] });
    const { tokenizer, task, model } = await loadTrainedModel(join(written, 'runs', 'writes', 'model'));
    model.dispose();
    expect(json(out('writes'), 'generation_config.json')).toMatchObject({
      eos_token_id: tokenizer.eosId,
      max_new_tokens: Math.ceil(1.5 * (task.state.longestTarget as number)),
      do_sample: false,
    });
    const after = [...tokenizer.encode('\n', null, { addSpecialTokens: false }).ids];
    expect(json(out('writes'), 'config.json').sightline).toMatchObject({ prompt: { before: [], after } });
    expect(card('writes')).toContain(`[] + told + [${after}]`);
  });

  it("the card's JavaScript writes in transformers.js what the kit writes", async () => {
    await exportRun(join(written, 'runs', 'writes'), out('js'), { format: 'onnx', precisions: ['fp32'] });
    const told = 'the disc is red , which colour is it ?';
    const code = /```js\n([\s\S]*?)```/.exec(card('js'))?.[1] as string;
    const here = code.replaceAll("'NAME'", "'js'").replace('…', told).replace('@huggingface/', '@xenova/');
    writeFileSync(
      join(out('js'), 'run.mjs'),
      `const print = (x) => process.stdout.write(JSON.stringify(x));\n${here.replace('console.log', 'print')}`,
    );
    symlinkSync(resolve(__dirname, '../../node_modules'), join(out('js'), 'node_modules'), 'junction');
    const said = execFileSync(process.execPath, ['run.mjs'], { cwd: out('js'), encoding: 'utf8' });
    const asked = join(data, 'asked.jsonl');
    writeFileSync(asked, JSON.stringify({ id: 'a', source: told }));
    const [prediction] = await predictRecords(join(written, 'runs', 'writes'), asked);
    expect(prediction?.prediction).not.toBe('');
    expect(JSON.parse(said)[0].slice(told.length).trim()).toBe(prediction?.prediction);
    // transformers.js asks a BART's config for what Python takes for granted.
    const bart = textConfigSchema.parse({ ...NETWORKS.BART, vocabSize: 300 });
    expect(textConfigToHuggingFace(bart, 'BartModel').is_encoder_decoder).toBe(true);
  });

  it('of a guided model the parts load alone, and the card tells the controls', async () => {
    const report = await exportRun(run('guided'), out('guided'), { precisions: ['fp32'] });
    expect(report.parts).toEqual([
      { folder: 'text', architecture: 'BertModel' },
      { folder: 'vision', architecture: 'ViTModel' },
    ]);
    const { model } = await loadTrainedModel(join(run('guided'), 'model'));
    const arrays = await model.parameters.toArrays();
    model.dispose();
    const { weights: text } = await loadTextCheckpoint(join(out('guided'), 'text'));
    const { weights: vision } = await loadVisionCheckpoint(join(out('guided'), 'vision'));
    for (const [name, array] of [...text, ...vision]) expect(array, name).toEqual(arrays.get(name));
    expect(new Map(await loadWeights(join(out('guided'), 'model.safetensors')))).toEqual(arrays);
    expect(json(out('guided'), 'preprocessor_config.json')).toMatchObject({
      size: { height: 32, width: 32 },
    });

    const { metrics } = await evaluateModel(run('guided'), join(data, 'test.jsonl'), {
      condition: 'shuffled',
    });
    const { value, low, high } = metrics.accuracy as { value: number; low: number; high: number };
    expect(card('guided')).toMatch(
      new RegExp(
        `control: another record's picture +\\| ${value.toFixed(4)} \\[${low.toFixed(4)}, ${high.toFixed(4)}\\]`,
      ),
    );
    expect(card('guided')).not.toContain(data); // no path of this machine
  });

  it('ONNX graphs alone: settings and tokenizer with them, no second copy of the weights', async () => {
    const report = await exportRun(run('text'), out('graphs'), {
      format: 'onnx',
      precisions: ['fp32', 'int8'],
    });
    expect(report.files.map(({ path }) => path)).toEqual([
      'README.md',
      'config.json',
      'onnx/model.onnx',
      'onnx/model_quantized.onnx',
      'special_tokens_map.json',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    const session = await ort.InferenceSession.create(join(out('graphs'), 'onnx/model.onnx'));
    expect(session.outputNames).toContain('logits');
    expect(readdirSync(join(out('guided'), 'onnx'))).toEqual(['model.onnx']);
    expect(card('graphs')).not.toContain('head.safetensors');
    for (const name of ['graphs', 'guided']) expect(card(name)).toContain('onnxruntime.InferenceSession');
    // Both ran on the 24 test records: all answers of float32 are the model's.
    for (const name of ['graphs', 'guided']) expect(card(name)).toContain('ONNX Runtime, on 24 records');
    expect(card('graphs')).toMatch(/\| fp32 +\| +100\.0 \| \d\.\de[+-]\d+ +\|/);
  });

  it('F16 halves the weights and is told', async () => {
    await exportRun(run('guided'), out('half'), { format: 'huggingface', dtype: 'F16', controls: false });
    const size = (name: string) => readFileSync(join(out(name), 'model.safetensors')).length;
    expect(size('half')).toBeLessThan(0.62 * size('guided'));
    expect(card('half')).toContain('rounded to F16');
    expect(card('half')).toContain('The controls (another picture, no picture) were not measured');
  });

  it('replaces an earlier export on request, and nothing else', async () => {
    await expect(exportRun(run('pooler'), out('pooler'))).rejects.toThrow(/holds 6 entries already/);
    await exportRun(run('text'), out('pooler'), { format: 'huggingface', overwrite: true });
    expect(readdirSync(out('pooler'))).toContain('head.safetensors');
    await expect(
      exportRun(run('text'), run('pooler'), { format: 'huggingface', overwrite: true }),
    ).rejects.toThrow(/it is no export of this kit/);
    const notes = join(out('pooler'), 'notes.txt');
    writeFileSync(notes, 'mine');
    await expect(
      exportRun(run('text'), out('pooler'), { format: 'huggingface', overwrite: true }),
    ).rejects.toThrow(/notes\.txt/);
    expect(readFileSync(notes, 'utf8')).toBe('mine');
  });
});

describe('exportRun refuses', () => {
  const refused = async (directory: string, message: RegExp, options = {}) => {
    await expect(exportRun(directory, out('no'), options)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
    });
    expect(existsSync(out('no'))).toBe(false);
    expect(readdirSync(join(data, 'exports')).filter((name) => name.startsWith('.'))).toEqual([]);
  };

  it('what is no finished run', async () => {
    await refused(join(data, 'nowhere'), /there is no such folder/);
    mkdirSync(join(data, 'empty'));
    await refused(join(data, 'empty'), /is no run folder \(config\.json is missing\)/);
    cpSync(run('text'), join(data, 'half-way'), { recursive: true });
    rmSync(join(data, 'half-way', 'result.json'));
    await refused(join(data, 'half-way'), /not finished \(result\.json is missing\).*--resume/);
  });

  it.skipIf(process.platform === 'win32')(
    'a disk that fills half way: said plainly, and nothing is left',
    () => {
      // A limit on the size of files (blocks of 1024 bytes) fails the write as a full disk does.
      const command = `ulimit -f 8 && exec "$0" dist/src/cli.js export "$1" --out "$2" --format huggingface`;
      const root = resolve(__dirname, '../..');
      const { status, stderr } = spawnSync(
        'bash',
        ['-c', command, process.execPath, run('text'), out('no')],
        {
          cwd: root,
          encoding: 'utf8',
        },
      );
      expect(stderr).toMatch(
        /the disk is full, or a limit of the system is reached \(EFBIG\); nothing was left there/,
      );
      expect(status).toBe(1);
      expect(existsSync(out('no'))).toBe(false);
      expect(readdirSync(join(data, 'exports')).filter((name) => name.startsWith('.'))).toEqual([]);
    },
  );

  it('controls on other records than those of the run', async () => {
    const changed = join(data, 'changed.jsonl');
    writeFileSync(changed, `${readFileSync(join(data, 'test.jsonl'), 'utf8')}\n`);
    await refused(run('guided'), /not the test records that .* --no-controls/, { data: changed });
    await refused(run('guided'), /are not there any more/, { data: join(data, 'gone.jsonl') });
  });
});
