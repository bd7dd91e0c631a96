/** @file Where the text looks: the probabilities that cross-attention gives back, and that asking for them changes nothing. */
import { afterEach, describe, expect, it } from 'vitest';
import { tf } from '../../src/lib/engine';
import { createFusion, type FusionInputs, fusionConfigSchema } from '../../src/lib/fusion';
import { createParameters, layerNorm, linear, type Parameters } from '../../src/lib/nn';
import { leaked, randomTensor } from '../nn/support';
import '../support/matchers';

let params: Parameters;
afterEach(() => params?.dispose());

const [batch, time, patchCount, heads] = [2, 3, 5, 2];
const made = (kind: string, blocks = 1) => {
  const fusion = createFusion(fusionConfigSchema.parse({ kind, heads, blocks }), { text: 4, vision: 6 });
  params = createParameters(fusion.specifications(), 1);
  return fusion;
};
const inputs = (): FusionInputs => ({
  textStates: randomTensor([batch, time, 4], 'states'),
  textPooled: randomTensor([batch, 4], 'pooled'),
  textMask: null,
  causal: true,
  patches: randomTensor([batch, patchCount, 6], 'patches'),
  visionPooled: randomTensor([batch, 6], 'vision'),
  picturePresent: null,
});

describe.each(['cross-attention', 'gated-cross-attention'])('%s', (kind) => {
  it('gives a distribution over the patches for each token, block and head, and the same states', () => {
    const fusion = made(kind, 2);
    const spent = leaked(() =>
      tf.tidy(() => {
        const given = inputs();
        const plain = fusion.forward(params, given);
        const { attentions, states, pooled } = fusion.forward(params, given, { attentions: true });
        expect(plain.attentions).toBeUndefined();
        expect(attentions?.map(({ shape }) => shape)).toEqual(
          Array(2).fill([batch, heads, time, patchCount]),
        );
        for (const block of attentions ?? []) {
          expect(tf.sum(block, 3).dataSync()).toBeClose(Array(batch * heads * time).fill(1), {
            absolute: 1e-6,
          });
        }
        expect(states.arraySync()).toEqual(plain.states.arraySync());
        expect(pooled.arraySync()).toEqual(plain.pooled.arraySync());
      }),
    );
    expect(spent).toBe(0);
  });

  it('is softmax(q·k/√d) of the token itself, not of the pooled state that looks beside it', () => {
    const fusion = made(kind);
    tf.tidy(() => {
      const given = inputs();
      const scope = params.scope('fusion').scope('blocks.0');
      const q = linear(scope, 'query', layerNorm(scope, 'attention_norm', given.textStates, 1e-5));
      const k = linear(scope, 'key', given.patches as tf.Tensor);
      const part = (x: tf.Tensor, head: number) => tf.slice(x, [0, 0, 2 * head], [batch, -1, 2]);
      const [found] = fusion.forward(params, given, { attentions: true }).attentions as [tf.Tensor];
      for (let head = 0; head < heads; head++) {
        const expected = tf.softmax(tf.div(tf.matMul(part(q, head), part(k, head), false, true), Math.SQRT2));
        const got = tf.squeeze(tf.slice(found, [0, head, 0, 0], [batch, 1, time, patchCount]), [1]);
        expect(got.dataSync()).toBeClose(expected.dataSync(), { absolute: 1e-6 });
      }
    });
  });
});

it('a form that does not look has no attention to give', () => {
  const fusion = createFusion(fusionConfigSchema.parse('concat'), { text: 4, vision: 6 });
  params = createParameters(fusion.specifications(), 1);
  tf.tidy(() => {
    expect(fusion.forward(params, inputs(), { attentions: true }).attentions).toBeUndefined();
  });
});
