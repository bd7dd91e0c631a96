/**
 * @file One label a record, whatever the states that tell it (`classification`: the pooled one; `relation`: those of its
 * two spans too). Head: dropout and a linear layer. Losses, with z the logits over C labels, or one logit x where the
 * loss is binary or squared and there are two labels:
 *
 *     cross-entropy          −log softmax(z)_y
 *     binary-cross-entropy   −y·log σ(x) − (1 − y)·log(1 − σ(x)),     dL/dx = p − y,               p = σ(x)
 *     mean-squared-error     (1/C)·Σ_c (p_c − [c = y])²;  (p − y)²,   dL/dx = 2·(p − y)·p·(1 − p)
 *
 * Squared error (Brier 1950) learns slowly where p is wrong and sure, since there its gradient vanishes with p·(1 − p).
 */
import { encodeLabels, labelNames, type RecordSet } from '../data';
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
  type ParameterSpecification,
} from '../nn';
import { classWeightsOf, weightedMean } from './class-weights';
import { type LabelledRecord, labelMetrics, labelPredictions } from './label-metrics';
import type { FittedTask, TargetTensors, TaskOptions } from './task';

/** The states that a label is read from. */
export interface LabelStates {
  /** Width of what `of` gives, where the fused states have `width`. */
  width(width: number): number;
  /** [B, width] */
  of(fused: FusionOutput, targets: TargetTensors): tf.Tensor;
  /** What scores the labels by such a state, one logit each, in place of the linear head. */
  scorer?: {
    specifications(width: number): ParameterSpecification[];
    /** [B, width] → [B, C] */
    logits(params: ParameterScope, state: tf.Tensor): tf.Tensor;
  };
}

/** The labels of all training records, and their weights. Throws an `InputError` where they are fewer than two. */
export function labelsOf<R extends LabelledRecord>(
  train: RecordSet<R>,
  { classWeights, whole }: TaskOptions,
): { labels: string[]; weights: number[] | null } {
  const labels = labelNames((whole as readonly R[] | undefined) ?? train.records);
  if (labels.length < 2) {
    throw new InputError(
      `${train.file}: every record has the label ${JSON.stringify(labels[0])}; a classifier needs records of two labels or more`,
    );
  }
  const counts = new Int32Array(labels.length);
  for (const label of encodeLabels(train, labels)) counts[label] = (counts[label] as number) + 1;
  return { labels, weights: classWeightsOf(classWeights, labels, counts) };
}

/** All of a fitted task but its name and how its records are encoded; the targets must hold `labels` [B] int32. */
export function labelClassifier<R extends LabelledRecord>(
  labels: readonly string[],
  weights: readonly number[] | null,
  { head: headOptions, labelSmoothing }: TaskOptions,
  states: LabelStates,
): Omit<FittedTask<R>, 'name' | 'encode'> {
  const { loss: kind } = headOptions;
  if (kind === 'binary-cross-entropy' && labels.length !== 2) {
    throw new InputError(
      `model.head.loss: binary-cross-entropy needs 2 labels; the records have ${labels.length}: ${labels.join(', ')}`,
    );
  }
  const oneLogit = kind !== 'cross-entropy' && labels.length === 2;
  const configFor = (width: number) => ({
    width,
    classes: oneLogit ? 1 : labels.length,
    dropout: headOptions.dropout,
  });
  const logitsOf = (
    params: ParameterScope,
    fused: FusionOutput,
    targets: TargetTensors,
    options: ForwardOptions = {},
  ) => {
    const state = states.of(fused, targets);
    if (states.scorer) return states.scorer.logits(params, state);
    return head(params, configFor(state.shape[1] as number), state, options); // [B, C] or [B, 1]
  };

  return {
    state: { labels },
    mainMetric: { name: 'accuracy', direction: 'larger' },
    specifications: (width) =>
      states.scorer?.specifications(states.width(width)) ??
      headSpecifications(configFor(states.width(width))),

    loss(params, fused, targets, options) {
      const logits = logitsOf(params, fused, targets, options);
      const labelTensor = targets.labels as tf.Tensor;
      if (kind === 'cross-entropy') {
        return crossEntropy(logits, labelTensor, {
          labelSmoothing,
          ...(weights ? { classWeights: weights } : {}),
        });
      }
      if (oneLogit) {
        const x = tf.reshape(logits, [-1]); // [B]
        const y = smoothed(tf.cast(labelTensor, 'float32'), labelSmoothing, 2);
        const losses =
          kind === 'binary-cross-entropy'
            ? binaryCrossEntropyWithLogits(x, y, 'none')
            : tf.square(tf.sub(tf.sigmoid(x), y));
        return weightedMean(losses, labelTensor, weights);
      }
      const classes = tf.cast(tf.oneHot(labelTensor as tf.Tensor1D, labels.length), 'float32');
      const distance = tf.sub(tf.softmax(logits), smoothed(classes, labelSmoothing, labels.length));
      return weightedMean(tf.mean(tf.square(distance), -1), labelTensor, weights);
    },

    outputs(params, fused, targets) {
      const logits = logitsOf(params, fused, targets);
      if (!oneLogit) return { probabilities: tf.softmax(logits) };
      const positive = tf.sigmoid(logits); // [B, 1]
      return { probabilities: tf.concat([tf.sub(1, positive), positive], 1) };
    },

    // One logit z is exported as [0, z]: the softmax of that is the sigmoid of z.
    logits(params, fused, targets) {
      const logits = logitsOf(params, fused, targets);
      return oneLogit ? tf.concat([tf.zerosLike(logits), logits], 1) : logits;
    },

    predictions: (outputs, { count }) => labelPredictions(outputs, count, labels),

    metrics: (outputs, { set }) => labelMetrics(outputs, set, labels),
  };
}

/** Targets in [0, 1] with ε of each spread evenly over the classes. */
function smoothed(targets: tf.Tensor, smoothing: number, classes: number): tf.Tensor {
  return smoothing === 0 ? targets : tf.add(tf.mul(targets, 1 - smoothing), smoothing / classes);
}
