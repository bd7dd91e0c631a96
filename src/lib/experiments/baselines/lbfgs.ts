/**
 * @file The least value of a smooth convex function, by limited-memory BFGS (Nocedal 1980; two loops as in Nocedal and
 * Wright 2006, algorithm 7.4), with steps halved until the value falls enough (Armijo).
 */

export interface Minimum {
  point: Float64Array;
  value: number;
  /** Steps taken. */
  steps: number;
  /** Whether the largest slope fell below the tolerance. */
  converged: boolean;
}

export interface MinimizeOptions {
  /** Largest slope in any direction at which a point is the least. */
  tolerance?: number;
  maximumSteps?: number;
  /** Pairs of steps and changes of slope that are remembered. */
  memory?: number;
}

/** Share of the fall that the slope promises which a step has to bring. */
const ENOUGH = 1e-4;
const HALVINGS = 40;

interface Remembered {
  step: Float64Array;
  change: Float64Array;
  /** 1 / (step · change) */
  inverse: number;
}

/** @param evaluate gives the value at a point, and writes its gradient into the second array. */
export function minimize(
  evaluate: (point: Float64Array, gradient: Float64Array) => number,
  start: Float64Array,
  { tolerance = 1e-6, maximumSteps = 500, memory = 10 }: MinimizeOptions = {},
): Minimum {
  let point = Float64Array.from(start);
  let gradient = new Float64Array(point.length);
  let value = evaluate(point, gradient);
  const past: Remembered[] = [];
  for (let steps = 0; steps < maximumSteps; steps++) {
    if (largest(gradient) < tolerance) return { point, value, steps, converged: true };
    const direction = descent(gradient, past);
    const slope = dot(direction, gradient);
    let size = past.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    let next = point;
    const nextGradient = new Float64Array(point.length);
    let nextValue = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < HALVINGS && !(nextValue <= value + ENOUGH * size * slope); tries++) {
      if (tries > 0) size /= 2;
      next = point.map((x, i) => x + size * (direction[i] as number));
      nextValue = evaluate(next, nextGradient);
    }
    // Beyond what the numbers can tell apart.
    if (!(nextValue < value)) return { point, value, steps, converged: false };
    remember(past, memory, difference(next, point), difference(nextGradient, gradient));
    [point, gradient, value] = [next, nextGradient, nextValue];
  }
  return { point, value, steps: maximumSteps, converged: false };
}

/** −H·gradient, H what the past steps say of the inverse curvature. */
function descent(gradient: Float64Array, past: readonly Remembered[]): Float64Array {
  const q = gradient.map((x) => -x);
  const shares = past.map(() => 0);
  for (let i = past.length - 1; i >= 0; i--) {
    const { step, change, inverse } = past[i] as Remembered;
    const share = inverse * dot(step, q);
    shares[i] = share;
    addScaled(q, change, -share);
  }
  const last = past[past.length - 1];
  if (last) {
    const scale = 1 / (last.inverse * dot(last.change, last.change));
    for (let i = 0; i < q.length; i++) q[i] = (q[i] as number) * scale;
  }
  for (const [i, { step, change, inverse }] of past.entries())
    addScaled(q, step, (shares[i] as number) - inverse * dot(change, q));
  return q;
}

function remember(past: Remembered[], memory: number, step: Float64Array, change: Float64Array): void {
  const product = dot(step, change);
  if (product <= 1e-14) return; // no curvature to learn from
  past.push({ step, change, inverse: 1 / product });
  if (past.length > memory) past.shift();
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function addScaled(to: Float64Array, from: Float64Array, scale: number): void {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) + scale * (from[i] as number);
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((x, i) => x - (b[i] as number));
}

function largest(gradient: Float64Array): number {
  let most = 0;
  for (const x of gradient) most = Math.max(most, Math.abs(x));
  return most;
}
