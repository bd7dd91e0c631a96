/** @file Where logits that are not numbers come from: the first layer, and the parameter, that holds one. */
import { tf } from '../engine';
import type { GuidedNetwork } from '../fusion';
import type { ParameterScope } from '../nn';

interface Named extends ParameterScope {
  variables(): tf.Variable[];
  entries?(): [string, tf.Variable][];
}

const areFinite = (values: ArrayLike<number>) => Array.prototype.every.call(values, Number.isFinite);

/** Reads `ids` once more, layer by layer, and throws a `RangeError` that names what it found. */
export async function explainNaN(
  network: GuidedNetwork,
  parameters: Named,
  ids: readonly number[],
): Promise<never> {
  const broken: string[] = [];
  for (const [name, variable] of parameters.entries?.() ?? []) {
    if (!areFinite(await variable.data())) broken.push(name);
  }
  const layer = tf.tidy(() => {
    const input = tf.tensor2d([[...ids]], [1, ids.length], 'int32');
    const { hiddenStates = [] } = network.text.forward(parameters, { ids: input }, { hiddenStates: true });
    return hiddenStates.findIndex((states) => !areFinite(states.dataSync()));
  });
  const place =
    layer > 0
      ? `layer ${layer - 1} of the text network is the first whose states are not finite`
      : layer === 0
        ? 'the embeddings are not finite'
        : 'every layer of the text network is finite: they come from what stands behind it (the picture, the fusion, the vocabulary head)';
  const cause =
    broken.length > 0
      ? `; these parameters hold numbers that are not finite: ${broken.slice(0, 5).join(', ')}${broken.length > 5 ? `, and ${broken.length - 5} more` : ''}`
      : '; its weights are finite, so a number grew too large on the way';
  throw new RangeError(
    `the logits are not numbers: ${place}${cause}. Go back to an earlier checkpoint, or train with a lower learning rate`,
  );
}
