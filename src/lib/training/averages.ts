/**
 * @file An exponential moving average of the weights (Polyak and Juditsky 1992, with a forgetting factor d):
 *
 *     θ̄ ← d·θ̄ + (1 − d)·θ   after each step, beginning with the first weights
 *
 * It is what is evaluated and kept; training goes on from θ. Left out: a correction of its first steps.
 */
import { tf } from '../engine';

export class Averages {
  /** θ̄ of each parameter that learns, by name. */
  readonly state: ReadonlyMap<string, tf.Variable>;

  constructor(
    private readonly variables: ReadonlyMap<string, tf.Variable>,
    private readonly decay: number,
  ) {
    this.state = new Map(
      [...variables].map(([name, variable]) => {
        const first = tf.clone(variable);
        const average = tf.variable(first, false, `average.${variable.name}`);
        first.dispose();
        return [name, average];
      }),
    );
  }

  /** Takes in the values that the parameters have now: after the optimizer's update, within the compiled step. */
  update(): void {
    for (const [name, average] of this.state) {
      const variable = this.variables.get(name) as tf.Variable;
      average.assign(tf.add(tf.mul(average, this.decay), tf.mul(variable, 1 - this.decay)));
    }
  }

  dispose(): void {
    for (const average of this.state.values()) average.dispose();
  }
}
