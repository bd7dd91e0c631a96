/** @file Every case of the kernel tests on the device in use, compared with tfjs `cpu`: which differ, and how. */
import { arithmeticCases } from '../kernels/cases/arithmetic';
import { indexingCases } from '../kernels/cases/indexing';
import { pictureCases } from '../kernels/cases/pictures';
import { productCases } from '../kernels/cases/products';
import { reductionCases } from '../kernels/cases/reduction';
import { shapeCases } from '../kernels/cases/shape';
import { unaryCases } from '../kernels/cases/unary';
import { type CaseResult, type Found, type KernelCase, runCases } from '../kernels/harness';

const TABLES = [
  arithmeticCases,
  unaryCases,
  reductionCases,
  shapeCases,
  indexingCases,
  productCases,
  pictureCases,
];

/** Relative to the largest number of the tensor: GPUs approximate more freely, and add in another order. */
const TOLERANCE = 1e-3;

export interface KernelSweep {
  cases: number;
  /** What is wrong, by the name of the case. */
  differences: Record<string, string>;
}

export async function sweepKernels(): Promise<KernelSweep> {
  const sweep: KernelSweep = { cases: 0, differences: {} };
  for (const tests of TABLES) {
    const results = await runCases(tests, { differences: false });
    sweep.cases += tests.length;
    for (const test of tests) {
      const wrong = whatIsWrong(test, results.get(test.name) as CaseResult | Error);
      if (wrong) sweep.differences[test.name] = wrong;
    }
  }
  return sweep;
}

function whatIsWrong(test: KernelCase, result: CaseResult | Error): string | null {
  if (result instanceof Error) return result.message;
  const { compiled, eager } = result;
  const outputs = largestDifference(compiled.outputs, eager.outputs, test.expected);
  if (!(outputs <= TOLERANCE)) return `outputs differ by ${outputs}`;
  if (test.withoutReferenceGradient) return null;
  const gradients = largestDifference(compiled.gradients, eager.gradients);
  return gradients <= TOLERANCE ? null : `gradients differ by ${gradients}`;
}

function largestDifference(actual: Found[], reference: Found[], expected?: number[][]): number {
  let largest = 0;
  for (const [i, { values }] of actual.entries()) {
    const wanted = expected?.[i] ?? (reference[i] as Found).values;
    const scale = Math.max(1e-3, ...wanted.filter(Number.isFinite).map(Math.abs));
    for (const [j, value] of values.entries()) {
      const target = wanted[j] as number;
      if (Object.is(value, target) || value === target) continue;
      const difference = Math.abs(value - target) / scale;
      largest = Math.max(largest, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
    }
  }
  return largest;
}
