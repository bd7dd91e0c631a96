/** @file The noise schedule of VCD against its known values. */
import { rootAlphaBar } from '../../vision/diffusion-noise';
import type { Anchor } from './anchor';

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
