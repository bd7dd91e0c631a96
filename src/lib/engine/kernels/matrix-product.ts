/** @file Matrix products. Two-dimensional ones become `Gemm`, whose transposes are free; batched ones `MatMul`. */
import { matrixProduct, swapLastAxes } from '../graph/emit';
import type { Graph, Value } from '../graph/graph';
import { defineKernel } from './kernel';

interface Transposes {
  transposeA?: boolean;
  transposeB?: boolean;
}

/** a·b over the last two axes, either transposed first; leading axes broadcast. */
export function product(graph: Graph, a: Value, b: Value, { transposeA, transposeB }: Transposes): Value {
  const inner = [a.shape.at(transposeA ? -2 : -1), b.shape.at(transposeB ? -1 : -2)];
  if (inner[0] !== inner[1]) throw new Error(`the inner dimensions ${inner[0]} and ${inner[1]} differ`);
  if (a.shape.length === 2 && b.shape.length === 2) {
    const rows = a.shape[transposeA ? 1 : 0] as number;
    const columns = b.shape[transposeB ? 0 : 1] as number;
    const attributes = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 };
    return graph.node('Gemm', [a, b], { type: a.type, shape: [rows, columns] }, { attributes });
  }
  const left = transposeA ? swapLastAxes(graph, a) : a;
  const right = transposeB ? swapLastAxes(graph, b) : b;
  return matrixProduct(graph, left, right);
}

defineKernel('BatchMatMul', ({ graph, input, attributes }) =>
  product(graph, input('a'), input('b'), attributes as Transposes),
);
