/** @file The networks compiled, against the same originals: loss and the gradient of every parameter in one graph. */
import { afterEach, describe, expect, it } from 'vitest';
import { compile, tf, use } from '../../src/lib/engine';
import { createParameters, crossEntropy, head, headSpecifications, type Parameters } from '../../src/lib/nn';
import {
  type BertConfig,
  bertMaskedWordLogits,
  bertMaskedWordSpecifications,
  bertNextSentenceLogits,
  bertNextSentenceSpecifications,
  createTextNetwork,
  gpt2Logits,
  type LlamaConfig,
  llamaLogits,
  textConfigFromHuggingFace,
} from '../../src/lib/text';
import { createVisionNetwork, vitConfigFromHuggingFace } from '../../src/lib/vision';
import { arrays, type NetworkFixture, readFixture, tensor, values } from './read-fixture';

let params: Parameters;
afterEach(() => params.dispose());

/** Runs loss and gradients as one compiled graph and compares them with the fixture's. */
async function check(
  fixture: NetworkFixture,
  inputs: tf.Tensor[],
  loss: (...inputs: tf.Tensor[]) => tf.Tensor,
) {
  await use({ device: 'cpu' });
  const variables = params.variables();
  const step = compile(
    (given: tf.Tensor[]) => {
      const { value, grads } = tf.variableGrads(() => loss(...given) as tf.Scalar, variables);
      return { value, gradients: variables.map((variable) => grads[variable.name] as tf.Tensor) };
    },
    { state: variables, name: 'loss and gradients' },
  );
  const { value, gradients } = await step(inputs);
  expect(await value.data()).toBeClose([fixture.loss], { relative: 1e-5 });
  for (const [i, name] of params.names().entries()) {
    const wanted = values(fixture.gradients[name] as NonNullable<NetworkFixture['pixels']>);
    const largest = Math.max(...[...wanted].map(Math.abs));
    const found = await (gradients[i] as tf.Tensor).data();
    expect(found, name).toBeClose(wanted, { absolute: 1e-3 * largest + 1e-6, relative: 0 });
  }
  step.dispose();
  tf.dispose([value, gradients, inputs]);
}

const nextToken = (logits: tf.Tensor, labels: tf.Tensor) => {
  const [batch, time, vocabulary] = logits.shape as [number, number, number];
  const before = tf.slice(logits, [0, 0, 0], [batch, time - 1, vocabulary]);
  return crossEntropy(before, tf.slice(labels, [0, 1], [batch, time - 1]));
};

describe('compiled networks against Python transformers', () => {
  it('bert', async () => {
    const fixture = readFixture('bert');
    const config = textConfigFromHuggingFace(fixture.config) as BertConfig;
    const network = createTextNetwork(config);
    const heads = [...bertMaskedWordSpecifications(config), ...bertNextSentenceSpecifications(config)];
    params = createParameters([...network.specifications(), ...heads], 1);
    params.load(arrays(fixture.parameters));
    const { input_ids, attention_mask, token_type_ids, labels, next_sentence_label } = fixture.inputs;
    const inputs = [input_ids, attention_mask, token_type_ids, labels, next_sentence_label].map(tensor);
    await check(fixture, inputs, (...given) => {
      const [ids, mask, tokenTypes, wanted, next] = given as [tf.Tensor, ...tf.Tensor[]];
      const { states, pooled } = network.forward(params, { ids, mask, tokenTypes });
      return tf.add(
        crossEntropy(bertMaskedWordLogits(params, config, states), wanted as tf.Tensor),
        crossEntropy(bertNextSentenceLogits(params, pooled), next as tf.Tensor),
      );
    });
  });

  it.each(['gpt2', 'llama'])('%s', async (name) => {
    const fixture = readFixture(name);
    const config = textConfigFromHuggingFace(fixture.config);
    const network = createTextNetwork(config);
    params = createParameters(network.specifications(), 1);
    params.load(arrays(fixture.parameters));
    const { input_ids, attention_mask, labels } = fixture.inputs;
    await check(fixture, [tensor(input_ids), tensor(attention_mask), tensor(labels)], (ids, mask, wanted) => {
      const { states } = network.forward(params, { ids: ids as tf.Tensor, mask });
      const logits =
        name === 'gpt2' ? gpt2Logits(params, states) : llamaLogits(params, config as LlamaConfig, states);
      return nextToken(logits, wanted as tf.Tensor);
    });
  });

  it('vit', async () => {
    const fixture = readFixture('vit');
    const network = createVisionNetwork(vitConfigFromHuggingFace(fixture.config));
    const classes = { width: network.width, classes: 5 };
    params = createParameters([...network.specifications(), ...headSpecifications(classes)], 1);
    params.load(arrays(fixture.parameters));
    await check(fixture, [tensor(fixture.pixels), tensor(fixture.inputs.labels)], (pixels, labels) =>
      crossEntropy(
        head(params, classes, network.forward(params, pixels as tf.Tensor).pooled),
        labels as tf.Tensor,
      ),
    );
  });
});
