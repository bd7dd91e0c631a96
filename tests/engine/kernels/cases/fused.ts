import { gelu, geluTanh, layerNormalization } from '../../../../src/lib/engine/fused';
import { float, listed } from '../draws';
import type { KernelCase } from '../harness';

export const fusedCases: KernelCase[] = [
  { name: 'gelu', inputs: [float([3, 4])], run: gelu },
  { name: 'gelu far from 0', inputs: [float([8], listed(-40, -14, -9, -5, 5, 9, 14, 40))], run: gelu },
  {
    name: 'gelu of worked numbers',
    inputs: [float([2], listed(0, 1))],
    run: gelu,
    expected: [[0, 0.8413447]],
  },
  { name: 'geluTanh', inputs: [float([3, 4])], run: geluTanh },
  {
    name: 'geluTanh far from 0',
    inputs: [float([8], listed(-40, -14, -9, -5, 5, 9, 14, 40))],
    run: geluTanh,
  },
  {
    name: 'geluTanh of worked numbers',
    inputs: [float([2], listed(0, 1))],
    run: geluTanh,
    expected: [[0, 0.841192]],
  },
  {
    name: 'layerNormalization [B, T, D]',
    inputs: [float([2, 3, 8]), float([8]), float([8])],
    run: (x, gamma, beta) => layerNormalization(x, gamma, beta, 1e-5),
  },
  {
    name: 'layerNormalization of rows',
    inputs: [float([5, 4]), float([4]), float([4])],
    run: (x, gamma, beta) => layerNormalization(x, gamma, beta, 1e-12),
  },
  {
    name: 'layerNormalization of worked numbers',
    inputs: [float([1, 2], listed(1, 3)), float([2], listed(2, 1)), float([2], listed(0, 10))],
    run: (x, gamma, beta) => layerNormalization(x, gamma, beta, 0),
    expected: [[-2, 11]],
    gradient: [],
  },
];
