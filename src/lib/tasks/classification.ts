/**
 * @file Classification: one label for a text and its picture. Head: dropout and a linear layer on the pooled fused
 * state; loss: cross-entropy over the labels, or binary cross-entropy on one logit where there are two.
 */

import { type ClassificationRecord, encodeLabels, labelNames, type RecordSet } from '../data';
import { tf } from '../engine';
import { InputError } from '../errors';
import type { FusionOutput } from '../fusion';
import {
  binaryCrossEntropyWithLogits,
  crossEntropy,
  type ForwardOptions,
  head,
  headSpecifications,
  type ParameterScope,
} from '../nn';
import { encodeTexts } from './encode-texts';
import type {
  FittedTask,
  OutputRows,
  Prediction,
  TargetArray,
  TargetTensors,
  TaskDefinition,
  TaskMetric,
  TaskOptions,
} from './task';

export const classification: TaskDefinition<ClassificationRecord> = {
  name: 'classification',
  texts: ({ text }) => [text],

  fit(train, options) {
    const labels = labelNames(train.records);
    if (labels.length < 2) {
      throw new InputError(
        `${train.file}: every record has the label ${JSON.stringify(labels[0])}; a classifier needs records of two labels or more`,
      );
    }
    return fitted(labels, options);
  },

  restore(state, options) {
    return fitted(state.labels as string[], options);
  },
};

function fitted(
  labels: string[],
  { head: headOptions, labelSmoothing }: TaskOptions,
): FittedTask<ClassificationRecord> {
  const binary = headOptions.loss === 'binary-cross-entropy';
  if (binary && labels.length !== 2) {
    throw new InputError(
      `model.head.loss: binary-cross-entropy needs 2 labels; the records have ${labels.length}: ${labels.join(', ')}`,
    );
  }
  const configFor = (width: number) => ({
    width,
    classes: binary ? 1 : labels.length,
    dropout: headOptions.dropout,
  });
  const logitsOf = (params: ParameterScope, fused: FusionOutput, options: ForwardOptions = {}) =>
    head(params, configFor(fused.pooled.shape[1] as number), fused.pooled, options);

  return {
    name: 'classification',
    state: { labels },
    mainMetric: { name: 'accuracy', direction: 'larger' },
    specifications: (width) => headSpecifications(configFor(width)),
    encode(set, encodeOptions) {
      const targets: Record<string, TargetArray> = {};
      if (!encodeOptions.unlabelled) targets.labels = { data: encodeLabels(set, labels), rowShape: [] };
      return { inputs: encodeTexts(set, ({ text }) => text, encodeOptions), targets };
    },

    loss(params, fused, targets: TargetTensors, options) {
      const logits = logitsOf(params, fused, options); // [B, C] or [B, 1]
      const labelTensor = targets.labels as tf.Tensor;
      if (!binary) return crossEntropy(logits, labelTensor, { labelSmoothing });
      return binaryCrossEntropyWithLogits(tf.reshape(logits, [-1]), tf.cast(labelTensor, 'float32'));
    },

    outputs(params, fused) {
      const logits = logitsOf(params, fused);
      if (!binary) return { probabilities: tf.softmax(logits) };
      const positive = tf.sigmoid(logits); // [B, 1]
      return { probabilities: tf.concat([tf.sub(1, positive), positive], 1) };
    },

    predictions: (outputs, { count }) => predictionsOf(outputs, count, labels),

    metrics: (outputs, { set }) => metricsOf(outputs, set, labels),
  };
}

/** The most probable class of each row of probabilities [count, classes]; the first of equals. */
function mostProbable({ data }: { data: ArrayLike<number> }, count: number, classes: number): Int32Array {
  return Int32Array.from({ length: count }, (_, row) => {
    let best = 0;
    for (let c = 1; c < classes; c++) {
      if ((data[row * classes + c] as number) > (data[row * classes + best] as number)) best = c;
    }
    return best;
  });
}

function predictionsOf(outputs: OutputRows, count: number, labels: readonly string[]): Prediction[] {
  const rows = outputs.probabilities as OutputRows[string];
  return Array.from(mostProbable(rows, count, labels.length), (best, row) => ({
    prediction: labels[best] as string,
    probabilities: Object.fromEntries(
      labels.map((label, c) => [label, rows.data[row * labels.length + c] as number]),
    ),
  }));
}

function metricsOf(
  outputs: OutputRows,
  set: RecordSet<ClassificationRecord>,
  labels: readonly string[],
): TaskMetric[] {
  const count = set.records.length;
  const expected = encodeLabels(set, labels);
  const found = mostProbable(outputs.probabilities as OutputRows[string], count, labels.length);
  const right = Float64Array.from(found, (label, row) => Number(label === expected[row]));
  const mean = (indices: Int32Array) =>
    indices.reduce((sum, row) => sum + (right[row] as number), 0) / indices.length;
  return [
    { name: 'accuracy', values: right, of: mean },
    { name: 'macroF1', of: (indices) => macroF1Of(indices, found, expected, labels.length) },
  ];
}

/**
 * `metrics.macroF1` of the records at `indices`, by counting class numbers: a resampling asks for it thousands of
 * times. Classes that occur in neither predictions nor references are left out, as scikit-learn does.
 */
function macroF1Of(indices: Int32Array, found: Int32Array, expected: Int32Array, classes: number): number {
  const [hits, predicted, present] = [
    new Int32Array(classes),
    new Int32Array(classes),
    new Int32Array(classes),
  ];
  const count = (counts: Int32Array, label: number) => {
    counts[label] = (counts[label] as number) + 1;
  };
  for (const row of indices) {
    const [a, b] = [found[row] as number, expected[row] as number];
    count(predicted, a);
    count(present, b);
    if (a === b) count(hits, a);
  }
  let [sum, seen] = [0, 0];
  for (let c = 0; c < classes; c++) {
    const both = (predicted[c] as number) + (present[c] as number);
    if (both === 0) continue;
    seen += 1;
    sum += (2 * (hits[c] as number)) / both;
  }
  return sum / seen;
}
