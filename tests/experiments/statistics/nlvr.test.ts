/**
 * @file NLVR dev, the majority predictor ("true", 547 of 989 examples, six pictures each): its interval over
 * pictures, examples and sentences as published in the project's anchors. The published limits are of one
 * bootstrap; ±0.25 points is twice the Monte-Carlo error of a limit at 2,000 resamples over examples.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bootstrapInterval } from '../../../src/lib/experiments/statistics';
import { sharedData } from '../../support/shared-data';

const folder = sharedData('nlvr/dev');

describe('NLVR dev, clustered intervals (skipped without shared/data)', () => {
  it.skipIf(folder === null)('majority 55.31 %: 54.05–56.57, 52.28–58.44, 53.46–57.27', () => {
    const rows: { label: string; sentence: string; identifier: string }[] = readFileSync(
      join(folder as string, 'dev.json'),
      'utf8',
    )
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const pictures = rows.flatMap((row) => Array(6).fill(row) as typeof rows);
    const values = pictures.map((row) => row.label === 'true');
    const limits = (clusters?: string[]) => {
      const { value, low, high } = bootstrapInterval({ values, clusters, resamples: 4000 });
      expect(value).toBeCloseTo(547 / 989, 12);
      return [100 * low, 100 * high];
    };
    const tolerance = { absolute: 0.25, relative: 0 };
    expect(limits()).toBeClose([54.05, 56.57], tolerance);
    expect(limits(pictures.map((row) => row.identifier))).toBeClose([52.28, 58.44], tolerance);
    expect(limits(pictures.map((row) => row.sentence))).toBeClose([53.46, 57.27], tolerance);
  });
});
