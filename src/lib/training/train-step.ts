/** @file One training step as a single compiled function: loss, gradients, clipping and the optimizer's update. */
import { type Compiled, compile, type RandomStream, tf } from '../engine';
import type { Batch } from '../tasks/examples';
import type { GuidedModel } from '../tasks/guided-model';
import { clipByGlobalNorm, type Optimizer } from './optimizer';

export interface StepResult {
  [name: string]: tf.Tensor;
  /** Mean loss of the batch []. */
  loss: tf.Tensor;
  /** Global norm of the gradient before clipping []. */
  norm: tf.Tensor;
}

export interface TrainStepOptions {
  model: GuidedModel;
  optimizer: Optimizer;
  random: RandomStream;
  /** Names of the parameters that learn. */
  trainable: readonly string[];
  gradientClipping: number | null;
}

/** (batch, optimizer inputs [3]) → loss and gradient norm; parameters and moments move on. */
export type TrainStep = Compiled<[Batch['inputs'], Batch['targets'], tf.Tensor], StepResult>;

export function createTrainStep(options: TrainStepOptions): TrainStep {
  const { model, optimizer, random, trainable, gradientClipping } = options;
  const variables = trainable.map((name) => model.parameters.get(name));
  return compile(
    (inputs: Batch['inputs'], targets: Batch['targets'], optimizerInputs: tf.Tensor): StepResult => {
      const { value, grads } = tf.variableGrads(
        () => model.loss(inputs, targets, random) as tf.Scalar,
        variables,
      );
      const gradients = new Map<string, tf.Tensor>();
      for (const [i, name] of trainable.entries()) {
        const gradient = grads[(variables[i] as tf.Variable).name];
        if (gradient) gradients.set(name, gradient);
      }
      const { clipped, norm } = clipByGlobalNorm(gradients, gradientClipping);
      optimizer.update(optimizerInputs, clipped);
      return { loss: value, norm };
    },
    { state: [...model.parameters.variables(), ...optimizer.state.values()], name: 'train step' },
  );
}
