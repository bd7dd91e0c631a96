import { afterEach, describe, expect, it } from 'vitest';
import { RandomStream, tf } from '../../src/lib/engine';
import { createFusion, type FusionInputs, fusionConfigSchema } from '../../src/lib/fusion';
import { createParameters, crossEntropy, head, headSpecifications, type Parameters } from '../../src/lib/nn';
import { checkGradients } from '../nn/gradient-check';
import { leaked, randomTensor } from '../nn/support';

const widths = { text: 6, vision: 4 };
const concat = createFusion(fusionConfigSchema.parse('concat'), widths);

let params: Parameters;
afterEach(() => params?.dispose());

function inputs(batch = 3): FusionInputs {
  return {
    textStates: randomTensor([batch, 5, 6], 'states'),
    textPooled: randomTensor([batch, 6], 'pooled'),
    causal: false,
    textMask: tf.tensor2d(Array(batch).fill([1, 1, 1, 1, 0]) as number[][], [batch, 5], 'int32'),
    patches: randomTensor([batch, 2, 4], 'patches'),
    visionPooled: randomTensor([batch, 4], 'vision'),
    picturePresent: null,
  };
}

describe('none', () => {
  const none = createFusion(fusionConfigSchema.parse('none'), widths);

  it('has no parameters, and gives back what the text network said', () => {
    params = createParameters(none.specifications(), 1);
    expect(params.names()).toEqual([]);
    expect(none.usesPicture).toBe(false);
    const given = inputs();
    const { states, pooled } = none.forward(params, given);
    expect([states, pooled]).toEqual([given.textStates, given.textPooled]);
  });
});

describe('concat', () => {
  it('shapes, for the record and for each token, and no tensor left behind', () => {
    params = createParameters(concat.specifications(), 1);
    const given = inputs();
    const spent = leaked(() =>
      tf.tidy(() => {
        const { states, pooled } = concat.forward(params, given);
        expect(states.shape).toEqual([3, 5, concat.width]);
        expect(pooled.shape).toEqual([3, concat.width]);
      }),
    );
    expect(spent).toBe(0);
  });

  it('sees the picture: another picture, another result', () => {
    params = createParameters(concat.specifications(), 1);
    tf.tidy(() => {
      const given = inputs();
      const other = { ...given, visionPooled: randomTensor([3, 4], 'other') };
      const [a, b] = [concat.forward(params, given), concat.forward(params, other)];
      expect(a.pooled.dataSync()).not.toBeClose(b.pooled.dataSync(), { absolute: 1e-2 });
      expect(a.states.dataSync()).not.toBeClose(b.states.dataSync(), { absolute: 1e-2 });
    });
  });

  it('a record without a picture uses the learned vector: the picture it was given does not matter', () => {
    params = createParameters(concat.specifications(), 1);
    tf.tidy(() => {
      const given = inputs();
      const picturePresent = tf.tensor1d([1, 0, 1], 'int32');
      const some = concat.forward(params, { ...given, picturePresent }).pooled.arraySync() as number[][];
      const all = concat.forward(params, given).pooled.arraySync() as number[][];
      const no = concat.forward(params, { ...given, patches: null, visionPooled: null }).pooled.arraySync();
      expect(some[0]).toEqual(all[0]);
      expect(some[1]).toBeClose((no as number[][])[1] as number[]);
      expect(some[2]).toEqual(all[2]);
    });
  });

  it('padding does not change the result', () => {
    params = createParameters(concat.specifications(), 1);
    tf.tidy(() => {
      const given = inputs();
      const short = {
        ...given,
        textStates: tf.slice(given.textStates, [0, 0, 0], [3, 4, 6]),
        causal: false,
        textMask: null,
      };
      expect(concat.forward(params, given).pooled.dataSync()).toBeClose(
        concat.forward(params, short).pooled.dataSync(),
      );
    });
  });

  it('gradients, the absent picture and dropout included', () => {
    params = createParameters(concat.specifications(), 1);
    const given = { ...inputs(), picturePresent: tf.tensor1d([1, 0, 1], 'int32') };
    checkGradients(() => {
      const { states, pooled } = concat.forward(params, given, { random: new RandomStream(1) });
      return tf.concat([tf.reshape(states, [-1]), tf.reshape(pooled, [-1])]);
    }, params.entries());
  });

  it('expresses an interaction that neither half tells: the label is whether two colours are equal', () => {
    // Text and picture each show one of 3 colours; alone, both say "equal" once in 3.
    const pairs = [0, 1, 2].flatMap((a) => [0, 1, 2].map((b) => [a, b] as const));
    const text = tf
      .oneHot(
        tf.tensor1d(
          pairs.map(([a]) => a),
          'int32',
        ),
        6,
      )
      .toFloat();
    const vision = tf
      .oneHot(
        tf.tensor1d(
          pairs.map(([, b]) => b),
          'int32',
        ),
        4,
      )
      .toFloat();
    const labels = tf.tensor1d(
      pairs.map(([a, b]) => Number(a === b)),
      'int32',
    );
    const fused = createFusion(fusionConfigSchema.parse({ kind: 'concat', dropout: 0 }), widths);
    const classes = { width: fused.width, classes: 2 };
    params = createParameters([...fused.specifications(), ...headSpecifications(classes)], 1);
    const given: FusionInputs = {
      textStates: tf.expandDims(text, 1),
      textPooled: text,
      causal: false,
      textMask: null,
      patches: null,
      visionPooled: vision,
      picturePresent: null,
    };
    const loss = () => crossEntropy(head(params, classes, fused.forward(params, given).pooled), labels);
    const optimizer = tf.train.adam(0.02);
    for (let step = 0; step < 60; step++) {
      tf.tidy(() => {
        const { grads } = tf.variableGrads(() => loss() as tf.Scalar, params.variables());
        optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
      });
    }
    expect(tf.tidy(() => loss().dataSync()[0])).toBeLessThan(0.1); // the prior's entropy is 0.6365
    optimizer.dispose();
  });
});

describe('the configuration', () => {
  it('is a name or an object, and names what it does not know', () => {
    expect(fusionConfigSchema.parse('concat')).toEqual({ kind: 'concat', hiddenSize: null, dropout: 0.1 });
    expect(fusionConfigSchema.safeParse('konkat').success).toBe(false);
    expect(fusionConfigSchema.safeParse({ kind: 'concat', hiddenSise: 3 }).success).toBe(false);
  });
});
