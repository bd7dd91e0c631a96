/** @file The compiled functions by which a network reads: texts whole, prompts whose keys and values are kept, one token more. */
import { type Compiled, compile, tf } from '../engine';
import type { GuidedNetwork, ReadOptions, Seen } from '../fusion';
import { compileEncoder, type Encode } from './memories';
import type { LanguageModel } from './network-logits';

export type Tensors = { [name: string]: tf.Tensor };
/** `ids`, `last`, and what is shown; the keys and values of the past, one a layer. */
type Read = Compiled<[Tensors], Tensors>;
type Step = Compiled<[Tensors, tf.Tensor[], tf.Tensor[]], Tensors>;

/** The compiled functions, shared by all texts that a model writes. */
export interface ReadingFunctions {
  read: Read;
  readWithStates: Read;
  prefill: Read;
  prefillWithStates: Read;
  step: Step;
  /** Of encoder–decoder networks. */
  encode?: Encode;
}

/** Rows padded on the right: what stands behind a token is not seen by it. */
export function compileReading(
  network: GuidedNetwork,
  parameters: LanguageModel['parameters'],
): ReadingFunctions {
  const state = parameters.variables();
  const logitsOf = (states: tf.Tensor) => network.text.languageModel.logits(parameters, states);
  const { decoder } = network.text;
  const statesOf = (inputs: Tensors, options: ReadOptions) => {
    const { ids, memory, memoryMask, patches, visionPooled, present } = inputs as Record<string, tf.Tensor>;
    if (decoder) {
      const { past, ...rest } = options;
      const own = { ids: ids as tf.Tensor, memory: memory as tf.Tensor, memoryMask, past };
      return decoder.forward(parameters, own, rest);
    }
    const seen = patches ? { ...({ patches, visionPooled } as Seen), present: present ?? null } : null;
    return network.read(parameters, { ids: ids as tf.Tensor }, seen, options);
  };
  const reading = (name: string, withStates: boolean, keysAndValues: boolean): Read =>
    compile(
      (inputs) => {
        const { last } = inputs as { last: tf.Tensor };
        const fused = statesOf(inputs, { keysAndValues });
        const flat = tf.reshape(fused.states, [-1, network.width]);
        const ends = tf.gather(flat, last as tf.Tensor1D); // [B, D]
        const kept = fused.keysAndValues;
        return {
          logits: logitsOf(ends),
          ...(withStates ? { states: fused.states } : {}),
          ...(kept ? { keys: tf.stack(kept.keys), values: tf.stack(kept.values) } : {}),
        };
      },
      { state, name },
    );
  return {
    read: reading('next token', false, false),
    readWithStates: reading('next token with states', true, false),
    prefill: reading('prompt', false, true),
    prefillWithStates: reading('prompt with states', true, true),
    step: compile(
      (inputs, keys, values) => {
        const { lengths } = inputs as { lengths: tf.Tensor };
        const pictureTokens = decoder ? 0 : network.pictureTokenCount;
        const past = { keys, values, lengths, pictureTokens };
        const fused = statesOf(inputs, { past, keysAndValues: true });
        const states = tf.reshape(fused.states, [-1, network.width]); // [B, D]
        const kept = fused.keysAndValues as NonNullable<typeof fused.keysAndValues>;
        return {
          logits: logitsOf(states),
          states,
          keys: tf.stack(kept.keys),
          values: tf.stack(kept.values),
        };
      },
      { state, name: 'step' },
    ),
    ...(decoder ? { encode: compileEncoder(network, parameters) } : {}),
  };
}
