/**
 * @file One training step as compiled functions: loss, gradients, clipping and the optimizer's update. One batch a
 * step is one function. With gradient accumulation the batches' gradients are first summed in state of their own,
 * and a second function makes the step of their mean; between steps the sums are 0, so that a checkpoint needs none.
 */
import { type Compiled, compile, type RandomStream, tf } from '../engine';
import type { GuidedModel } from '../tasks/guided-model';
import { type Batch, disposeBatch } from '../tasks/source';
import type { AdversarialConfig } from './config';
import type { LearnedParameters } from './learned-parameters';
import { clipByGlobalNorm, type Optimizer } from './optimizer';
import { type Gradients, stepGradients } from './step-gradients';

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

export class TrainStep {
  /** What learns, by name. */
  private readonly variables: ReadonlyMap<string, tf.Variable>;
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
    this.variables = new Map(trainable.map((name) => [name, parameters.get(name)]));
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
    for (const [name, variable] of this.variables) {
      const zeros = tf.zeros(variable.shape);
      this.sums.set(name, tf.variable(zeros, false, `gradient.${variable.name}`));
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
    const { model, parameters, random, adversarial } = this.options;
    const scope = () => parameters?.scope(random) ?? model.parameters;
    const { variables } = this;
    return stepGradients({ inputs, targets }, { model, scope, variables, adversarial, random });
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
