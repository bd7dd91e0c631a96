/** @file What a run tells whoever watches it, what it is asked for, and the two ways in which it ends early. */

/** What a run tells whoever watches. */
export type TrainingEvent =
  | { kind: 'start'; steps: number; step: number; stepsPerEpoch: number; parameters: number }
  | { kind: 'step'; step: number; epoch: number; loss: number; gradientNorm: number; learningRate: number }
  | { kind: 'evaluation'; step: number; epoch: number; metrics: Record<string, number>; improved: boolean }
  | { kind: 'stopped'; step: number; bestStep: number }
  | { kind: 'testing'; done: number; total: number };

export interface TrainOptions {
  resume?: boolean;
  onEvent?: (event: TrainingEvent) => void;
  /** Aborted: the run saves a checkpoint after the step that it is in and throws `Interrupted`. */
  signal?: AbortSignal;
}

/** The user stopped the run; it can be resumed. */
export class Interrupted extends Error {
  readonly exitCode = 130;

  constructor(step: number) {
    super(`stopped at step ${step}; continue with --resume`);
    this.name = 'Interrupted';
  }
}

/** The loss is not a number any more; the last checkpoint is from before. */
export class DivergedError extends Error {
  constructor(step: number, loss: number, norm: number, learningRate: number) {
    super(
      `step ${step}: the loss is ${loss} and the gradient's norm ${norm}: training has diverged. ` +
        `The last checkpoint is kept. A lower training.learningRate (now ${learningRate}) or a longer training.warmup helps`,
    );
    this.name = 'DivergedError';
  }
}
