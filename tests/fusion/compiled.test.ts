/** @file The whole guided network, CNN, BERT and concat with dropout: compiled and eager gradients are the same. */
import { expect, it } from 'vitest';
import { compile, RandomStream, tf, use } from '../../src/lib/engine';
import { createFusion, fusionConfigSchema } from '../../src/lib/fusion';
import { createParameters, crossEntropy, head, headSpecifications } from '../../src/lib/nn';
import { Generator } from '../../src/lib/random';
import { createTextNetwork, textConfigSchema } from '../../src/lib/text';
import { createVisionNetwork, visionConfigSchema } from '../../src/lib/vision';

it('compiled equals eager: loss and every gradient to 1e-4', async () => {
  const text = createTextNetwork(
    textConfigSchema.parse({
      modelType: 'bert',
      vocabSize: 9,
      hiddenSize: 8,
      numHiddenLayers: 1,
      numAttentionHeads: 2,
      intermediateSize: 12,
      maxPositionEmbeddings: 5,
      initializerRange: 0.3,
    }),
  );
  const vision = createVisionNetwork(
    visionConfigSchema.parse({ modelType: 'cnn', imageSize: 16, channels: [4, 6], blocks: 1 }),
  );
  const fusion = createFusion(fusionConfigSchema.parse('concat'), { text: 8, vision: vision.width });
  const classes = { width: fusion.width, classes: 3, dropout: 0.1 };
  const params = createParameters(
    [text, vision, fusion].flatMap((part) => part.specifications()).concat(headSpecifications(classes)),
    1,
  );
  params.get('cnn.blocks.0.scale').assign(tf.tensor1d([0.5]));
  const generator = new Generator(1, 'pixels');
  const inputs = {
    ids: tf.tensor2d(
      [
        [1, 2, 3, 4],
        [5, 6, 0, 0],
      ],
      [2, 4],
      'int32',
    ), // [B, T]
    mask: tf.tensor2d(
      [
        [1, 1, 1, 1],
        [1, 1, 0, 0],
      ],
      [2, 4],
      'int32',
    ),
    pixels: tf.tensor(
      Float32Array.from({ length: 2 * 16 * 16 * 3 }, () => generator.uniform()),
      [2, 16, 16, 3],
    ),
    present: tf.tensor1d([1, 0]),
    labels: tf.tensor1d([2, 0], 'int32'),
  };
  const variables = params.variables();
  const step = (random: RandomStream) => (given: typeof inputs) => {
    const { value, grads } = tf.variableGrads(() => {
      const options = { random };
      const read = text.forward(params, given, options);
      const seen = vision.forward(params, given.pixels, options);
      const { pooled } = fusion.forward(
        params,
        {
          textStates: read.states,
          textPooled: read.pooled,
          causal: false,
          textMask: given.mask,
          patches: seen.patches,
          visionPooled: seen.pooled,
          picturePresent: given.present,
        },
        options,
      );
      return crossEntropy(head(params, classes, pooled, options), given.labels) as tf.Scalar;
    }, variables);
    // The positions of patches reach no pooled state, and so have no gradient here.
    return {
      value,
      gradients: variables.map((variable) => grads[variable.name] ?? tf.zeros(variable.shape)),
    };
  };
  await use({ device: 'cpu' });
  const compiled = compile(step(new RandomStream(1)), { state: variables, name: 'guided loss' });
  const found = await compiled(inputs);
  const wanted = step(new RandomStream(1))(inputs);
  expect(await found.value.data()).toBeClose(await wanted.value.data(), { relative: 1e-5 });
  for (const [i, name] of params.names().entries()) {
    const [a, b] = [found.gradients[i] as tf.Tensor, wanted.gradients[i] as tf.Tensor];
    const reference = await b.data();
    const largest = Math.max(...[...reference].map(Math.abs));
    expect(await a.data(), name).toBeClose(reference, { absolute: 1e-4 * largest + 1e-7, relative: 0 });
  }
  compiled.dispose();
});
