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

/** What is not a number any more. */
export interface NotFinite {
  loss?: number;
  gradientNorm?: number;
  /** The first parameter, in the model's order, whose values are not finite after the step; how many are so. */
  parameter: string | null;
  parameters: number;
}

/** The loss, its gradient or a parameter is not a number any more; the last checkpoint is from before. */
export class DivergedError extends Error {
  constructor(
    readonly step: number,
    readonly found: NotFinite,
    learningRate: number,
  ) {
    const { loss, gradientNorm, parameter, parameters } = found;
    const facts = [
      loss === undefined ? null : `the loss is ${loss} and the gradient's norm ${gradientNorm}`,
      parameter === null
        ? null
        : `${parameter} is not finite any more${parameters > 1 ? `, nor are ${parameters - 1} other parameters` : ''}`,
    ];
    super(
      `step ${step}: ${facts.filter((fact) => fact !== null).join('; ')}: training has diverged. ` +
        `The last good checkpoint is kept. A lower training.learningRate (now ${learningRate}) or a longer training.warmup helps`,
    );
    this.name = 'DivergedError';
  }
}
