/**
 * @file One training step as compiled functions: loss, gradients, clipping and the optimizer's update. One batch a
 * step is one function. With gradient accumulation the batches' gradients are first summed in state of their own,
 * and a second function makes the step of their mean; between steps the sums are 0, so that a checkpoint needs none.
 */
import { type Compiled, compile, type RandomStream, tf } from '../engine';
import type { GuidedModel } from '../tasks/guided-model';
import { type Batch, disposeBatch } from '../tasks/source';
import { adversarialGradients, attackOf } from './adversarial/attack';
import { lossAt, perturbedShape } from './adversarial/perturbed-loss';
import type { AdversarialConfig } from './config';
import type { LearnedParameters } from './learned-parameters';
import { clipByGlobalNorm, type Optimizer } from './optimizer';

export interface StepResult {
  /** Mean loss of the batches. */
  loss: number;
  /** Global norm of the gradient before clipping. */
  gradientNorm: number;
}

export interface TrainStepOptions {
  model: GuidedModel;
  /** With what only training knows; the model's own unless given. */
  parameters?: LearnedParameters;
  optimizer: Optimizer;
  random: RandomStream;
  /** Names of the parameters that learn. */
  trainable: readonly string[];
  gradientClipping: number | null;
  /** Learn from inputs that are perturbed against the model. */
  adversarial?: AdversarialConfig | null;
  /** Batches a step. */
  accumulation: number;
}

type Gradients = Map<string, tf.Tensor>;

export class TrainStep {
  private readonly variables: tf.Variable[];
  /** Sums of the gradients, by parameter; only with accumulation. */
  private readonly sums = new Map<string, tf.Variable>();
  private readonly disposables: { dispose(): void }[] = [];
  private readonly single: Compiled<
    [Batch['inputs'], Batch['targets'], tf.Tensor],
    { loss: tf.Tensor; norm: tf.Tensor }
  > | null = null;
  private readonly accumulate: Compiled<[Batch['inputs'], Batch['targets']], tf.Tensor> | null = null;
  private readonly apply: Compiled<[tf.Tensor], tf.Tensor> | null = null;

  constructor(private readonly options: TrainStepOptions) {
    const { model, optimizer, trainable, accumulation } = options;
    const { parameters = model.parameters } = options;
    this.variables = trainable.map((name) => parameters.get(name));
    const read = parameters.entries().map(([, variable]) => variable);
    const state = [...read, ...optimizer.state.values()];
    if (accumulation === 1) {
      this.single = compile(
        (inputs, targets, optimizerInputs) => {
          const { loss, gradients } = this.gradients(inputs, targets);
          return { loss, norm: this.update(gradients, optimizerInputs) };
        },
        { state, name: 'train step' },
      );
      this.disposables.push(this.single);
      return;
    }
    for (const [i, variable] of this.variables.entries()) {
      const zeros = tf.zeros(variable.shape);
      this.sums.set(trainable[i] as string, tf.variable(zeros, false, `gradient.${variable.name}`));
      zeros.dispose();
    }
    const sums = [...this.sums.values()];
    this.accumulate = compile(
      (inputs, targets) => {
        const { loss, gradients } = this.gradients(inputs, targets);
        for (const [name, gradient] of gradients) {
          const sum = this.sums.get(name) as tf.Variable;
          sum.assign(tf.add(sum, tf.mul(gradient, 1 / accumulation)));
        }
        return loss;
      },
      { state: [...read, ...sums], name: 'gradient accumulation' },
    );
    this.apply = compile(
      (optimizerInputs) => {
        const norm = this.update(new Map(this.sums), optimizerInputs);
        for (const sum of sums) sum.assign(tf.zeros(sum.shape));
        return norm;
      },
      { state: [...state, ...sums], name: 'optimizer step' },
    );
    this.disposables.push(this.accumulate, this.apply, ...sums);
  }

  /** Takes one step on the batches that `next` gives, `accumulation` of them, and disposes of them. */
  async run(next: (index: number) => Promise<Batch>, optimizerInputs: tf.Tensor): Promise<StepResult> {
    if (this.single) {
      const batch = await next(0);
      const { loss, norm } = await this.single(batch.inputs, batch.targets, optimizerInputs);
      disposeBatch(batch);
      return { loss: numberOf(loss), gradientNorm: numberOf(norm) };
    }
    const { accumulation } = this.options;
    let total = 0;
    for (let index = 0; index < accumulation; index++) {
      const batch = await next(index);
      const loss = await (this.accumulate as NonNullable<typeof this.accumulate>)(
        batch.inputs,
        batch.targets,
      );
      disposeBatch(batch);
      total += numberOf(loss);
    }
    const norm = await (this.apply as NonNullable<typeof this.apply>)(optimizerInputs);
    return { loss: total / accumulation, gradientNorm: numberOf(norm) };
  }

  dispose(): void {
    for (const one of this.disposables) one.dispose();
  }

  private gradients(
    inputs: Batch['inputs'],
    targets: Batch['targets'],
  ): { loss: tf.Tensor; gradients: Gradients } {
    const { model, parameters, random, trainable, adversarial } = this.options;
    const scope = () => parameters?.scope(random) ?? model.parameters;
    const gradients: Gradients = new Map();
    if (adversarial) {
      const found = adversarialGradients(
        lossAt(model, { inputs, targets }, scope, adversarial.on, random),
        perturbedShape(model, inputs, adversarial.on),
        attackOf(adversarial),
        this.variables,
        random,
      );
      for (const [i, name] of trainable.entries()) {
        const gradient = found.gradients[i];
        if (gradient) gradients.set(name, gradient);
      }
      return { loss: found.loss, gradients };
    }
    const { value, grads } = tf.variableGrads(
      () => model.loss(inputs, targets, random, scope()) as tf.Scalar,
      this.variables,
    );
    for (const [i, name] of trainable.entries()) {
      const gradient = grads[(this.variables[i] as tf.Variable).name];
      if (gradient) gradients.set(name, gradient);
    }
    return { loss: value, gradients };
  }

  private update(gradients: Gradients, optimizerInputs: tf.Tensor): tf.Tensor {
    const { clipped, norm } = clipByGlobalNorm(gradients, this.options.gradientClipping);
    this.options.optimizer.update(optimizerInputs, clipped);
    this.options.parameters?.updateAverages();
    return norm;
  }
}

/** The number in a scalar, which is disposed of. */
function numberOf(scalar: tf.Tensor): number {
  const value = scalar.dataSync()[0] as number;
  scalar.dispose();
  return value;
}
