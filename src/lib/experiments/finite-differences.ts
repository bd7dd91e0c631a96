/**
 * @file A gradient without calculus, to check one that was derived: central differences,
 *
 *     ∂f/∂x_k ≈ (f(x + h·e_k) − f(x − h·e_k)) / 2h,   error of order h² + ε/h
 *
 * in double precision, where h = 1e-5 leaves about ten digits.
 */

/** The gradient of `f` at `x`, one number for each of `x`; `x` is left as it was. */
export function finiteDifferences(
  f: (x: readonly number[]) => number,
  x: readonly number[],
  h = 1e-5,
): number[] {
  return x.map((value, k) => {
    const moved = (by: number) => f(x.map((other, i) => (i === k ? value + by : other)));
    return (moved(h) - moved(-h)) / (2 * h);
  });
}
