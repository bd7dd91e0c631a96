/**
 * @file Regression: a number for a text and its picture. One linear output on the pooled fused state, in units of the
 * training values' standard deviation s from their mean m, so that any unit of measure learns at the same rate:
 *
 *     ŷ = m + s·(w·h + b),   L = (1/N)·Σ ((ŷ − y)/s)²
 *
 * The metric `mse` is in squared units of the value. Guessing the mean gives mse = s². A prediction is the number as
 * text, without probabilities.
 */
import type { RegressionRecord } from '../data';
import { tf } from '../engine';
import { InputError } from '../errors';
import type { FusionOutput } from '../fusion';
import { type ForwardOptions, head, headSpecifications, meanSquaredError, type ParameterScope } from '../nn';
import { encodeTexts } from './encode-texts';
import type { FittedTask, OutputRows, TargetArray, TaskDefinition, TaskOptions } from './task';

export const regression: TaskDefinition<RegressionRecord> = {
  name: 'regression',
  texts: ({ text }) => [text],

  fit({ records, file }, options) {
    const mean = records.reduce((sum, { value }) => sum + value, 0) / records.length;
    const variance = records.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / records.length;
    if (variance === 0) {
      throw new InputError(
        `${file}: field "value" is ${records[0]?.value} in every record; a regression needs values that differ`,
      );
    }
    return fitted({ mean, deviation: Math.sqrt(variance) }, options);
  },

  restore: (state, options) => fitted(state as unknown as Units, options),
};

interface Units {
  mean: number;
  deviation: number;
}

function fitted(
  { mean, deviation }: Units,
  { head: headOptions }: TaskOptions,
): FittedTask<RegressionRecord> {
  if (headOptions.loss !== 'mean-squared-error') {
    throw new InputError(
      `model.head.loss is ${JSON.stringify(headOptions.loss)}; a regression has one loss: leave it out, or "mean-squared-error"`,
    );
  }
  const configFor = (width: number) => ({ width, classes: 1, dropout: headOptions.dropout });
  /** In deviations from the mean [B]. */
  const standardized = (params: ParameterScope, { pooled }: FusionOutput, options: ForwardOptions = {}) =>
    tf.reshape(head(params, configFor(pooled.shape[1] as number), pooled, options), [-1]);

  return {
    name: 'regression',
    state: { mean, deviation },
    mainMetric: { name: 'mse', direction: 'smaller' },
    specifications: (width) => headSpecifications(configFor(width)),

    encode(set, options) {
      const targets: Record<string, TargetArray> = {};
      if (!options.unlabelled) {
        const data = Float32Array.from(set.records, ({ value }) => (value - mean) / deviation);
        targets.values = { data, rowShape: [] };
      }
      return { inputs: encodeTexts(set, ({ text }) => text, options), targets };
    },

    loss: (params, fused, { values }, options) =>
      meanSquaredError(standardized(params, fused, options), values as tf.Tensor),

    outputs: (params, fused) => ({ values: standardized(params, fused) }),

    logits: (params, fused) =>
      tf.reshape(tf.add(tf.mul(standardized(params, fused), deviation), mean), [-1, 1]),

    predictions: (outputs) => Array.from(valuesOf(outputs), (value) => ({ prediction: String(value) })),

    metrics(outputs, { set }) {
      const found = valuesOf(outputs);
      const values = Float64Array.from(
        set.records,
        ({ value }, row) => ((found[row] as number) - value) ** 2,
      );
      const of = (indices: Int32Array) =>
        indices.reduce((sum, row) => sum + (values[row] as number), 0) / indices.length;
      return [{ name: 'mse', values, of }];
    },
  };

  function valuesOf(outputs: OutputRows): Float64Array {
    return Float64Array.from((outputs.values as OutputRows[string]).data, (z) => mean + deviation * z);
  }
}
