import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { compile, tf, use } from '../../src/lib/engine';
import { InputError } from '../../src/lib/errors';
import { readSafetensors, type SafeTensor, writeSafetensors } from '../../src/lib/export';
import { createParameters, type Parameters } from '../../src/lib/nn';
import {
  clipVisionConfigSchema,
  createVisionNetwork,
  loadVisionCheckpoint,
  quickGelu,
  saveVisionCheckpoint,
  type VisionCheckpoint,
} from '../../src/lib/vision';
import { checkGradients } from '../nn/gradient-check';
import { type NetworkFixture, values } from '../parity/read-fixture';
import { temporaryFolder } from '../support/temporary-folder';

type Packed = NonNullable<NetworkFixture['pixels']>;

const FIXTURES = resolve(__dirname, '../parity/fixtures/vision-checkpoints');
const KINDS = ['vit', 'vit-classifier', 'clip-vision', 'clip'] as const;
type Kind = (typeof KINDS)[number];
const expected = JSON.parse(readFileSync(join(FIXTURES, 'expected.json'), 'utf8')) as Record<
  Kind,
  { pixels: Packed; states: Packed; pooled: Packed }
>;
const temporary = temporaryFolder();
let copies = 0;
let params: Parameters | undefined;
afterEach(() => {
  params?.dispose();
  params = undefined;
});

function withWeights({ config, weights }: VisionCheckpoint): Parameters {
  params = createParameters(createVisionNetwork(config).specifications(), 1);
  params.load(weights);
  return params;
}

/** The fixture's pixels as this kit takes them: [B, S, S, 3] in [0, 1], not yet normalized. */
function pixelsOf(kind: Kind, { imageMean, imageStd }: VisionCheckpoint['config']): tf.Tensor {
  const { pixels } = expected[kind];
  return tf.tidy(() => {
    const last = tf.transpose(tf.tensor(values(pixels), pixels.shape), [0, 2, 3, 1]);
    return tf.add(tf.mul(last, imageStd), imageMean);
  });
}

/** Patches [2, P, D] of the states [2, 1 + P, D]. */
function patchesOf({ states }: { states: Packed }): Float32Array {
  return tf.tidy(() => {
    const [batch, tokens, width] = states.shape as [number, number, number];
    const all = tf.tensor(values(states), states.shape);
    return tf.slice(all, [0, 1, 0], [batch, tokens - 1, width]).dataSync() as Float32Array;
  });
}

const near = { absolute: 1e-4, relative: 1e-4 };

describe('folders that Python transformers wrote', () => {
  for (const kind of KINDS) {
    it(`${kind}: the same patches and pooled state, eager and compiled`, async () => {
      const checkpoint = await loadVisionCheckpoint(join(FIXTURES, kind));
      const network = createVisionNetwork(checkpoint.config);
      const weights = withWeights(checkpoint);
      const pixels = pixelsOf(kind, checkpoint.config);
      const before = tf.memory().numTensors;
      tf.tidy(() => {
        const { patches, pooled } = network.forward(weights, pixels);
        expect(patches.shape).toEqual([2, network.patchCount, network.width]);
        expect(patches.dataSync()).toBeClose(patchesOf(expected[kind]), near);
        expect(pooled.dataSync()).toBeClose(values(expected[kind].pooled), near);
      });
      expect(tf.memory().numTensors).toBe(before);
      await use({ device: 'cpu' });
      const run = compile(
        (x: tf.Tensor) => {
          const { patches, pooled } = network.forward(weights, x);
          return { patches, pooled };
        },
        { state: weights.variables(), name: kind },
      );
      const out = await run(pixels);
      expect(await out.patches.data()).toBeClose(patchesOf(expected[kind]), near);
      expect(await out.pooled.data()).toBeClose(values(expected[kind].pooled), near);
      run.dispose();
      tf.dispose([out.patches, out.pooled, pixels]);
    });
  }

  it('passes over heads and the text tower, and says so', async () => {
    const ignored = async (kind: Kind) => (await loadVisionCheckpoint(join(FIXTURES, kind))).ignored;
    expect(await ignored('vit')).toEqual(['pooler.dense.bias', 'pooler.dense.weight']);
    expect(await ignored('vit-classifier')).toEqual(['classifier.bias', 'classifier.weight']);
    expect(await ignored('clip-vision')).toEqual([]);
    const clip = await ignored('clip');
    expect(clip.filter((name) => !name.startsWith('text_model.'))).toEqual([
      'logit_scale',
      'text_projection.weight',
      'visual_projection.weight',
    ]);
  });

  it('takes mean, deviation and preprocessing from the folder', async () => {
    const { config } = await loadVisionCheckpoint(join(FIXTURES, 'clip'));
    expect(config.preprocessing).toEqual({
      resize: { shortestEdge: 18 },
      filter: 'bicubic',
      crop: { height: 16, width: 16 },
    });
    expect(config.imageMean).toEqual([0.48145466, 0.4578275, 0.40821073]);
    expect((await loadVisionCheckpoint(join(FIXTURES, 'vit'))).config.imageMean).toEqual([0.4, 0.5, 0.6]);
  });
});

describe('CLIP vision', () => {
  const config = clipVisionConfigSchema.parse({
    modelType: 'clip-vision',
    imageSize: 9,
    patchSize: 4,
    hiddenSize: 6,
    numHiddenLayers: 1,
    numAttentionHeads: 2,
    intermediateSize: 8,
    initializerRange: 0.3,
  });

  it('quickGelu(1) = 0.8457958', () => {
    tf.tidy(() => {
      expect(quickGelu(tf.tensor1d([0, 1])).dataSync()).toBeClose([0, 0.8457958]);
    });
  });

  it('shapes; a rest at the edge is not looked at; gradients agree with finite differences', () => {
    const network = createVisionNetwork(config);
    params = createParameters(network.specifications(), 3);
    const weights = params;
    const pixels = tf.randomUniform([2, 9, 9, 3], 0, 1, 'float32', 1);
    tf.tidy(() => {
      const { patches, attentions } = network.forward(weights, pixels, { attentions: true });
      expect(patches.shape).toEqual([2, 4, 6]);
      expect(attentions?.map((one) => one.shape)).toEqual([[2, 2, 5, 5]]);
      const cut = tf.pad(tf.slice(pixels, [0, 0, 0, 0], [2, 8, 8, 3]), [
        [0, 0],
        [0, 1],
        [0, 1],
        [0, 0],
      ]);
      expect(network.forward(weights, cut).patches.dataSync()).toBeClose(patches.dataSync());
      expect(() => network.forward(weights, tf.zeros([1, 8, 8, 3]))).toThrow(/clip-vision pixels/);
    });
    checkGradients(
      () => {
        const { patches, pooled } = network.forward(weights, pixels);
        return tf.concat([tf.reshape(patches, [-1]), tf.reshape(pooled, [-1])]);
      },
      // A key bias moves all scores of a query alike: its true gradient is 0, and both sides hold only rounding.
      params.entries().filter(([name]) => !name.endsWith('k_proj.bias')),
      { tolerance: 1e-2 },
    );
    pixels.dispose();
  });
});

describe('saving', () => {
  it.each(KINDS)('%s: what is written loads to the same numbers', async (kind) => {
    const first = await loadVisionCheckpoint(join(FIXTURES, kind));
    const folder = join(temporary.path, `saved-${kind}`);
    await saveVisionCheckpoint(folder, first);
    const second = await loadVisionCheckpoint(folder);
    expect(second.config).toEqual(first.config);
    expect([...second.weights.keys()].sort()).toEqual([...first.weights.keys()].sort());
    for (const [name, { data }] of first.weights) expect(second.weights.get(name)?.data).toEqual(data);
    await expect(saveVisionCheckpoint(folder, first)).rejects.toThrow(/holds 3 entries already/);
    await saveVisionCheckpoint(folder, first, { overwrite: true, dtype: 'F16' });
    const half = await loadVisionCheckpoint(folder);
    for (const [name, { data }] of first.weights) {
      expect(half.weights.get(name)?.data as Float32Array).toBeClose(data, {
        relative: 5e-4,
        absolute: 1e-6,
      });
    }
  });

  it('writes nothing where parameters are missing or of another shape, and lists them', async () => {
    const { config, weights } = await loadVisionCheckpoint(join(FIXTURES, 'vit'));
    const broken = new Map(weights);
    broken.delete('vit.layernorm.bias');
    broken.set('vit.layernorm.weight', { shape: [3], data: new Float32Array(3) });
    const folder = join(temporary.path, 'broken');
    await expect(saveVisionCheckpoint(folder, { config, weights: broken })).rejects.toThrow(
      /\(2\), nothing was written:\n {2}wrong shape: vit\.layernorm\.weight, expected \[12\], found \[3\]\n {2}missing: vit\.layernorm\.bias/,
    );
    expect(readdirSync(temporary.path)).not.toContain('broken');
  });
});

type Tensors = Map<string, SafeTensor>;

/** A fixture's folder with its tensors and its configuration changed. */
async function changed(
  kind: Kind,
  change: (tensors: Tensors) => void = () => {},
  config: Record<string, unknown> = {},
): Promise<string> {
  const folder = join(temporary.path, `${kind}-${copies++}`);
  cpSync(join(FIXTURES, kind), folder, { recursive: true });
  const { tensors } = await readSafetensors(join(FIXTURES, kind));
  for (const file of readdirSync(folder)) if (file.includes('safetensors')) rmSync(join(folder, file));
  change(tensors as Tensors);
  await writeSafetensors(join(folder, 'model.safetensors'), tensors, { metadata: { format: 'pt' } });
  const path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...config }));
  return folder;
}

async function message(folder: string, options = {}): Promise<string> {
  const error = await loadVisionCheckpoint(folder, options).then(
    () => new Error('nothing was refused'),
    (error: Error) => error,
  );
  expect(error).toBeInstanceOf(InputError);
  return error.message;
}

const zeros = (...shape: number[]): SafeTensor => ({
  dtype: 'F32',
  shape,
  data: new Float32Array(shape.reduce((product, n) => product * n, 1)),
});

describe('what does not fit', () => {
  it('lists every tensor that is missing, extra, misshapen, of another kind, or there twice', async () => {
    const folder = await changed('clip', (tensors) => {
      tensors.delete('vision_model.post_layernorm.bias');
      tensors.set('vision_model.pre_layrnorm.bias', zeros(5));
      tensors.set('vision_model.encoder.layers.7.mlp.fc1.bias', zeros(20));
      tensors.set('pre_layrnorm.weight', zeros(12));
      tensors.set('vision_model.post_layernorm.weight', {
        dtype: 'I32',
        shape: [12],
        data: new Int32Array(12),
      });
    });
    const lines = (await message(folder)).split('\n');
    expect(lines[0]).toMatch(/the weights do not fit .*config\.json \(5\):$/);
    expect(lines.slice(1).sort()).toEqual([
      '  missing: vision_model.post_layernorm.bias, expected [12]',
      '  not expected: vision_model.encoder.layers.7.mlp.fc1.bias, found [20]',
      expect.stringMatching(/^ {2}twice: vision_model\.pre_layrnorm\.weight, found as /),
      '  wrong kind: vision_model.post_layernorm.weight, expected F32, F16, BF16 or F64, found I32',
      '  wrong shape: vision_model.pre_layrnorm.bias, expected [12], found [5]',
    ]);
  });

  it('lets extras pass where told to', async () => {
    const folder = await changed('vit', (tensors) => tensors.set('more', zeros(2)));
    expect(await message(folder)).toMatch(/not expected: more, found \[2\]/);
    expect((await loadVisionCheckpoint(folder, { allowExtra: true })).ignored).toContain('more');
  });

  it('refuses other networks, settings that are wrong, and a preprocessing of another size', async () => {
    expect(await message(await changed('vit', undefined, { model_type: 'swin' }))).toMatch(
      /config\.json: model_type is "swin"; the vision networks that can be loaded are vit, clip_vision_model and clip/,
    );
    expect(await message(await changed('vit', undefined, { hidden_act: 'mish' }))).toMatch(/hiddenAct/);
    expect(await message(await changed('clip', undefined, { vision_config: null }))).toMatch(
      /vision_config: missing/,
    );
    expect(await message(await changed('vit', undefined, { quantization_config: {} }))).toMatch(
      /quantization_config/,
    );
    const folder = await changed('vit');
    writeFileSync(
      join(folder, 'preprocessor_config.json'),
      JSON.stringify({ image_processor_type: 'ViTImageProcessor', size: 24 }),
    );
    expect(await message(folder)).toMatch(
      /image_size is 16, but the preprocessing gives 24 × 24 pixels: they are not of one model/,
    );
  });

  it('says what is there where a folder or its files are not', async () => {
    expect(await message(join(temporary.path, 'nowhere'))).toMatch(/nowhere: expected a folder/);
    temporary.write('empty/notes.txt', 'x');
    expect(await message(join(temporary.path, 'empty'))).toMatch(
      /config\.json: missing; the folder holds notes\.txt/,
    );
    temporary.write('pickled/config.json', '{"model_type":"vit"}');
    temporary.write('pickled/pytorch_model.bin', 'x');
    expect(await message(join(temporary.path, 'pickled'))).toMatch(
      /pickled PyTorch weights cannot be read here/,
    );
  });

  it('without preprocessor_config.json, prepares pictures as the family does at its size', async () => {
    const folder = await changed('clip');
    rmSync(join(folder, 'preprocessor_config.json'));
    const { config } = await loadVisionCheckpoint(folder);
    expect(config.preprocessing).toEqual({
      resize: { shortestEdge: 16 },
      filter: 'bicubic',
      crop: { height: 16, width: 16 },
    });
  });
});
