/**
 * @file The noise schedule of VCD (Leng et al. 2024, DAMO-NLP-SG/VCD), 1,000 steps of DDPM:
 *
 *     β_t = sigmoid(−6 + 12 t / 999) · (0.005 − 1e-5) + 1e-5,   ᾱ_t = Π_{s ≤ t} (1 − β_s)
 *     noisy picture = √ᾱ_t · picture + √(1 − ᾱ_t) · normal noise
 */
import type { Anchor } from './anchor';

const STEPS = 1000;

/** √ᾱ for t = 0 … 999, float64 [1000]. */
export function rootAlphaBar(): Float64Array {
  const out = new Float64Array(STEPS);
  let product = 1;
  for (let t = 0; t < STEPS; t++) {
    const beta = (0.005 - 1e-5) / (1 + Math.exp(6 - (12 * t) / (STEPS - 1))) + 1e-5;
    product *= 1 - beta;
    out[t] = Math.sqrt(product);
  }
  return out;
}

/** Known to six digits (METHODS.md (b) 4). */
const KNOWN: readonly [number, number][] = [
  [100, 0.998293],
  [500, 0.863017],
  [700, 0.592677],
  [900, 0.364888],
  [999, 0.285042],
];

export function noiseScheduleAnchors(): Anchor[] {
  const root = rootAlphaBar();
  const at = (t: number): number => root[t] as number;
  const plain = (name: string, expected: number, found: number): Anchor => ({
    name,
    expected,
    found,
    tolerance: 5.1e-7,
    unit: '',
  });
  return [
    ...KNOWN.map(([t, expected]) => plain(`VCD schedule: √ᾱ at step ${t}`, expected, at(t))),
    plain('VCD schedule: noise deviation at step 500', 0.505175, Math.sqrt(1 - at(500) ** 2)),
  ];
}
