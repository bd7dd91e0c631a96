/** @file The page of kernels says what the engine does. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { kernelTable } from '../../../scripts/kernel-table';
import { compiledKernelNames } from '../../../src/lib/engine';
import { refusedKernels } from '../../../src/lib/engine/kernels/refused';

it('docs/kernels.md is what scripts/kernel-table.ts writes', () => {
  const page = readFileSync(resolve(__dirname, '../../../docs/kernels.md'), 'utf8');
  expect(page, 'run `npm run build && node dist/scripts/kernel-table.js`').toBe(kernelTable());
});

it('no kernel is both compiled and refused', () => {
  expect(compiledKernelNames().filter((name) => name in refusedKernels)).toEqual([]);
});
