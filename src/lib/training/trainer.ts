/**
 * @file The trainer: steps, evaluations, early stopping, checkpoints. Everything that a step depends on (order of
 * the records, dropout, learning rate) is a pure function of the step's number and the seeds, so a run that is
 * killed and resumed from its checkpoint takes the very steps that it would have taken.
 */
import { BatchSchedule } from '../data';
import { describe, tf } from '../engine';
import type { SafeTensor } from '../export/safetensors-types';
import { type CheckpointValue, hasCheckpoint, loadCheckpoint, saveCheckpoint } from './checkpoint';
import { seedFor } from './config';
import { EarlyStopping, type EarlyStoppingState } from './early-stopping';
import { metricIntervals, metricValues } from './evaluation';
import { DivergedError, Interrupted, type TrainingEvent, type TrainOptions } from './events';
import { Learner } from './learner';
import { MetricsLog } from './metrics-log';
import type { Prepared } from './prepared';
import { batchesByPicture, recordsPerPicture } from './records-per-picture';
import type { RunFolder, RunResult } from './run-folder';
import { learningRateAt } from './schedule';
import { loadTrainedModel, saveTrainedModel } from './trained-model';
import { versions } from './versions';

const CHECKPOINT_SECONDS = 60;

interface RunState {
  step: number;
  randomStep: number;
  metricsLength: number;
  seconds: number;
  stopped: boolean;
  earlyStopping: EarlyStoppingState;
}

/** Trains what `prepare` made ready and fills the run folder. */
export async function runTraining(
  prepared: Prepared,
  folder: RunFolder,
  options: TrainOptions = {},
): Promise<RunResult> {
  const run = new TrainingRun(prepared, folder, options);
  try {
    await run.restore();
    await run.train();
    return await run.finish();
  } finally {
    run.dispose();
  }
}

class TrainingRun {
  private readonly learner: Learner;
  private readonly schedule: BatchSchedule;
  private readonly stopping: EarlyStopping;
  private readonly stepsPerEpoch: number;
  private readonly steps: number;
  private readonly evaluationSteps: number;
  private log: MetricsLog | null = null;
  private step = 0;
  private stopped = false;
  private secondsBefore = 0;
  private readonly started = performance.now();
  private lastCheckpoint = performance.now();

  constructor(
    private readonly prepared: Prepared,
    private readonly folder: RunFolder,
    private readonly options: TrainOptions,
  ) {
    const { config, train, task } = prepared;
    const { training } = config;
    this.schedule = new BatchSchedule({
      count: train.count,
      batchSize: training.batchSize,
      seed: seedFor(config, 'order'),
      byPicture: batchesByPicture(prepared),
    });
    this.stepsPerEpoch = Math.max(1, Math.floor(this.schedule.stepsPerEpoch / training.accumulation));
    this.steps = Math.max(
      1,
      Math.min(
        training.maxSteps ?? Number.POSITIVE_INFINITY,
        Math.ceil(training.epochs * this.stepsPerEpoch),
      ),
    );
    this.evaluationSteps = training.evaluationSteps ?? this.stepsPerEpoch;
    this.stopping = new EarlyStopping(training.patience, task.mainMetric.direction);
    this.learner = new Learner(prepared, this.stepsPerEpoch); // last, because it holds tensors
  }

  /** Takes up the checkpoint of the folder, where there is one and the run is to be resumed. */
  async restore(): Promise<void> {
    const { folder, prepared } = this;
    let length = 0;
    if (this.options.resume && (await hasCheckpoint(folder.checkpoint))) {
      const { tensors, state } = await loadCheckpoint(folder.checkpoint);
      const saved = state as unknown as RunState;
      this.step = saved.step;
      this.learner.random.step = saved.randomStep;
      this.stopped = saved.stopped;
      this.secondsBefore = saved.seconds;
      this.stopping.state = saved.earlyStopping;
      length = saved.metricsLength;
      for (const [name, variable] of this.learner.variables())
        assignTensor(variable, tensors.get(name), name, folder.checkpoint);
    } else {
      await folder.begin(prepared.config);
    }
    this.log = new MetricsLog(folder.metrics, length);
  }

  async train(): Promise<void> {
    const { prepared, schedule, steps } = this;
    const { model, config, train } = prepared;
    const { training } = config;
    this.emit({
      kind: 'start',
      steps,
      step: this.step,
      stepsPerEpoch: this.stepsPerEpoch,
      parameters: model.parameters.count(),
    });
    while (this.step < steps && !this.stopped) {
      const learningRate = learningRateAt(this.step, {
        kind: training.schedule,
        learningRate: training.learningRate,
        steps,
        warmup: training.warmup,
        final: training.finalLearningRate,
      });
      const first = this.step * training.accumulation;
      const last = steps * training.accumulation - 1;
      const { epoch } = schedule.at(first);
      const { loss, gradientNorm } = await this.learner.take(this.step, learningRate, (index) => {
        const { rows, epoch: draw } = schedule.at(first + index);
        if (first + index < last) train.prefetch(schedule.at(first + index + 1).rows);
        return train.batch(rows, draw, recordsPerPicture(prepared));
      });
      this.step += 1;
      if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
        throw await this.diverged({ loss, gradientNorm });
      }
      this.log?.write({ step: this.step, epoch, kind: 'step', loss, gradientNorm, learningRate });
      this.emit({ kind: 'step', step: this.step, epoch, loss, gradientNorm, learningRate });
      await this.afterStep(epoch);
    }
  }

  private async afterStep(epoch: number): Promise<void> {
    const evaluates = this.step % this.evaluationSteps === 0 || this.step === this.steps;
    const { checkpointSteps } = this.prepared.config.training;
    const due =
      checkpointSteps === null
        ? evaluates || performance.now() - this.lastCheckpoint > CHECKPOINT_SECONDS * 1000
        : this.step % checkpointSteps === 0;
    const interrupted = this.options.signal?.aborted ?? false;
    // The loss was that before the update: what is evaluated or kept must be sound after it too.
    if (evaluates || due || interrupted) await this.refuseNotFinite();
    if (evaluates) await this.evaluate(epoch);
    if (due || interrupted || this.step === this.steps || this.stopped) await this.checkpoint();
    if (interrupted && this.step < this.steps && !this.stopped) throw new Interrupted(this.step);
  }

  private async evaluate(epoch: number): Promise<void> {
    const { model, task, validation, config } = this.prepared;
    await this.learner.parameters.whileUsed(async () => {
      const outputs = await model.outputs(validation, config.training.evaluationBatchSize);
      const metrics = metricValues(task, outputs, validation);
      const { improved, stop } = this.stopping.note(metrics[task.mainMetric.name] as number, this.step);
      this.log?.write({ step: this.step, epoch, kind: 'evaluation', ...metrics });
      this.emit({ kind: 'evaluation', step: this.step, epoch, metrics, improved });
      if (improved) await saveTrainedModel(this.folder.model, { ...this.prepared, head: config.model.head });
      this.stopped = stop;
    });
    if (this.stopped)
      this.emit({ kind: 'stopped', step: this.step, bestStep: this.stopping.state.bestStep as number });
  }

  private async refuseNotFinite(): Promise<void> {
    const error = await this.diverged({});
    if (error.found.parameter !== null) throw error;
  }

  private async diverged(found: { loss?: number; gradientNorm?: number }): Promise<DivergedError> {
    const { learningRate } = this.prepared.config.training;
    const where = await this.learner.parameters.notFinite();
    return new DivergedError(this.step, { ...found, ...where }, learningRate);
  }

  private async checkpoint(): Promise<void> {
    this.log?.sync();
    const tensors = new Map<string, SafeTensor>();
    for (const [name, variable] of this.learner.variables()) {
      tensors.set(name, {
        dtype: 'F32',
        shape: variable.shape,
        data: (await variable.data()) as Float32Array,
      });
    }
    const state: RunState = {
      step: this.step,
      randomStep: this.learner.random.step,
      metricsLength: this.log?.length ?? 0,
      seconds: this.seconds(),
      stopped: this.stopped,
      earlyStopping: this.stopping.state,
    };
    await saveCheckpoint(this.folder.checkpoint, {
      tensors,
      state: state as unknown as Record<string, CheckpointValue>,
    });
    this.lastCheckpoint = performance.now();
  }

  /** The best weights on the test records, and `result.json`. */
  async finish(): Promise<RunResult> {
    const { prepared, folder } = this;
    const { config, model, task } = prepared;
    const best = await loadTrainedModel(folder.model);
    model.parameters.load(await best.model.parameters.toArrays());
    best.model.dispose();
    const examples = prepared.test ?? prepared.validation;
    const outputs = await model.allOutputs(examples, {
      tokenizer: prepared.tokenizer,
      batchSize: config.training.evaluationBatchSize,
      onProgress: (done) => this.emit({ kind: 'testing', done, total: examples.count }),
    });
    const result: RunResult = {
      metrics: metricIntervals(task, outputs, examples),
      split: prepared.test ? 'test' : 'validation',
      records: examples.count,
      trainingRecords: prepared.train.count,
      steps: this.step,
      bestStep: this.stopping.state.bestStep as number,
      parameters: model.parameters.count(),
      seconds: this.seconds(),
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
      device: describe().device,
      versions: versions(),
      dataHashes: prepared.dataHashes,
    };
    await folder.finish(result);
    return result;
  }

  dispose(): void {
    this.log?.close();
    this.learner.dispose();
  }

  private seconds(): number {
    return this.secondsBefore + (performance.now() - this.started) / 1000;
  }

  private emit(event: TrainingEvent): void {
    this.options.onEvent?.(event);
  }
}

function assignTensor(
  variable: tf.Variable,
  tensor: SafeTensor | undefined,
  name: string,
  folder: string,
): void {
  if (!tensor || tensor.shape.join() !== variable.shape.join()) {
    const found = tensor ? `has the shape [${tensor.shape}]` : 'is missing';
    throw new Error(
      `${folder}: ${name} ${found}, expected [${variable.shape}]: the checkpoint is of another model`,
    );
  }
  const value = tf.tensor(tensor.data as Float32Array, variable.shape, 'float32');
  variable.assign(value);
  value.dispose();
}
