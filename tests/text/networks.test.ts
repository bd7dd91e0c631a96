import { afterEach, describe, expect, it } from 'vitest';
import { tf } from '../../src/lib/engine';
import { createParameters, crossEntropy, type Parameters } from '../../src/lib/nn';
import {
  type BertConfig,
  bertMaskedWordLogits,
  bertMaskedWordSpecifications,
  bertNextSentenceLogits,
  bertNextSentenceSpecifications,
  createTextNetwork,
  type Gpt2Config,
  gpt2Logits,
  type LlamaConfig,
  llamaLogits,
  textConfigFromHuggingFace,
  textConfigToHuggingFace,
} from '../../src/lib/text';
import { checkAgainstOriginal } from '../parity/check-network';
import { arrays, type NetworkFixture, readFixture, tensor } from '../parity/read-fixture';

/** Next-token loss as Hugging Face counts it: the state at t is asked for the label at t + 1. */
function causalLoss(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  const [batch, time, vocabulary] = logits.shape as [number, number, number];
  return crossEntropy(
    tf.slice(logits, [0, 0, 0], [batch, time - 1, vocabulary]),
    tf.slice(labels, [0, 1], [batch, time - 1]),
  );
}

let params: Parameters;
let held: tf.Tensor[] = [];
afterEach(() => {
  params.dispose();
  tf.dispose(held);
  held = [];
});

function inputsOf(fixture: NetworkFixture) {
  const get = (name: string) => {
    const one = tensor(fixture.inputs[name]);
    held.push(one);
    return one;
  };
  return { ids: get('input_ids'), mask: get('attention_mask'), labels: get('labels'), get };
}

describe('text networks against Python transformers', () => {
  it('BERT with both pretraining heads', () => {
    const fixture = readFixture('bert');
    const config = textConfigFromHuggingFace(fixture.config) as BertConfig;
    const network = createTextNetwork(config);
    params = createParameters(
      [
        ...network.specifications(),
        ...bertMaskedWordSpecifications(config),
        ...bertNextSentenceSpecifications(config),
      ],
      1,
    );
    params.load(arrays(fixture.parameters));
    const { ids, mask, labels, get } = inputsOf(fixture);
    const tokenTypes = get('token_type_ids');
    const next = get('next_sentence_label');
    checkAgainstOriginal(params, fixture, () => {
      const { states, pooled } = network.forward(params, { ids, mask, tokenTypes });
      const logits = bertMaskedWordLogits(params, config, states);
      const nextLogits = bertNextSentenceLogits(params, pooled);
      return {
        loss: tf.add(crossEntropy(logits, labels), crossEntropy(nextLogits, next)),
        outputs: { logits, next_sentence_logits: nextLogits },
      };
    });
  });

  it('BERT of no layers is what BERT of two has below them', () => {
    const fixture = readFixture('bert');
    const config = textConfigFromHuggingFace(fixture.config) as BertConfig;
    const layers = createTextNetwork(config);
    const none = createTextNetwork({ ...config, numHiddenLayers: 0 });
    params = createParameters(layers.specifications(), 1);
    const names = none.specifications().map(({ name }) => name);
    expect(names.filter((name) => name.includes('layer.'))).toEqual([]);
    const { ids, mask } = inputsOf(fixture);
    tf.tidy(() => {
      const [embedded] = layers.forward(params, { ids, mask }, { hiddenStates: true }).hiddenStates ?? [];
      const { states } = none.forward(params, { ids, mask });
      expect(states.dataSync()).toEqual((embedded as tf.Tensor).dataSync());
    });
  });

  it('GPT-2 with its tied head', () => {
    const fixture = readFixture('gpt2');
    const network = createTextNetwork(textConfigFromHuggingFace(fixture.config));
    params = createParameters(network.specifications(), 1);
    params.load(arrays(fixture.parameters));
    const { ids, mask, labels } = inputsOf(fixture);
    checkAgainstOriginal(params, fixture, () => {
      const logits = gpt2Logits(params, network.forward(params, { ids, mask }).states);
      return { loss: causalLoss(logits, labels), outputs: { logits } };
    });
  });

  it('Llama with grouped queries', () => {
    const fixture = readFixture('llama');
    const config = textConfigFromHuggingFace(fixture.config) as LlamaConfig;
    expect(config.numKeyValueHeads).toBe(2);
    const network = createTextNetwork(config);
    params = createParameters(network.specifications(), 1);
    params.load(arrays(fixture.parameters));
    const { ids, mask, labels } = inputsOf(fixture);
    checkAgainstOriginal(params, fixture, () => {
      const logits = llamaLogits(params, config, network.forward(params, { ids, mask }).states);
      return { loss: causalLoss(logits, labels), outputs: { logits } };
    });
  });

  it('configurations survive the way to config.json and back', () => {
    params = createParameters([], 1);
    for (const name of ['bert', 'gpt2', 'llama']) {
      const config = textConfigFromHuggingFace(readFixture(name).config);
      expect(textConfigFromHuggingFace(textConfigToHuggingFace(config, 'X'))).toEqual(config);
    }
    const gpt2 = textConfigFromHuggingFace({ model_type: 'gpt2', n_embd: 32, n_head: 4 }) as Gpt2Config;
    expect(textConfigToHuggingFace(gpt2, 'GPT2LMHeadModel')).toMatchObject({ n_embd: 32, n_positions: 1024 });
  });
});
