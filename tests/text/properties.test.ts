/** @file What must hold for any text network of random parameters, and what a compiled one must share with an eager one. */
import { afterEach, describe, expect, it } from 'vitest';
import { RandomStream, tf } from '../../src/lib/engine';
import { InputError } from '../../src/lib/errors';
import { createParameters, type Parameters } from '../../src/lib/nn';
import {
  createTextNetwork,
  type TextConfigInput,
  textConfigFromHuggingFace,
  textConfigSchema,
} from '../../src/lib/text';
import { lastStates } from '../../src/lib/text/last-state';
import { leaked } from '../nn/support';

const configs: TextConfigInput[] = [
  {
    modelType: 'bert',
    vocabSize: 11,
    hiddenSize: 8,
    numHiddenLayers: 2,
    numAttentionHeads: 2,
    intermediateSize: 12,
    maxPositionEmbeddings: 6,
    initializerRange: 0.3,
  },
  { modelType: 'gpt2', vocabSize: 11, nEmbd: 8, nLayer: 2, nHead: 2, nPositions: 6, initializerRange: 0.3 },
  {
    modelType: 'llama',
    vocabSize: 11,
    hiddenSize: 8,
    numHiddenLayers: 2,
    numAttentionHeads: 4,
    numKeyValueHeads: 2,
    intermediateSize: 12,
    maxPositionEmbeddings: 6,
    initializerRange: 0.3,
  },
];

const ids = (...rows: number[][]) => tf.tensor2d(rows, [rows.length, rows[0]?.length ?? 0], 'int32');

let params: Parameters;
afterEach(() => params?.dispose());

describe.each(configs.map((config) => [config.modelType, config] as const))('%s', (_name, input) => {
  const network = createTextNetwork(textConfigSchema.parse(input));
  const make = () => {
    params = createParameters(network.specifications(), 1);
    return params;
  };

  it('shapes, attention where asked for, and no tensor left behind', () => {
    make();
    const spent = leaked(() =>
      tf.tidy(() => {
        const out = network.forward(params, { ids: ids([1, 2, 3], [4, 5, 6]) }, { attentions: true });
        expect(out.states.shape).toEqual([2, 3, 8]);
        expect(out.pooled.shape).toEqual([2, 8]);
        expect(out.attentions?.length).toBe(2);
        for (const one of out.attentions ?? []) {
          expect(one.shape.slice(2)).toEqual([3, 3]);
          const sums = tf.sum(one, -1).dataSync();
          expect(sums).toBeClose(new Float32Array(sums.length).fill(1));
        }
      }),
    );
    expect(spent).toBe(0);
  });

  it('padding, and the other records of a batch, change nothing', () => {
    make();
    tf.tidy(() => {
      const alone = network.forward(params, { ids: ids([1, 2, 3]) });
      const batch = network.forward(params, {
        ids: ids([1, 2, 3, 0, 0], [7, 8, 9, 10, 4]),
        mask: ids([1, 1, 1, 0, 0], [1, 1, 1, 1, 1]),
      });
      const states = tf.slice(batch.states, [0, 0, 0], [1, 3, 8]);
      expect(states.dataSync()).toBeClose(alone.states.dataSync(), { absolute: 1e-5 });
      const pooled = tf.slice(batch.pooled, [0, 0], [1, 8]);
      expect(pooled.dataSync()).toBeClose(alone.pooled.dataSync(), { absolute: 1e-5 });
    });
  });

  it(network.causal ? 'the mask hides the future' : 'every token sees every token', () => {
    make();
    tf.tidy(() => {
      const before = (last: number) =>
        tf
          .slice(network.forward(params, { ids: ids([1, 2, 3, last]) }).states, [0, 0, 0], [1, 3, 8])
          .dataSync();
      if (network.causal) expect(before(9)).toEqual(before(4));
      else expect(before(9)).not.toBeClose(before(4), { absolute: 1e-3 });
    });
  });

  it('trains with dropout where it is given a stream: repeatable, and other than evaluation', () => {
    make();
    tf.tidy(() => {
      const run = (random?: RandomStream) =>
        network.forward(params, { ids: ids([1, 2, 3]) }, { random }).states.dataSync();
      const rates = JSON.stringify(network.config).match(/"\w*(?:dropout|pdrop)\w*":0\.\d/gi);
      expect(run(new RandomStream(1))).toEqual(run(new RandomStream(1)));
      if (rates) expect(run(new RandomStream(1))).not.toBeClose(run(), { absolute: 1e-3 });
      else expect(run(new RandomStream(1))).toEqual(run()); // Llama has no dropout unless told
    });
  });

  it('refuses what does not fit', () => {
    make();
    const long = ids([1, 1, 1, 1, 1, 1, 1]);
    expect(() => network.forward(params, { ids: long })).toThrow(/7 tokens, but .* 6/);
    expect(() => network.forward(params, { ids: ids([1, 2]), mask: ids([1]) })).toThrow(/mask: expected/);
  });
});

it('the last state is that of the last token that counts, wherever the padding stands', () => {
  tf.tidy(() => {
    const states = tf.tensor3d([1, 2, 3, 4, 5, 6], [2, 3, 1]);
    expect(lastStates(states, ids([1, 1, 0], [0, 1, 1])).dataSync()).toBeClose([2, 6]);
    expect(lastStates(states, null).dataSync()).toBeClose([3, 6]);
  });
});

describe('a config.json that cannot be run here is refused by key and value', () => {
  const refused: [Record<string, unknown>, RegExp][] = [
    [{ model_type: 't5' }, /model_type is "t5"; the text networks here are bert, gpt2, llama/],
    [
      { model_type: 'bert', position_embedding_type: 'relative_key' },
      /position_embedding_type is "relative_key"/,
    ],
    [{ model_type: 'bert', hidden_size: -1 }, /hiddenSize/],
    [{ model_type: 'bert', hidden_act: 'swish2' }, /hiddenAct/],
    [{ model_type: 'gpt2', scale_attn_weights: false }, /scale_attn_weights is false; only true/],
    [{ model_type: 'llama', attention_bias: true }, /attention_bias is true; only false/],
    [{ model_type: 'llama', rope_parameters: { rope_type: 'yarn' } }, /rope_type is "yarn"/],
    [{ model_type: 'llama', rope_scaling: { factor: 2 } }, /rope_scaling is \{"factor":2\}/],
    [
      { model_type: 'llama', hidden_size: 64, num_attention_heads: 4, head_dim: 32 },
      /head_dim is 32; only .* = 16/,
    ],
  ];

  it.each(refused)('%j', (json, message) => {
    expect(() => textConfigFromHuggingFace(json, 'm/config.json')).toThrow(message);
    expect(() => textConfigFromHuggingFace(json, 'm/config.json')).toThrow(InputError);
  });
});
