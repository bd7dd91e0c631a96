import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    setupFiles: ['tests/support/matchers.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Both workers train: with all cores each they would only wait for one another.
    env: { SIGHTLINE_THREADS: process.env.SIGHTLINE_THREADS ?? '1' },
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
});
