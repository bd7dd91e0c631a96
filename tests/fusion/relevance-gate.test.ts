/**
 * @file The relevance gate in the whole guided network, for every form of fusion: forced to 0 it is the model without a
 * picture and forced to 1 the model without a gate, to the bit; its loss by hand; gradients; which pairs count.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { RandomStream, tf } from '../../src/lib/engine';
import {
  fusionConfigSchema,
  type GateConfig,
  type GuidedInputs,
  GuidedNetwork,
  gateConfigSchema,
  openness,
  relevanceLoss,
} from '../../src/lib/fusion';
import { createParameters, type Parameters } from '../../src/lib/nn';
import { textConfigSchema } from '../../src/lib/text';
import { visionConfigSchema } from '../../src/lib/vision';
import { checkGradients } from '../nn/gradient-check';
import { randomTensor } from '../nn/support';

const FORMS = [
  'concat',
  'prefix',
  'cross-attention',
  'gated-cross-attention',
  'gated-addition',
  'film',
] as const;
let params: Parameters;
afterEach(() => params?.dispose());

function network(form: string, gate: Partial<GateConfig> | null): GuidedNetwork {
  const made = new GuidedNetwork({
    text: textConfigSchema.parse({
      modelType: 'bert',
      vocabSize: 20,
      hiddenSize: 8,
      intermediateSize: 12,
      numHiddenLayers: 1,
      numAttentionHeads: 2,
      maxPositionEmbeddings: 6,
      initializerRange: 0.3,
      hiddenDropoutProb: 0,
      attentionProbsDropoutProb: 0,
    }),
    vision: visionConfigSchema.parse({ modelType: 'cnn', imageSize: 8, channels: [4] }),
    fusion: fusionConfigSchema.parse(
      form.includes('cross')
        ? { kind: form, heads: 2, dropout: 0 }
        : form === 'prefix' || form === 'none'
          ? form
          : { kind: form, dropout: 0 },
    ),
    pooling: 'mean',
    gate: gate && gateConfigSchema.parse({ hiddenSize: 4, dropout: 0, ...gate }),
  });
  params = createParameters(made.specifications(), 1);
  for (const [name, variable] of params.entries()) {
    // The gates of the form open; the relevance gate says something else than ½.
    if (name.endsWith('_gate')) tf.tidy(() => variable.assign(tf.tensor1d([0.7])));
    if (name.startsWith('gate.output.weight'))
      tf.tidy(() => variable.assign(randomTensor(variable.shape, 'gate')));
  }
  return made;
}

function inputs(more: Partial<GuidedInputs> = {}): GuidedInputs {
  return {
    ids: tf.tensor2d(
      [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
      ],
      undefined,
      'int32',
    ),
    pixels: tf.clipByValue(randomTensor([3, 8, 8, 3], 'pixels'), 0, 1),
    picturePresent: tf.tensor1d([1, 1, 1]),
    ...more,
  };
}

const pooledOf = (made: GuidedNetwork, given: GuidedInputs) =>
  tf.tidy(() => made.forward(params, given).pooled.dataSync());

describe.each(FORMS)('%s', (form) => {
  it('forced to 0 sees nothing, forced to 1 everything, to the bit', () => {
    const made = network(form, {});
    const shut = pooledOf(made, inputs({ forcedRelevance: tf.zeros([3]) }));
    expect(shut).toEqual(pooledOf(made, inputs({ picturePresent: tf.zeros([3]) })));
    const open = pooledOf(made, inputs({ forcedRelevance: tf.ones([3]) }));
    const plain = new GuidedNetwork({ ...made.config, gate: null });
    expect(open).toEqual(pooledOf(plain, inputs()));
    expect(open).not.toEqual(shut);
    expect(pooledOf(made, inputs())).not.toEqual(open);
  });

  // FiLM's kinks: see forms.test.ts.
  const gradients = form === 'film' ? null : it;
  gradients?.('gradients of every parameter, through the gate and its own loss', () => {
    const made = network(form, { supervision: 'both' });
    const given = inputs({ pictureId: tf.tensor1d([0, 1, 2], 'int32') });
    const relevant = tf.tensor1d([1, 0, -1], 'int32');
    const loss = () => {
      const { pooled, relevance } = made.forward(params, given, { random: new RandomStream(1) });
      const own = relevanceLoss(made.config.gate as GateConfig, relevance as NonNullable<typeof relevance>, {
        relevant,
        present: tf.ones([3]),
      });
      return tf.add(tf.mean(tf.square(pooled)), own);
    };
    const reached = params
      .entries()
      .filter(
        ([name]) => !/pooler|position_embeddings|attention\.self\.key\.bias|blocks\.0\.key\.bias/.test(name),
      );
    checkGradients(
      loss,
      reached.filter(([name]) => name.startsWith('gate.') || name.startsWith('fusion.')),
      {
        step: 0.01,
        tolerance: 5e-3,
      },
    );
  });
});

describe('its loss', () => {
  const logits = tf.keep(tf.tensor1d([1, -2, 0.5]));
  const other = tf.keep(tf.tensor1d([0, 3, -1]));
  const relevant = tf.keep(tf.tensor1d([1, 0, -1], 'int32'));
  const bce = (x: number, y: number) => Math.log(1 + Math.exp(-Math.abs(x))) + Math.max(x, 0) - x * y;
  const of = (supervision: GateConfig['supervision'], present = [1, 1, 1], counts = [1, 1, 0]) =>
    tf.tidy(() =>
      relevanceLoss(
        gateConfigSchema.parse({ supervision }),
        { logits, mismatched: { logits: other, counts: tf.tensor1d(counts) } },
        { relevant, present: tf.tensor1d(present) },
      ).dataSync(),
    )[0];

  it('counts labelled pairs, matched and mismatched ones, as it is told', () => {
    expect(of('labels')).toBeCloseTo((bce(1, 1) + bce(-2, 0)) / 2, 5);
    const matched = bce(1, 1) + bce(-2, 1) + bce(0.5, 1);
    const mismatched = bce(0, 0) + bce(3, 0); // the third row's neighbour shows the same picture
    expect(of('matching')).toBeCloseTo((matched + mismatched) / 5, 5);
    expect(of('both')).toBeCloseTo((bce(1, 1) + bce(-2, 0) + bce(0.5, 1) + mismatched) / 5, 5);
  });

  it('passes over records without a picture, and is 0 where nothing is said', () => {
    expect(of('labels', [0, 1, 1])).toBeCloseTo(bce(-2, 0), 5);
    expect(of('labels', [0, 0, 1])).toBe(0);
    expect(of('none')).toBe(0);
  });
});

it('the hard gate chooses by its threshold and learns as the soft one does', () => {
  const logits = tf.tensor1d([-1, 0.2, 3]);
  const hard = gateConfigSchema.parse({ mode: 'hard', threshold: 0.6 });
  expect([...openness(hard, logits, null).dataSync()]).toEqual([0, 0, 1]);
  const gradient = (mode: 'soft' | 'hard') =>
    tf
      .grad((x) => tf.sum(openness(gateConfigSchema.parse({ mode }), x, null)))(logits)
      .dataSync();
  expect(gradient('hard')).toEqual(gradient('soft'));
});

it('a text-only model has no gate', () => {
  expect(() => network('none', {})).toThrow('gate: the fusion none lets no picture in');
});
