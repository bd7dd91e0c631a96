import { defineConfig } from 'vitest/config';

/** Folders whose tests leave nothing behind: a worker loads the library once for all of their files. */
const TOGETHER = ['augmentation', 'data', 'decoding', 'fusion', 'nn', 'tasks', 'text', 'vision'].map(
  (folder) => `tests/${folder}/**/*.test.ts`,
);
/** Of these, what replaces a global or a variable of the environment for a while. */
const EXCEPT = [
  'tests/data/prepared.test.ts',
  'tests/text/checkpoint/hub.test.ts',
  'tests/vision/features.test.ts',
];

export default defineConfig({
  test: {
    setupFiles: ['tests/support/matchers.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Both workers train: with all cores each they would only wait for one another.
    env: { SIGHTLINE_THREADS: process.env.SIGHTLINE_THREADS ?? '1' },
    testTimeout: 180_000,
    hookTimeout: 300_000,
    projects: [
      { extends: true, test: { name: 'together', include: TOGETHER, exclude: EXCEPT, isolate: false } },
      { extends: true, test: { name: 'alone', include: ['tests/**/*.test.ts'], exclude: TOGETHER } },
      { extends: true, test: { name: 'alone, too', include: EXCEPT } },
    ],
  },
});
