/** @file From the events of a training run to a learning curve. */
import type { LearningRun } from '../figures';
import type { TrainingEvent } from '../training';

/** Gathers a run's events into the points of a learning curve: the mean loss between evaluations, and the scores. */
export class CurveRecorder {
  readonly run: LearningRun & { points: { step: number; trainLoss?: number; validation?: number }[] };

  /** @param every steps a point of the training loss. */
  constructor(
    name: string,
    role: LearningRun['role'],
    private readonly metric = 'accuracy',
    private readonly every = 5,
  ) {
    this.run = { name, role, points: [] };
  }

  note(event: TrainingEvent): void {
    if (event.kind === 'step' && event.step % this.every === 0) {
      this.run.points.push({ step: event.step, trainLoss: event.loss });
    } else if (event.kind === 'evaluation') {
      this.run.points.push({ step: event.step, validation: event.metrics[this.metric] });
      if (event.improved) this.run.bestStep = event.step;
    }
  }
}
