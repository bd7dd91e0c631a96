/** @file What an attack perturbs: the words' states, or the pictures' pixels; and the batch's loss as a function of δ. */
import { type RandomStream, tf } from '../../engine';
import { InputError } from '../../errors';
import { type ParameterScope, shiftedEmbedding } from '../../nn';
import type { GuidedModel } from '../../tasks/guided-model';
import type { Batch } from '../../tasks/source';
import type { TextConfig } from '../../text';
import type { AdversarialConfig } from '../config';

type Inputs = Batch['inputs'];

/** The table of words of each network, without `.weight`. */
const WORD_TABLES: Record<TextConfig['modelType'], string> = {
  bert: 'bert.embeddings.word_embeddings',
  gpt2: 'transformer.wte',
  llama: 'model.embed_tokens',
  bart: 'model.shared',
};

/** Throws an `InputError` where the model has not what is to be perturbed. */
export function checkPerturbed(model: GuidedModel, on: AdversarialConfig['on']): void {
  if (on === 'embeddings') return;
  const { vision } = model.config;
  if (vision && vision.modelType !== 'features') return;
  throw new InputError(
    `training.adversarial.on: "pixels", but ${vision ? 'frozen features stand in the place of the pixels' : 'a text-only model looks at none'}; use "embeddings", or a vision network that reads pictures`,
  );
}

/** Shape of δ: [B, T, D] of the words, or [B, S, S, 3] of the pixels. */
export function perturbedShape(model: GuidedModel, inputs: Inputs, on: AdversarialConfig['on']): number[] {
  if (on === 'embeddings') return [...inputs.ids.shape, model.network.text.width];
  if (!inputs.pixels) throw new Error('adversarial: this batch has no pixels');
  return inputs.pixels.shape;
}

/** Inputs and parameters under which the model reads the batch perturbed by δ. Pixels stay in [0, 1]. */
export function perturbed(
  model: GuidedModel,
  inputs: Inputs,
  params: ParameterScope,
  on: AdversarialConfig['on'],
  delta: tf.Tensor,
): { inputs: Inputs; params: ParameterScope } {
  if (on === 'embeddings') {
    const table = WORD_TABLES[model.config.text.modelType];
    return { inputs, params: shiftedEmbedding(params, { table, ids: inputs.ids, by: delta }) };
  }
  const pixels = tf.clipByValue(tf.add(inputs.pixels as tf.Tensor, delta), 0, 1);
  return { inputs: { ...inputs, pixels }, params };
}

/** The batch's mean loss [] as a function of δ. */
export function lossAt(
  model: GuidedModel,
  { inputs, targets }: Batch,
  scope: () => ParameterScope,
  on: AdversarialConfig['on'],
  random?: RandomStream,
): (delta: tf.Tensor) => tf.Tensor {
  return (delta) => {
    const read = perturbed(model, inputs, scope(), on, delta);
    return model.loss(read.inputs, targets, random, read.params);
  };
}
