/** @file FiLM against PyTorch (tests/parity/film.py): what comes out, and the gradient of every parameter. */
import { afterEach, expect, it } from 'vitest';
import { tf } from '../../src/lib/engine';
import { createFusion, type FusionInputs, fusionConfigSchema, GuidedNetwork } from '../../src/lib/fusion';
import { createParameters, type Parameters } from '../../src/lib/nn';
import { textConfigSchema } from '../../src/lib/text';
import { visionConfigSchema } from '../../src/lib/vision';
import { readFixture, tensor, values } from '../parity/read-fixture';

let params: Parameters;
afterEach(() => params?.dispose());

it.each(['film', 'film-norm-picture'])(
  '%s equals PyTorch to 1e-5, and every gradient to 1e-4 of its largest element',
  (name) => {
    const fixture = readFixture(name);
    const fusion = createFusion(fusionConfigSchema.parse(fixture.config), { text: 6, vision: 5 });
    params = createParameters(fusion.specifications(), 1);
    tf.tidy(() => {
      expect(params.names().toSorted()).toEqual(
        Object.keys(fixture.parameters)
          .map((name) => `fusion.${name}`)
          .toSorted(),
      );
      for (const [name, packed] of Object.entries(fixture.parameters))
        params.get(`fusion.${name}`).assign(tensor(packed));
      const { inputs } = fixture;
      const given: FusionInputs = {
        textStates: tensor(inputs.textStates),
        textPooled: tensor(inputs.textPooled),
        textMask: null,
        causal: false,
        patches: tensor(inputs.patches),
        visionPooled: null,
        picturePresent: tensor(inputs.picturePresent),
      };
      const outputs = () => {
        const both = fusion.forward(params, given);
        const causalStates = fusion.forward(params, { ...given, causal: true }).states;
        return { pooled: both.pooled, states: both.states, causalStates };
      };
      for (const [name, found] of Object.entries(outputs())) {
        const packed = fixture.outputs[name] as NonNullable<(typeof fixture.outputs)[string]>;
        expect(found.dataSync(), name).toBeClose(values(packed), { absolute: 1e-5, relative: 1e-5 });
      }
      const { value, grads } = tf.variableGrads(
        () => tf.addN(Object.values(outputs()).map((one) => tf.mean(tf.square(one)))) as tf.Scalar,
        params.variables(),
      );
      expect(value.dataSync()).toBeClose([fixture.loss], { relative: 1e-5 });
      for (const [name, variable] of params.entries()) {
        const packed = fixture.gradients[name.replace('fusion.', '')];
        const wanted = values(packed as NonNullable<typeof packed>);
        const largest = Math.max(...[...wanted].map(Math.abs));
        expect((grads[variable.name] as tf.Tensor).dataSync(), name).toBeClose(wanted, {
          absolute: 1e-4 * largest,
          relative: 0,
        });
      }
    });
  },
);

it('patches that make no square map are refused before anything is made of them', () => {
  const make = (imageSize: number) =>
    new GuidedNetwork({
      text: textConfigSchema.parse({ modelType: 'bert', hiddenSize: 8, numAttentionHeads: 2 }),
      vision: visionConfigSchema.parse({ modelType: 'cnn', imageSize, channels: [4] }),
      fusion: fusionConfigSchema.parse('film'),
      pooling: 'mean',
    });
  expect(() => make(8)).not.toThrow();
  const fusion = createFusion(fusionConfigSchema.parse('film'), { text: 6, vision: 5 });
  params = createParameters(fusion.specifications(), 1);
  const forward = () =>
    tf.tidy(
      () =>
        fusion.forward(params, {
          textStates: tf.zeros([1, 2, 6]),
          textPooled: tf.zeros([1, 6]),
          textMask: null,
          causal: false,
          patches: tf.zeros([1, 5, 5]),
          visionPooled: null,
          picturePresent: null,
        }).pooled,
    );
  expect(forward).toThrow('5 patches make no square map');
});
