/**
 * @file A picture partly drowned in noise, as diffusion models drown it (Ho et al. 2020), by the schedule of VCD (Leng
 * et al. 2024, DAMO-NLP-SG/VCD), 1,000 steps:
 *
 *     β_t = sigmoid(−6 + 12 t / 999) · (0.005 − 1e-5) + 1e-5,   ᾱ_t = Π_{s ≤ t} (1 − β_s)
 *     noisy picture = √ᾱ_t · picture + √(1 − ᾱ_t) · normal noise
 *
 * of the normalized picture. √ᾱ is 0.998 at t = 100, 0.863 at 500 (VCD's own choice), 0.365 at 900 and 0.285 at 999:
 * even the last step leaves something to be seen.
 */
import { Generator } from '../random';

export const DIFFUSION_STEPS = 1000;

/** √ᾱ for t = 0 … 999, float64 [1000]. */
export function rootAlphaBar(): Float64Array {
  const out = new Float64Array(DIFFUSION_STEPS);
  let product = 1;
  for (let t = 0; t < DIFFUSION_STEPS; t++) {
    const beta = (0.005 - 1e-5) / (1 + Math.exp(6 - (12 * t) / (DIFFUSION_STEPS - 1))) + 1e-5;
    product *= 1 - beta;
    out[t] = Math.sqrt(product);
  }
  return out;
}

export interface DiffusionNoiseOptions {
  /** t, 0 to 999. */
  step: number;
  seed: number;
  /** Names the picture: the same noise whatever batch it stands in. */
  key: number | string;
  /** By which the network normalizes, a channel; 0.5 by default. */
  mean?: readonly number[];
  deviation?: readonly number[];
}

/** A copy of float32 [S, S, 3] in [0, 1] with noise; its values may lie outside [0, 1], as VCD leaves them. */
export function diffusionNoise(
  picture: Float32Array,
  { step, seed, key, mean = [0.5, 0.5, 0.5], deviation = [0.5, 0.5, 0.5] }: DiffusionNoiseOptions,
): Float32Array {
  if (!(Number.isInteger(step) && step >= 0 && step < DIFFUSION_STEPS)) {
    throw new RangeError(`step: expected a whole number from 0 to ${DIFFUSION_STEPS - 1}, got ${step}`);
  }
  const root = rootAlphaBar()[step] as number;
  const noise = Math.sqrt(1 - root * root);
  const generator = new Generator(seed, 'diffusion noise', key);
  return picture.map((value, i) => {
    const [m, d] = [mean[i % 3] as number, deviation[i % 3] as number];
    return m + d * ((root * (value - m)) / d + noise * generator.normal());
  });
}
