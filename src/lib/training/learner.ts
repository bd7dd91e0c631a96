/**
 * @file What learns in a run, and how: which parameters, in which groups, from which step on; the optimizer, and the
 * compiled step. Where layers join later (gradual unfreezing) each stage has a step of its own, compiled when it
 * begins; the optimizer's state is one for all.
 */
import { MemoryError, memoryText, RandomStream, tf } from '../engine';
import { InputError } from '../errors';
import { isLanguageModelTask } from '../tasks/language-model';
import type { Batch } from '../tasks/source';
import { checkPerturbed } from './adversarial/perturbed-loss';
import { seedFor } from './config';
import { firstSteps, trainableNames } from './freezing';
import { LearnedParameters } from './learned-parameters';
import { createOptimizer, type Optimizer } from './optimizer';
import { parameterGroups } from './parameter-groups';
import type { Prepared } from './prepared';
import { recordsPerPicture } from './records-per-picture';
import { type StepResult, TrainStep } from './train-step';

export class Learner {
  readonly random: RandomStream;
  readonly parameters: LearnedParameters;
  private readonly optimizer: Optimizer;
  /** The step from which each parameter learns. */
  private readonly starts: ReadonlyMap<string, number>;
  private stage: { start: number; step: TrainStep } | null = null;

  /** Throws an `InputError` where the config's switches do not fit the model. */
  constructor(
    private readonly prepared: Prepared,
    stepsPerEpoch: number,
  ) {
    const { config, model } = prepared;
    const { training } = config;
    if (model.config.prompt && isLanguageModelTask(config.task)) {
      throw new InputError(
        `model.prompt: ${config.task} reads blocks of several documents, which have no place for it; leave it out`,
      );
    }
    if (training.adversarial) checkPerturbed(model, training.adversarial.on);
    this.random = new RandomStream(`${seedFor(config, 'dropout')}/dropout`);
    this.parameters = new LearnedParameters(model, training, seedFor(config, 'initialization'));
    try {
      const { names } = this.parameters;
      const trainable = trainableNames(names, training);
      this.starts = firstSteps(names, trainable, training, stepsPerEpoch);
      this.optimizer = createOptimizer(this.parameters, {
        config: training.optimizer,
        weightDecay: training.weightDecay,
        trainable,
        groups: parameterGroups(names, this.starts, training),
      });
      this.parameters.average(trainable);
    } catch (error) {
      this.parameters.dispose(); // adapters of a config that is refused
      throw error;
    }
  }

  /** Everything that a step changes, by the name it has in the checkpoint. */
  variables(): [string, tf.Variable][] {
    return [
      ...this.parameters.entries(),
      ...[...this.optimizer.state].map(([name, variable]): [string, tf.Variable] => [
        `optimizer.${name}`,
        variable,
      ]),
    ];
  }

  /** Takes step `step` (0 is the run's first) on the batches that `next` gives. */
  async take(
    step: number,
    learningRate: number,
    next: (index: number) => Promise<Batch>,
  ): Promise<StepResult> {
    const inputs = tf.tensor1d(this.optimizer.inputs(step, learningRate));
    try {
      return await this.stepAt(step).run(next, inputs);
    } catch (error) {
      throw error instanceof MemoryError ? this.smallerBatch(error) : error;
    } finally {
      inputs.dispose();
    }
  }

  /** What a step needs beside the model grows with its batch: how many records would fit, and how to keep the step. */
  private smallerBatch({ needed, limit }: MemoryError): InputError {
    const { batchSize, accumulation } = this.prepared.config.training;
    // float32, before the step and after it
    const fixed = this.variables().reduce((sum, [, { size }]) => sum + 8 * size, 0);
    const fitting = Math.floor((batchSize * (limit - fixed)) / (needed - fixed));
    const most = Math.max(1, Math.min(fitting, batchSize - 1));
    // Where not even one picture's records fit, a batch is some of them. What the picture itself needs is among what is
    // shared out here, so they may still be too many; then they are told so again.
    const each = recordsPerPicture(this.prepared);
    const together = each <= most ? each : 1;
    const smaller = together * 2 ** Math.floor(Math.log2(most / together));
    const fewer = together === each ? '' : `training.recordsPerPicture to ${smaller > 1 ? smaller : null}, `;
    const mend =
      batchSize === 1
        ? 'not one record fits: choose smaller networks, smaller pictures or shorter texts'
        : `set ${fewer}training.batchSize to ${smaller} and training.accumulation to ${Math.ceil((batchSize * accumulation) / smaller)} for a step of at least as many records`;
    return new InputError(
      `training.batchSize: a step on ${batchSize} records needs at least ${memoryText(needed)} of memory, and there are ${memoryText(limit)}; ${mend}`,
    );
  }

  private stepAt(step: number): TrainStep {
    const start = Math.max(...[...this.starts.values()].filter((first) => first <= step));
    if (this.stage?.start === start) return this.stage.step;
    this.stage?.step.dispose();
    const { model, config } = this.prepared;
    const made = new TrainStep({
      model,
      parameters: this.parameters,
      optimizer: this.optimizer,
      random: this.random,
      trainable: [...this.starts].filter(([, first]) => first <= step).map(([name]) => name),
      gradientClipping: config.training.gradientClipping,
      adversarial: config.training.adversarial,
      accumulation: config.training.accumulation,
    });
    this.stage = { start, step: made };
    return made;
  }

  dispose(): void {
    this.stage?.step.dispose();
    this.optimizer.dispose();
    this.parameters.dispose();
  }
}
