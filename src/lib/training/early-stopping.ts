/** @file Early stopping: remembers the best score and stops after `patience` evaluations without a better one. */

export interface EarlyStoppingState {
  bestScore: number | null;
  bestStep: number | null;
  /** Evaluations since the best. */
  waited: number;
}

export class EarlyStopping {
  state: EarlyStoppingState = { bestScore: null, bestStep: null, waited: 0 };

  /**
   * @param patience evaluations in a row that may pass without a better score; `null` never stops.
   * @param direction whether a larger or a smaller score is better.
   */
  constructor(
    private readonly patience: number | null,
    private readonly direction: 'larger' | 'smaller' = 'larger',
  ) {}

  /** Notes a score. `improved`: it is the best so far, keep these weights. `stop`: patience has run out. */
  note(score: number, step: number): { improved: boolean; stop: boolean } {
    const { bestScore } = this.state;
    const improved =
      bestScore === null || (this.direction === 'larger' ? score > bestScore : score < bestScore);
    this.state = improved
      ? { bestScore: score, bestStep: step, waited: 0 }
      : { ...this.state, waited: this.state.waited + 1 };
    return { improved, stop: this.patience !== null && this.state.waited >= this.patience };
  }
}
