/**
 * @file What a run costs, counted in the graphs that are compiled for it, not by a rule of thumb: floating-point
 * operations of all products and convolutions of one record, forward and in a training step (forward, backward of what
 * learns, no more), a multiplication and an addition as two.
 *
 *     [m, k] · [k, n]: 2 m n k        convolution: 2 · outputs · (input channels / groups) · kernel height · kernel width
 *
 * A record's cost is what a second one adds to a batch of one, so that products of weights alone, which a step makes once
 * whatever its records, are no part of it. Left out are elementwise work (a few per cent of the operations, though it takes
 * half of the time of small models) and the optimizer's (about 15 a parameter and step). The usual rule, 6 · parameters ·
 * tokens a step, holds where all parameters learn and texts are short against the width; a frozen network saves its share
 * here, and training under attack costs each of its passes.
 */

import type { tf } from '../engine';
import { sizeOf } from '../engine/graph/element-types';
import type { GraphOutput, Value } from '../engine/graph/graph';
import { record } from '../engine/trace/recorder';
import { type Batch, disposeBatch } from '../tasks/source';
import { trainableNames } from '../training/freezing';
import { LearnedParameters } from '../training/learned-parameters';
import type { Prepared } from '../training/prepared';
import { recordsPerPicture } from '../training/records-per-picture';
import { stepGradients } from '../training/step-gradients';

/** Cost of one record: its text with padding, its picture. */
export interface RecordCompute {
  parameters: number;
  /** That learn at some time in training; adapters included. */
  trainedParameters: number;
  /** Places of the text, padding counted: what the network computes. */
  tokens: number;
  forwardFlops: number;
  /** Forward and backward, as often as a step passes. */
  trainingFlops: number;
}

/** Counts by tracing, which runs nothing. */
export async function recordCompute(prepared: Prepared): Promise<RecordCompute> {
  const { model, config } = prepared;
  const learned = new LearnedParameters(model, { ...config.training, ema: null }, 1);
  try {
    const trainable = trainableNames(learned.names, config.training);
    const variables = new Map(trainable.map((name) => [name, learned.get(name)]));
    const [one, two] = [
      await batchCompute(prepared, 1, learned, variables),
      await batchCompute(prepared, 2, learned, variables),
    ];
    return {
      parameters: model.parameters.count(),
      trainedParameters: [...variables.values()].reduce((sum, { size }) => sum + size, 0),
      tokens: one.tokens,
      forwardFlops: two.forward - one.forward,
      trainingFlops: two.training - one.training,
    };
  } finally {
    learned.dispose();
  }
}

/** Operations of a batch of `count` records, forward, and in a training step, where records may share their pictures. */
async function batchCompute(
  prepared: Prepared,
  count: number,
  learned: LearnedParameters,
  variables: ReadonlyMap<string, tf.Variable>,
): Promise<{ tokens: number; forward: number; training: number }> {
  const { model, train, config } = prepared;
  const each = recordsPerPicture(prepared);
  const batch = await train.batch(new Int32Array(count));
  const step = await train.batch(new Int32Array(each * count), 0, each);
  try {
    const forward = record(
      (inputs: Batch['inputs'], targets: Batch['targets']) => model.outputTensors(inputs, targets),
      [batch.inputs, batch.targets],
      { name: 'forward', state: model.parameters.variables() },
    );
    const { adversarial } = config.training;
    const options = { model, scope: () => learned.scope(), variables, adversarial };
    const training = record(
      (inputs: Batch['inputs'], targets: Batch['targets']) => {
        const { loss, gradients } = stepGradients({ inputs, targets }, options);
        return { loss, ...Object.fromEntries(gradients) };
      },
      [step.inputs, step.targets] as [Batch['inputs'], Batch['targets']],
      { name: 'training', state: learned.entries().map(([, variable]) => variable) },
    );
    return {
      tokens: batch.inputs.ids.shape[1] as number,
      forward: graphFlops(forward.outputs),
      training: graphFlops(training.outputs) / each,
    };
  } finally {
    disposeBatch(batch);
    disposeBatch(step);
  }
}

/** Operations of the products and convolutions that the outputs of a recorded graph depend on. */
export function graphFlops(outputs: readonly GraphOutput[]): number {
  const seen = new Set<NonNullable<Value['producer']>>();
  const open = outputs.map(({ value }) => value);
  let sum = 0;
  for (let value = open.pop(); value; value = open.pop()) {
    const node = value.producer;
    if (!node || seen.has(node)) continue;
    seen.add(node);
    const inputs = node.inputs.filter((input): input is Value => input !== null);
    open.push(...inputs);
    const [a, b] = inputs.map(({ shape }) => shape);
    const out = node.outputs[0]?.shape ?? [];
    if (!a || !b) continue;
    if (node.op === 'MatMul') sum += 2 * sizeOf(out) * (a.at(-1) as number);
    else if (node.op === 'Gemm') sum += 2 * sizeOf(out) * (a[node.attributes.transA ? 0 : 1] as number);
    // Weights [outputs, inputs / groups, …kernel]; of a transposed convolution each input element meets all of them.
    else if (node.op === 'Conv') sum += 2 * sizeOf(out) * sizeOf(b.slice(1));
    else if (node.op === 'ConvTranspose') sum += 2 * sizeOf(a) * sizeOf(b.slice(1));
  }
  return sum;
}
