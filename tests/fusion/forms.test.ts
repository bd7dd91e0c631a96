/** @file What every form of fusion must do, in the whole guided network: see the picture, know its absence, not see padding. */
import { afterEach, describe, expect, it } from 'vitest';
import { RandomStream, tf } from '../../src/lib/engine';
import {
  createFusion,
  type FusionInputs,
  fusionConfigSchema,
  type GuidedInputs,
  GuidedNetwork,
} from '../../src/lib/fusion';
import { createParameters, type Parameters } from '../../src/lib/nn';
import { type TextConfigInput, textConfigSchema } from '../../src/lib/text';
import { visionConfigSchema } from '../../src/lib/vision';
import { checkGradients } from '../nn/gradient-check';
import { leaked, randomTensor } from '../nn/support';

const FORMS = [
  'concat',
  'prefix',
  'cross-attention',
  'gated-cross-attention',
  'gated-addition',
  'film',
] as const;
const shared = { vocabSize: 20, initializerRange: 0.3 };
const TEXTS: Record<string, TextConfigInput> = {
  bert: {
    ...shared,
    modelType: 'bert',
    hiddenSize: 8,
    intermediateSize: 12,
    numHiddenLayers: 1,
    numAttentionHeads: 2,
    maxPositionEmbeddings: 6,
  },
  gpt2: { ...shared, modelType: 'gpt2', nEmbd: 8, nLayer: 1, nHead: 2, nPositions: 6 },
  llama: {
    ...shared,
    modelType: 'llama',
    hiddenSize: 8,
    intermediateSize: 12,
    numHiddenLayers: 1,
    numAttentionHeads: 2,
    maxPositionEmbeddings: 24,
  },
};

let params: Parameters;
afterEach(() => params?.dispose());

function network(form: string, text: string, seed = 1): GuidedNetwork {
  const made = new GuidedNetwork({
    text: textConfigSchema.parse(TEXTS[text]),
    vision: visionConfigSchema.parse({ modelType: 'cnn', imageSize: 8, channels: [4] }),
    fusion: fusionConfigSchema.parse(form.includes('cross') ? { kind: form, heads: 2 } : form),
    pooling: 'mean',
  });
  params = createParameters(made.specifications(), seed);
  return made;
}

/** Opens the gates, which are shut at first. */
function open(): void {
  for (const [name, variable] of params.entries()) {
    if (name.endsWith('_gate')) tf.tidy(() => variable.assign(tf.tensor1d([0.7])));
  }
}

function inputs(pixels: string): GuidedInputs {
  return {
    ids: tf.tensor2d(
      [
        [1, 2, 3, 4],
        [5, 6, 7, 0],
      ],
      [2, 4],
      'int32',
    ),
    mask: tf.tensor2d(
      [
        [1, 1, 1, 1],
        [1, 1, 1, 0],
      ],
      [2, 4],
      'int32',
    ),
    pixels: randomTensor([2, 8, 8, 3], pixels),
    picturePresent: tf.tensor1d([1, 1]),
  };
}

const values = (read: () => tf.Tensor) => tf.tidy(() => read().dataSync().slice());

describe.each(FORMS)('%s', (form) => {
  describe.each(Object.keys(TEXTS))('over %s', (text) => {
    it('sees the picture, in every token and in the pooled state, and leaves no tensor behind', () => {
      const guided = network(form, text);
      open();
      const spent = leaked(() => {
        const read = (pixels: string, part: 'states' | 'pooled') =>
          values(() => guided.forward(params, inputs(pixels))[part]);
        expect(values(() => guided.forward(params, inputs('a')).states).length).toBe(2 * 4 * guided.width);
        for (const part of ['states', 'pooled'] as const) {
          expect(read('a', part)).not.toBeClose(read('b', part), { absolute: 1e-3 });
        }
      });
      expect(spent).toBe(0);
    });

    it('knows a picture that is not there: the one it was given does not matter', () => {
      const guided = network(form, text);
      open();
      const read = (pixels: string) =>
        values(
          () => guided.forward(params, { ...inputs(pixels), picturePresent: tf.tensor1d([0, 1]) }).pooled,
        );
      const [a, b] = [read('a'), read('b')];
      expect(a.slice(0, guided.width)).toEqual(b.slice(0, guided.width));
      expect(a.slice(guided.width)).not.toBeClose(b.slice(guided.width), { absolute: 1e-3 });
    });

    it('does not see padding', () => {
      const guided = network(form, text);
      open();
      const read = (padding: number) =>
        values(() => {
          const given = inputs('a');
          const ids = tf.tensor2d(
            [
              [1, 2, 3, 4],
              [5, 6, 7, padding],
            ],
            [2, 4],
            'int32',
          );
          return guided.forward(params, { ...given, ids }).pooled;
        });
      expect(read(0)).toBeClose(read(9), { absolute: 1e-6 });
    });
  });

  // FiLM has kinks everywhere, which finite differences step over: its gradients are those of PyTorch (film.test.ts).
  const gradients = form === 'film' ? null : it;
  gradients?.('gradients of every parameter, dropout included', () => {
    const widths = { text: 4, vision: 3 };
    const fusion = createFusion(
      fusionConfigSchema.parse(form.includes('cross') ? { kind: form, heads: 2 } : form),
      widths,
    );
    params = createParameters(fusion.specifications(), 1);
    open();
    // As long as a picture's states: the norm of a short vector bends too much for finite differences.
    const absent = params.get('fusion.absent_picture');
    tf.tidy(() => absent.assign(randomTensor(absent.shape, 'absent')));
    const given: FusionInputs = {
      textStates: randomTensor([2, 3, 4], 'states'),
      textPooled: randomTensor([2, 4], 'pooled'),
      causal: false,
      textMask: null,
      patches: randomTensor([2, 4, 3], 'patches'),
      visionPooled: randomTensor([2, 3], 'vision'),
      picturePresent: tf.tensor1d([1, 0]),
    };
    checkGradients(
      () => {
        if (fusion.pictureTokens) return fusion.pictureTokens(params, { ...given, batch: 2 });
        const { states, pooled } = fusion.forward(params, given, { random: new RandomStream(1) });
        return tf.concat([tf.reshape(states, [-1]), tf.reshape(pooled, [-1])]);
      },
      params.entries().filter(([name]) => !name.endsWith('key.bias')),
    ); // softmax takes it out again
  });
});

describe('identities', () => {
  it('gated cross-attention begins as the text-only model, to the bit', () => {
    for (const text of Object.keys(TEXTS)) {
      const guided = network('gated-cross-attention', text);
      const fused = values(() => guided.forward(params, inputs('a')).states);
      const alone = values(() => guided.text.forward(params, inputs('a')).states);
      expect(fused).toEqual(alone);
      params.dispose();
    }
  });

  it('gated addition is h + σ(W[h; v]) ⊙ W_v·v, by hand', () => {
    const fusion = createFusion(fusionConfigSchema.parse('gated-addition'), { text: 2, vision: 2 });
    params = createParameters(fusion.specifications(), 4);
    const [h, v] = [
      [0.3, -1.2],
      [0.8, 0.5],
    ];
    const weight = (name: string) => params.get(`fusion.${name}`).arraySync() as number[][];
    const dot = (row: number[] | undefined, x: number[]) =>
      x.reduce((sum, one, i) => sum + one * (row?.[i] as number), 0);
    const expected = h.map((state, i) => {
      const gate =
        1 /
        (1 + Math.exp(-(dot(weight('gate.text.weight')[i], h) + dot(weight('gate.picture.weight')[i], v))));
      return state + gate * dot(weight('picture.weight')[i], v);
    });
    const pooled = values(
      () =>
        fusion.forward(params, {
          textStates: tf.tensor3d([[h]]),
          textPooled: tf.tensor2d([h]),
          causal: false,
          textMask: null,
          patches: null,
          visionPooled: tf.tensor2d([v]),
          picturePresent: null,
        }).pooled,
    );
    expect(pooled).toBeClose(expected, { absolute: 1e-6 });
  });

  it('a causal network reads the picture first, and never a later token', () => {
    for (const text of ['gpt2', 'llama']) {
      const guided = network('prefix', text);
      const read = (last: number) =>
        values(() => {
          const ids = tf.tensor2d(
            [
              [1, 2, 3, last],
              [5, 6, 7, last],
            ],
            [2, 4],
            'int32',
          );
          const { states } = guided.forward(params, { ...inputs('a'), ids, mask: undefined });
          return tf.slice(states, [0, 0, 0], [2, 3, 8]);
        });
      expect(read(4)).toEqual(read(9));
      params.dispose();
    }
  });

  it('prefix with the readout of the picture gives of each feature the greatest of the picture tokens, prompt or not', () => {
    for (const prompt of [null, { kind: 'soft', length: 3 } as const]) {
      const guided = new GuidedNetwork({
        text: textConfigSchema.parse(TEXTS.bert),
        vision: visionConfigSchema.parse({ modelType: 'cnn', imageSize: 8, channels: [4] }),
        fusion: fusionConfigSchema.parse({ kind: 'prefix', readout: 'picture' }),
        pooling: 'mean',
        prompt,
      });
      params = createParameters(guided.specifications(), 3);
      const pooled = values(() => guided.forward(params, inputs('a')).pooled);
      const expected = values(() => {
        // The whole sequence that the text network runs over: words, then the prompt, then sixteen patches.
        const { ids, mask, pixels } = inputs('a');
        const { patches } = guided.see(params, pixels as tf.Tensor) as { patches: tf.Tensor };
        const given = { patches, visionPooled: null, picturePresent: null, batch: 2 };
        const own = guided.fusion.pictureTokens?.(params, given) as tf.Tensor;
        const learned = prompt ? tf.tile(tf.expandDims(params.get('prompt.states'), 0), [2, 1, 1]) : null;
        const pictureTokens = learned ? tf.concat([learned, own], 1) : own;
        const read = guided.text.forward(params, { ids, mask, pictureTokens }, { hiddenStates: true });
        const all = read.hiddenStates?.at(-1) as tf.Tensor;
        const rows = all.arraySync() as number[][][];
        const greatest = rows.map((row) =>
          Array.from({ length: 8 }, (_, feature) =>
            Math.max(...row.slice(-16).map((state) => state[feature] as number)),
          ),
        );
        return tf.tensor2d(greatest);
      });
      expect(pooled).toBeClose(expected, { absolute: 1e-6 });
      params.dispose();
    }
  });

  it('a causal network, whose picture tokens do not know the text, cannot be read from them', () => {
    const make = (text: string) =>
      new GuidedNetwork({
        text: textConfigSchema.parse(TEXTS[text]),
        vision: visionConfigSchema.parse({ modelType: 'cnn', imageSize: 8, channels: [4] }),
        fusion: fusionConfigSchema.parse({ kind: 'prefix', readout: 'picture' }),
        pooling: 'mean',
      });
    expect(() => make('bert')).not.toThrow();
    for (const text of ['gpt2', 'llama']) expect(() => make(text)).toThrow('model.fusion.readout');
  });

  it.each([
    [
      'prefix',
      'mean',
      /^model\.fusion: the tokens of prefix are read by .*; set model\.text\.numHiddenLayers/,
    ],
    ['film', 'network', /^model\.pooling: the first token's state .*, or model\.pooling to "mean"$/],
    ['film', 'mean', null],
  ] as const)('%s with pooling %s, behind a text network of no layers', (fusion, pooling, message) => {
    const make = () =>
      new GuidedNetwork({
        text: textConfigSchema.parse({ ...(TEXTS.bert as object), numHiddenLayers: 0 }),
        vision: visionConfigSchema.parse({ modelType: 'cnn', imageSize: 8, channels: [4] }),
        fusion: fusionConfigSchema.parse(fusion),
        pooling,
      });
    if (message) expect(make).toThrow(message);
    else expect(make).not.toThrow();
  });

  it('rows packed of several documents cannot have a picture', () => {
    const guided = network('prefix', 'gpt2');
    const documents = tf.tensor2d(
      [
        [0, 0, 1, 1],
        [0, 0, 0, 0],
      ],
      [2, 4],
      'int32',
    );
    expect(() => tf.tidy(() => guided.forward(params, { ...inputs('a'), documents }).states)).toThrow(
      /several documents/,
    );
  });

  it('heads that do not divide the width are refused', () => {
    const config = fusionConfigSchema.parse({ kind: 'cross-attention', heads: 3 });
    expect(() => createFusion(config, { text: 8, vision: 4 })).toThrow(
      'fusion.heads: 3 does not divide the text width 8',
    );
  });
});
