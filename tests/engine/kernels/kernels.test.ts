/** @file Every compiled kernel against tfjs `cpu`, and its gradient against finite differences (see harness.ts). */
import { beforeAll, describe, expect, it } from 'vitest';
import { compiledKernelNames } from '../../../src/lib/engine';
import { arithmeticCases } from './cases/arithmetic';
import { fusedCases } from './cases/fused';
import { indexingCases } from './cases/indexing';
import { pictureCases } from './cases/pictures';
import { productCases } from './cases/products';
import { reductionCases } from './cases/reduction';
import { shapeCases } from './cases/shape';
import { unaryCases } from './cases/unary';
import {
  type CaseResult,
  type Found,
  type KernelCase,
  type Results,
  runCases,
  tracedKernels,
} from './harness';

const tables: Record<string, KernelCase[]> = {
  arithmetic: arithmeticCases,
  unary: unaryCases,
  reduction: reductionCases,
  shape: shapeCases,
  indexing: indexingCases,
  products: productCases,
  pictures: pictureCases,
  fused: fusedCases,
};

/** float32 of ONNX Runtime against float32 of tfjs: exp, erf and tanh are other approximations. */
const TOLERANCE = { absolute: 2e-6, relative: 2e-5 };

function expectEqual(actual: Found[], expected: Found[], what: string, test: KernelCase): void {
  expect(actual.length, `${what}: how many`).toBe(expected.length);
  for (const [i, reference] of expected.entries()) {
    const { shape, dtype, values } = actual[i] as Found;
    expect({ shape, dtype }, `${what} ${i}`).toEqual({ shape: reference.shape, dtype: reference.dtype });
    const wanted = what === 'output' ? (test.expected?.[i] ?? reference.values) : reference.values;
    if (dtype === 'float32')
      expect(values, `${what} ${i}`).toBeClose(wanted, { ...TOLERANCE, ...test.tolerance });
    else expect(values, `${what} ${i}`).toEqual(wanted);
  }
}

function expectTrueGradient({ directional }: CaseResult): void {
  const error = Math.sqrt(
    directional.reduce((sum, { difference, gradient }) => sum + (difference - gradient) ** 2, 0),
  );
  const size = Math.sqrt(directional.reduce((sum, { difference }) => sum + difference ** 2, 0));
  const shown = directional
    .map(({ difference, gradient }) => `${difference.toFixed(5)} ${gradient.toFixed(5)}`)
    .join('; ');
  expect(error, `finite difference and gradient along each direction: ${shown}`).toBeLessThanOrEqual(
    1e-3 * size + 2e-5,
  );
}

for (const [name, tests] of Object.entries(tables)) {
  describe(name, () => {
    let results: Results;
    beforeAll(async () => {
      results = await runCases(tests);
    });

    it.each(tests.map((test) => [test.name, test] as const))('%s', (_, test) => {
      const result = results.get(test.name) as CaseResult | Error;
      if (result instanceof Error) throw result;
      expectEqual(result.compiled.outputs, result.eager.outputs, 'output', test);
      if (!test.withoutReferenceGradient)
        expectEqual(result.compiled.gradients, result.eager.gradients, 'gradient', test);
      if (!test.withoutDifferences) expectTrueGradient(result);
    });
  });
}

it('has a case for every compiled kernel', () => {
  expect(compiledKernelNames().filter((name) => !tracedKernels.has(name))).toEqual([]);
});
