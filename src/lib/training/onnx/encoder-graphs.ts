/**
 * @file The graphs of models that read a text whole: `model` of classifiers, taggers and masked language models
 * (text, and picture where the model looks → logits), and `encoder_model` and `decoder_model_merged` of encoder–decoder
 * networks. The decoder reads the encoder's states at each step, and keeps the keys and values of what it wrote.
 */
import { tf } from '../../engine';
import type { GuidedInputs, GuidedNetwork, GuidedOutput } from '../../fusion';
import type { ParameterScope } from '../../nn';
import type { TextDecoder } from '../../text';
import type { GraphFunction } from './decoder-graphs';
import {
  BATCH,
  cacheInputs,
  cacheShape,
  type Inputs,
  integers,
  PAST,
  pastOf,
  pictureInputs,
  pixelsOf,
  presence,
  presentOf,
  reals,
  SEQUENCE,
  type Tensors,
  tensorNamed,
} from './signature';

/** `model`: `logitsOf` the fused states; `relevance` [batch_size], what a gate says of the picture. */
export function wholeTextGraph(
  network: GuidedNetwork,
  params: ParameterScope,
  logitsOf: (fused: GuidedOutput, tensors: Tensors) => tf.Tensor,
  further: Inputs = {},
): GraphFunction {
  return {
    inputs: { ...textInputs(network), ...further, ...seeing(network) },
    dimensions: { [BATCH]: Infinity, [SEQUENCE]: network.text.maxLength },
    fn(tensors) {
      const fused = network.forward(params, guidedInputs(network, tensors));
      const { relevance } = fused;
      return {
        logits: logitsOf(fused, tensors),
        ...(relevance ? { relevance: tf.sigmoid(relevance.logits) } : {}),
      };
    },
  };
}

export function encoderDecoderGraphs(
  network: GuidedNetwork,
  params: ParameterScope,
  decoder: TextDecoder,
): { [file: string]: GraphFunction } {
  return {
    encoder_model: {
      inputs: { ...textInputs(network), ...seeing(network) },
      dimensions: { [BATCH]: Infinity, [SEQUENCE]: network.text.maxLength },
      fn: (tensors) => ({
        last_hidden_state: network.forward(params, guidedInputs(network, tensors)).states,
      }),
    },
    decoder_model_merged: decoderBesideEncoder(network, params, decoder),
  };
}

function decoderBesideEncoder(
  network: GuidedNetwork,
  params: ParameterScope,
  decoder: TextDecoder,
): GraphFunction {
  const { text } = network;
  const { layers } = cacheShape(text.config, PAST);
  const written = 'decoder_sequence_length';
  return {
    inputs: {
      input_ids: integers(BATCH, written),
      encoder_attention_mask: integers(BATCH, SEQUENCE),
      encoder_hidden_states: reals(BATCH, SEQUENCE, network.width),
      ...cacheInputs(text.config, 'decoder'),
    },
    dimensions: { [BATCH]: Infinity, [SEQUENCE]: Infinity, [written]: decoder.maxLength, [PAST]: Infinity },
    mayBeEmpty: [PAST],
    fn(tensors) {
      const ids = tensorNamed(tensors, 'input_ids');
      const kept = pastOf(tensors, layers, 'decoder');
      const [batch] = ids.shape as [number];
      const before = kept.keys[0]?.shape[2] as number;
      const past = {
        ...kept,
        filled: tf.ones([batch, before], 'int32'),
        lengths: tf.fill([batch], before, 'int32'), // all rows have written as much
        pictureTokens: 0,
      };
      const { states, keysAndValues } = decoder.forward(
        params,
        {
          ids,
          memory: tensorNamed(tensors, 'encoder_hidden_states'),
          memoryMask: tensorNamed(tensors, 'encoder_attention_mask'),
          past,
        },
        { keysAndValues: true },
      );
      const now = keysAndValues as NonNullable<typeof keysAndValues>;
      return { logits: text.languageModel.logits(params, states), ...presentOf(now, 'decoder') };
    },
  };
}

function textInputs({ text }: GuidedNetwork): Inputs {
  return {
    input_ids: integers(BATCH, SEQUENCE),
    attention_mask: integers(BATCH, SEQUENCE),
    ...(text.config.modelType === 'bert' ? { token_type_ids: integers(BATCH, SEQUENCE) } : {}),
  };
}

function seeing({ vision }: GuidedNetwork): Inputs {
  return vision ? { ...pictureInputs(vision), ...presence } : {};
}

function guidedInputs({ vision }: GuidedNetwork, tensors: Tensors): GuidedInputs {
  return {
    ids: tensorNamed(tensors, 'input_ids'),
    mask: tensorNamed(tensors, 'attention_mask'),
    ...(tensors.token_type_ids ? { tokenTypes: tensors.token_type_ids } : {}),
    ...(vision ? { pixels: pixelsOf(tensors), picturePresent: tensorNamed(tensors, 'image_present') } : {}),
  };
}
