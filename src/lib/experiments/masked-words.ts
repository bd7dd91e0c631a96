/** @file What a masked language model would put where a text says [MASK]. */
import type { LanguageModel } from '../decoding';
import { compile, tf } from '../engine';
import { InputError } from '../errors';
import { shownToken } from './shown-tokens';

export interface Guess {
  token: string;
  probability: number;
}

/** For each [MASK] of the text, in order, its `top` likeliest tokens. Throws an `InputError` where there is none. */
export async function fillMasks(model: LanguageModel, text: string, top = 5): Promise<Guess[][]> {
  const { network, parameters, tokenizer } = model;
  const { ids } = tokenizer.encode(text);
  const places = [...ids.keys()].filter((i) => ids[i] === tokenizer.maskId);
  if (tokenizer.maskId === null || places.length === 0)
    throw new InputError(`fillMasks: there is no [MASK] in ${JSON.stringify(text)}`);
  const guess = compile(
    (input: tf.Tensor, at: tf.Tensor): tf.Tensor => {
      const { states } = network.forward(parameters, { ids: input }); // [1, T, D]
      const chosen = tf.gather(tf.reshape(states, states.shape.slice(1)), at as tf.Tensor1D);
      return tf.softmax(network.languageModel.logits(parameters, chosen)); // [K, V]
    },
    { state: parameters.variables(), name: 'masked words' },
  );
  const inputs = [tf.tensor2d([ids], [1, ids.length], 'int32'), tf.tensor1d(places, 'int32')] as const;
  const probabilities = await guess(...inputs);
  const rows = probabilities.arraySync() as number[][];
  tf.dispose([probabilities, ...inputs]);
  guess.dispose();
  return rows.map((row) =>
    [...row.keys()]
      .sort((a, b) => (row[b] as number) - (row[a] as number) || a - b)
      .slice(0, top)
      .map((id) => ({ token: shownToken(tokenizer, id), probability: row[id] as number })),
  );
}
