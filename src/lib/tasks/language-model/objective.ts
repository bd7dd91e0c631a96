/**
 * @file Language models as objectives: of the next token (autoregressive, GPT) and of masked tokens (autoencoding,
 * BERT). Both minimize the mean cross-entropy of the tokens asked for; both report, over all of them,
 *
 *     loss = −(1/n)·Σ log p(token),   perplexity = e^loss,   bits per byte = n·loss / (ln 2 · bytes of text)
 *
 * the last for the next token alone, and comparable between tokenizers. Sums are kept for each row, so that
 * nothing depends on how the rows are batched.
 */
import type { Task as TaskName } from '../../data';
import { tf } from '../../engine';
import type { FusionOutput } from '../../fusion';
import { crossEntropy, IGNORED, type ParameterScope } from '../../nn';
import { bertNextSentenceLogits, bertNextSentenceSpecifications, type TextNetwork } from '../../text';
import type { BatchSource } from '../source';
import type { Objective, OutputRows, TargetTensors, TaskMetric } from '../task';
import type { LanguageModelSettings, LanguageModelTask } from './blocks';
import type { MaskedBlocks } from './masked-blocks';
import type { PackedBlocks } from './packed-blocks';

/** The objective of either task over a text network, with the settings of the blocks that it learns from. */
export function languageModelObjective(
  name: LanguageModelTask,
  network: TextNetwork,
  settings: LanguageModelSettings,
): Objective {
  const pairs = settings.sentencePairs !== 'none';
  const { labelSmoothing } = settings;
  const made =
    name === 'causal-lm'
      ? causalLanguageModel(network, labelSmoothing)
      : maskedLanguageModel(network, pairs, labelSmoothing);
  // Its batches come from the blocks that belong to it.
  return { ...(made as unknown as Objective), state: { ...settings } };
}

/** Logits [N, V] and labels [N] of the tokens that the batch asks for. */
type Asked = (
  params: ParameterScope,
  fused: FusionOutput,
  targets: TargetTensors,
) => { logits: tf.Tensor; labels: tf.Tensor };

/** Predicts the token after each: targets `labels` [B, T]. */
export function causalLanguageModel(network: TextNetwork, labelSmoothing = 0): Objective<PackedBlocks> {
  return objective('causal-lm', network, labelSmoothing, (params, { states }, targets) => ({
    logits: network.languageModel.logits(params, states),
    labels: targets.labels as tf.Tensor,
  }));
}

/** Predicts what is masked: targets `places` and `labels` [B, K]. With `pairs` also BERT's question about a pair: `pair` [B]. */
export function maskedLanguageModel(
  network: TextNetwork,
  pairs = false,
  labelSmoothing = 0,
): Objective<MaskedBlocks> {
  const words = objective<MaskedBlocks>(
    'masked-lm',
    network,
    labelSmoothing,
    (params, { states }, targets) => {
      const [batch, time, width] = states.shape as [number, number, number];
      const rowStarts = tf.reshape(tf.range(0, batch * time, time, 'int32'), [batch, 1]);
      const flat = tf.reshape(tf.add(targets.places as tf.Tensor, rowStarts), [-1]) as tf.Tensor1D;
      const chosen = tf.gather(tf.reshape(states, [batch * time, width]), flat); // [B·K, D]
      return {
        logits: network.languageModel.logits(params, chosen),
        labels: targets.labels as tf.Tensor,
      };
    },
  );
  return pairs ? withPairs(words, network) : words;
}

/** The sum of both losses, as BERT is trained. */
function withPairs(words: Objective<MaskedBlocks>, { config }: TextNetwork): Objective<MaskedBlocks> {
  if (config.modelType !== 'bert')
    throw new TypeError(`sentence pairs need a bert network; this is ${config.modelType}`);
  return {
    ...words,
    specifications: (width) => [...words.specifications(width), ...bertNextSentenceSpecifications(config)],
    loss(params, fused, targets, options) {
      const logits = bertNextSentenceLogits(params, fused.pooled); // [B, 2]
      return tf.add(
        words.loss(params, fused, targets, options),
        crossEntropy(logits, targets.pair as tf.Tensor),
      );
    },
    outputs(params, fused, targets) {
      const best = tf.argMax(bertNextSentenceLogits(params, fused.pooled), -1); // [B]
      const pairRight = tf.cast(tf.equal(best, targets.pair as tf.Tensor), 'float32');
      return { ...words.outputs(params, fused, targets), pairRight };
    },
    metrics(outputs, source) {
      const { data } = outputs.pairRight as OutputRows[string];
      const values = Float64Array.from(data);
      const of = (indices: Int32Array) =>
        indices.reduce((sum, row) => sum + (values[row] as number), 0) / indices.length;
      return [...words.metrics(outputs, source), { name: 'pairAccuracy', values, of }];
    },
  };
}

/** Predicts the next token where `labels` [B, T] ask for it; `loss` of a row is the sum over its tokens. */
export function nextTokenObjective(
  name: TaskName,
  network: TextNetwork,
  labelSmoothing: number,
): Omit<Objective, 'metrics' | 'state'> & { metrics(outputs: OutputRows): TaskMetric[] } {
  const { metrics: _, ...made } = causalLanguageModel(network, labelSmoothing);
  return { ...made, name, metrics: (outputs) => lossMetrics(outputs).slice(0, 2) };
}

function objective<S extends BatchSource & { stream: { textBytes: number; length: number } }>(
  name: LanguageModelTask,
  network: TextNetwork,
  labelSmoothing: number,
  asked: Asked,
): Objective<S> {
  return {
    name,
    state: {},
    mainMetric: { name: 'loss', direction: 'smaller' },
    specifications: () => network.languageModel.specifications(),

    loss(params, fused, targets) {
      const { logits, labels } = asked(params, fused, targets);
      return crossEntropy(logits, labels, { labelSmoothing });
    },

    outputs(params, fused, targets) {
      const { logits, labels } = asked(params, fused, targets);
      const [batch, places] = labels.shape as [number, number];
      const counts = tf.cast(tf.notEqual(labels, tf.scalar(IGNORED, 'int32')), 'float32'); // [B, places]
      const losses = tf.reshape(crossEntropy(logits, labels, { reduction: 'none' }), [batch, places]);
      const best = tf.reshape(tf.argMax(tf.reshape(logits, [batch * places, -1]), -1), [batch, places]);
      const right = tf.cast(tf.equal(best, labels), 'float32');
      return {
        loss: tf.sum(losses, 1),
        right: tf.sum(right, 1),
        count: tf.sum(counts, 1),
      };
    },

    metrics: (outputs, source) => metricsOf(name, outputs, source),
  };
}

/** Loss, perplexity and accuracy of tokens. */
function lossMetrics(outputs: OutputRows): TaskMetric[] {
  const mean = meanOf(outputs);
  return [
    { name: 'loss', of: (indices) => mean('loss', indices) },
    { name: 'perplexity', of: (indices) => Math.exp(mean('loss', indices)) },
    { name: 'accuracy', of: (indices) => mean('right', indices) },
  ];
}

function meanOf(outputs: OutputRows): (output: string, indices: Int32Array) => number {
  const sum = (output: string, indices: Int32Array) => {
    const { data } = outputs[output] as OutputRows[string];
    return indices.reduce((total, row) => total + (data[row] as number), 0);
  };
  return (output, indices) => sum(output, indices) / sum('count', indices);
}

function metricsOf(
  name: LanguageModelTask,
  outputs: OutputRows,
  { stream }: { stream: { textBytes: number; length: number } },
): TaskMetric[] {
  const metrics = lossMetrics(outputs);
  const mean = meanOf(outputs);
  if (name === 'masked-lm') return metrics;
  const bytesPerToken = stream.textBytes / stream.length;
  const bitsPerByte = (indices: Int32Array) => mean('loss', indices) / (Math.LN2 * bytesPerToken);
  return [...metrics, { name: 'bitsPerByte', of: bitsPerByte }];
}
