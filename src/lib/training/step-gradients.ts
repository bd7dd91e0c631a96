/** @file Loss and gradients of one batch, as a training step takes them: plainly, or of inputs perturbed against the model. */
import { type RandomStream, tf } from '../engine';
import type { ParameterScope } from '../nn';
import type { GuidedModel } from '../tasks/guided-model';
import type { Batch } from '../tasks/source';
import { adversarialGradients, attackOf } from './adversarial/attack';
import { lossAt, perturbedShape } from './adversarial/perturbed-loss';
import type { AdversarialConfig } from './config';

export type Gradients = Map<string, tf.Tensor>;

export interface StepGradientsOptions {
  model: GuidedModel;
  /** What the model reads while it learns. */
  scope: () => ParameterScope;
  /** What learns, by name. */
  variables: ReadonlyMap<string, tf.Variable>;
  /** Learn from inputs that are perturbed against the model. */
  adversarial?: AdversarialConfig | null;
  /** Of dropout and of where an attack begins; without it nothing is dropped, and an attack begins at 0. */
  random?: RandomStream;
}

/** Mean loss [] of the batch, and its gradient by each variable that it depends on. */
export function stepGradients(
  { inputs, targets }: Batch,
  { model, scope, variables, adversarial, random }: StepGradientsOptions,
): { loss: tf.Tensor; gradients: Gradients } {
  const learning = [...variables.values()];
  const gradients: Gradients = new Map();
  if (adversarial) {
    const found = adversarialGradients(
      lossAt(model, { inputs, targets }, scope, adversarial.on, random),
      perturbedShape(model, inputs, adversarial.on),
      attackOf(adversarial),
      learning,
      random,
    );
    for (const [i, name] of [...variables.keys()].entries()) {
      const gradient = found.gradients[i];
      if (gradient) gradients.set(name, gradient);
    }
    return { loss: found.loss, gradients };
  }
  const loss = () => model.loss(inputs, targets, random, scope()) as tf.Scalar;
  const { value, grads } = tf.variableGrads(loss, learning);
  for (const [name, variable] of variables) {
    const gradient = grads[variable.name];
    if (gradient) gradients.set(name, gradient);
  }
  return { loss: value, gradients };
}
