/**
 * @file A vision checkpoint as a folder with ONNX weights, laid out as on the hub: the network of a fixture that Python
 * `transformers` wrote, put down by the engine's own graph writer with the names that Hugging Face's exporter gives.
 */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { tf } from '../../src/lib/engine';
import type { Value } from '../../src/lib/engine/graph/graph';
import { record } from '../../src/lib/engine/trace/recorder';
import { createParameters } from '../../src/lib/nn';
import { createVisionNetwork, loadVisionCheckpoint } from '../../src/lib/vision';

const FIXTURES = resolve(__dirname, '../parity/fixtures/vision-checkpoints');

/** Writes `folder`; `file` is the weights' name below `onnx/`, `names` those of its outputs. */
export async function writeOnnxCheckpoint(
  folder: string,
  fixture: 'clip' | 'vit',
  file: string,
  names: [states: string, pooled: string | null] = ['last_hidden_state', 'pooler_output'],
): Promise<void> {
  const { config, weights } = await loadVisionCheckpoint(join(FIXTURES, fixture));
  const network = createVisionNetwork(config);
  const params = createParameters(network.specifications(), 1);
  params.load(weights);
  const { imageSize: side, imageMean, imageStd, hiddenSize: width } = config;
  const input = tf.zeros([1, 3, side, side]);
  const recording = record(
    (normalized: tf.Tensor) => {
      const plain = tf.add(tf.mul(tf.transpose(normalized, [0, 2, 3, 1]), imageStd), imageMean);
      const { patches, pooled } = network.forward(params, plain);
      // Where the first state is not asked about, anything may stand there; ViT's pooled state is its first one.
      return [tf.concat([tf.reshape(pooled, [1, 1, width]), patches], 1), pooled];
    },
    [input],
    { name: fixture, state: [], variablesAsConstants: true },
  );
  input.dispose();
  params.dispose();
  const outputs = recording.outputs
    .map(({ value }, i) => ({ name: names[i] ?? '', value }))
    .filter(({ name }) => name !== '');
  for (const { value } of outputs) nameInput(value);
  const { bytes } = recording.graph.finish(outputs, { name: fixture });
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  for (const name of ['config.json', 'preprocessor_config.json']) {
    copyFileSync(join(FIXTURES, fixture, name), join(folder, name));
  }
  writeFileSync(join(folder, 'onnx', file), bytes);
}

/** The graph's one input under the name that exporters give it. */
function nameInput(value: Value): void {
  if (value.producer) for (const input of value.producer.inputs) if (input) nameInput(input);
  if (value.name === 'argument_0') (value as { name: string }).name = 'pixel_values';
}
