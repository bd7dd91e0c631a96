/**
 * @file A trained classifier as a scorer of texts against a picture, for MAGIC and reranking: the score is the logarithm
 * of the probability of one label, "match" for a classifier of `data.matchingRecords`.
 */
import { join } from 'node:path';
import type { ImageTextScorer } from '../decoding';
import { compile, tf } from '../engine';
import { InputError } from '../errors';
import type { Seen } from '../fusion';
import { pictureStoreFor } from '../vision';
import { loadTrainedModel } from './trained-model';

export interface LoadedScorer {
  /** A picture file as the classifier takes it. Throws an `InputError` where it cannot be decoded. */
  picture(path: string): Promise<Float32Array>;
  /** A scorer about pictures, one a prompt. */
  about(pictures: readonly Float32Array[]): ImageTextScorer;
  dispose(): void;
}

/** Rows are padded to a multiple of this, so that few shapes are compiled. */
const STEP = 8;

/** Throws an `InputError` where the run is no classifier that looks at pictures, or has no such label. */
export async function loadImageTextScorer(directory: string, label = 'match'): Promise<LoadedScorer> {
  const { model, task, tokenizer } = await loadTrainedModel(join(directory, 'model'));
  const labels = (task.state.labels as string[] | undefined) ?? [];
  const at = labels.indexOf(label);
  const { network, parameters } = model;
  const { vision } = network;
  if (task.name !== 'classification' || at < 0 || !vision) {
    model.dispose();
    const why =
      task.name !== 'classification'
        ? `a ${task.name} model`
        : vision
          ? `its labels are ${labels.join(', ')}`
          : 'it was trained on text alone';
    throw new InputError(
      `${directory}: cannot score texts against pictures by the label ${JSON.stringify(label)}: ${why}; train a classifier of data.matchingRecords`,
    );
  }
  const store = pictureStoreFor(vision);
  const state = parameters.variables();
  const see = compile((pixels: tf.Tensor) => network.see(parameters, pixels) as Seen, {
    state,
    name: 'seeing',
  });
  const judge = compile(
    (ids: tf.Tensor, mask: tf.Tensor, patches: tf.Tensor, visionPooled: tf.Tensor) => {
      const rows = ids.shape[0] as number;
      const all = (one: tf.Tensor) => tf.broadcastTo(one, [rows, ...one.shape.slice(1)]);
      const shown = { patches: all(patches), visionPooled: all(visionPooled), present: null };
      const { probabilities } = task.outputs(parameters, network.read(parameters, { ids, mask }, shown), {});
      return probabilities as tf.Tensor;
    },
    { state, name: 'matching' },
  );
  const seen = new Map<Float32Array, Seen>();
  const look = async (picture: Float32Array) => {
    const held = seen.get(picture);
    if (held) return held;
    const pixels = tf.tensor(picture, [1, ...store.shape]);
    const found = await see(pixels);
    pixels.dispose();
    seen.set(picture, found);
    return found;
  };
  return {
    picture: (path) => store.batch([path]),
    about: (pictures) => ({
      async score(texts, source) {
        const { patches, visionPooled } = await look(pictures[source] as Float32Array);
        const rows = Array.from(
          { length: Math.ceil(texts.length / STEP) * STEP },
          (_, i) => texts[Math.min(i, texts.length - 1)] as string,
        );
        const { maxLength } = network.text;
        const longest = tokenizer
          .encodeBatch(rows, { maxLength, truncation: 'right' })
          .lengths.reduce((most, length) => Math.max(most, length), 1);
        const padTo = Math.min(maxLength, Math.ceil(longest / STEP) * STEP);
        const { shape, ids, attentionMask } = tokenizer.encodeBatch(rows, {
          maxLength,
          padTo,
          truncation: 'right',
        });
        const inputs = [
          tf.tensor2d(ids, shape, 'int32'),
          tf.tensor2d(attentionMask, shape, 'int32'),
        ] as const;
        const probabilities = await judge(...inputs, patches, visionPooled);
        const values = probabilities.dataSync();
        tf.dispose([...inputs, probabilities]);
        return texts.map((_, row) => Math.log(Math.max(values[row * labels.length + at] as number, 1e-12)));
      },
    }),
    dispose() {
      for (const found of seen.values()) tf.dispose([found.patches, found.visionPooled]);
      see.dispose();
      judge.dispose();
      model.dispose();
    },
  };
}
