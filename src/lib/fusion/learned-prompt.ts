/**
 * @file What a network is told by learned states instead of words, while it stays as it is:
 *
 *     soft      P states that are read beside the words, as if they were tokens (Lester et al. 2021)
 *     prefix    keys and values of P tokens before the text, in every layer (Li and Liang 2021)
 *
 * A causal network reads soft prompts before the text, one that sees both sides behind it (where picture tokens stand).
 * Left out: the network that Li and Liang make a prefix with while it learns.
 */
import { z } from 'zod';
import { tf } from '../engine';
import { InputError } from '../errors';
import { normal, type ParameterScope, type ParameterSpecification } from '../nn';
import {
  attentionShape,
  createTextNetwork,
  type KeysAndValues,
  type Past,
  type TextConfig,
  type TextOutput,
} from '../text';

export const promptConfigSchema = z.strictObject({
  kind: z.enum(['soft', 'prefix']).default('soft'),
  /** States, or places before the text, P. */
  length: z.int().positive().default(8),
});
export type PromptConfig = z.infer<typeof promptConfigSchema>;

/** Throws an `InputError` where the network, or a fusion with picture tokens of its own, leaves a prefix no place. */
export function checkPrompt(prompt: PromptConfig, text: TextConfig, hasPictureTokens: boolean): void {
  if (prompt.kind !== 'prefix') return;
  if (text.modelType === 'bart') {
    throw new InputError('model.prompt: a prefix of an encoder–decoder network is not known; use "soft"');
  }
  if (hasPictureTokens) {
    throw new InputError(
      'model.prompt: a prefix stands where the picture tokens of this fusion do; use "soft", or another fusion',
    );
  }
}

/** `prompt.states` [P, D], or `prompt.keys` and `prompt.values` [layers, H, P, d]. */
export function promptSpecifications(
  { kind, length }: PromptConfig,
  text: TextConfig,
): ParameterSpecification[] {
  const initialize = normal(text.modelType === 'bart' ? text.initStd : text.initializerRange);
  if (kind === 'soft') {
    return [{ name: 'prompt.states', shape: [length, createTextNetwork(text).width], initialize }];
  }
  const { layers, heads, headWidth } = attentionShape(text);
  return ['keys', 'values'].map((name) => ({
    name: `prompt.${name}`,
    shape: [layers, heads, length, headWidth],
    initialize,
  }));
}

/** The soft prompt for each of `batch` rows, picture tokens [B, p, D] behind it where there are any: [B, P + p, D]. */
export function softPrompt(params: ParameterScope, batch: number, pictureTokens?: tf.Tensor): tf.Tensor {
  const states = tf.tile(tf.expandDims(params.get('prompt.states'), 0), [batch, 1, 1]);
  return pictureTokens ? tf.concat([states, pictureTokens], 1) : states;
}

/** The picture's states without those of the soft prompt before them. */
export function afterSoftPrompt({ length }: PromptConfig, read: TextOutput): TextOutput {
  const { pictureStates, ...others } = read;
  if (!pictureStates) return read;
  const [batch, all, width] = pictureStates.shape as [number, number, number];
  if (all === length) return others;
  return { ...others, pictureStates: tf.slice(pictureStates, [0, length, 0], [batch, all - length, width]) };
}

/** The prefix as tokens that were read before, for each of `batch` rows. */
export function prefixPast(params: ParameterScope, { length }: PromptConfig, batch: number): Past {
  const layers = (name: string) => {
    const all = params.get(`prompt.${name}`);
    const [count, ...shape] = all.shape as [number, number, number, number];
    return Array.from(
      { length: count },
      (_, layer) => tf.tile(tf.slice(all, [layer, 0, 0, 0], [1, ...shape]), [batch, 1, 1, 1]), // [B, H, P, d]
    );
  };
  return {
    keys: layers('keys'),
    values: layers('values'),
    lengths: tf.fill([batch], length, 'int32'),
    pictureTokens: length,
  };
}

/** What a cache has to keep: the prefix, then the tokens' own. */
export function afterPrefix(prefix: Past, own: KeysAndValues): KeysAndValues {
  const join = (before: readonly tf.Tensor[], after: readonly tf.Tensor[]) =>
    after.map((layer, i) => tf.concat([before[i] as tf.Tensor, layer], 2));
  return { keys: join(prefix.keys, own.keys), values: join(prefix.values, own.values) };
}
