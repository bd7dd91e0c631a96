/**
 * @file Emitters of matrix products: `Gemm` for two dimensions, whose transposes are free; for more `FusedMatMul`, where a
 * factor is read transposed and the graph may, or `MatMul`.
 */
import { broadcastShapes } from './elementwise';
import type { Graph, Value } from './graph';
import { full, madeBy, sameShape, transpose } from './movement';

export interface Transposes {
  transposeA?: boolean;
  transposeB?: boolean;
}

/**
 * a·b over the last two axes, either read transposed, of equal leading axes; `null` where the graph has no such node. Two
 * nodes would do the same, but where a is made by a transpose (the heads of attention), ONNX Runtime makes one copy of
 * both, beside the copy that the backward pass reads.
 */
export function transposingProduct(
  graph: Graph,
  a: Value,
  b: Value,
  { transposeA = false, transposeB = false }: Transposes,
): Value | null {
  const leading = a.shape.slice(0, -2);
  const isOne = graph.options.transposingProducts && a.type === 'float32' && b.type === 'float32';
  if (!isOne || !sameShape(leading, b.shape.slice(0, -2))) return null;
  if (a.shape.at(transposeA ? -2 : -1) === 0) return null;
  const shape = [
    ...leading,
    a.shape.at(transposeA ? -1 : -2) as number,
    b.shape.at(transposeB ? -2 : -1) as number,
  ];
  const attributes = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 };
  return graph.node('FusedMatMul', [a, b], { type: a.type, shape }, { domain: 'com.microsoft', attributes });
}

/** Matrix product of the last two axes, the others broadcast. Transposes are separate nodes that ONNX Runtime fuses. */
export function matrixProduct(graph: Graph, a: Value, b: Value): Value {
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const shape = [...batch, a.shape.at(-2) as number, b.shape.at(-1) as number];
  // ONNX Runtime leaves the result of an empty sum as it finds the memory.
  if (a.shape.at(-1) === 0) return full(graph, shape, 0, a.type);
  return graph.node('MatMul', [a, b], { type: a.type, shape });
}

/** a·b of matrices, either transposed first. */
export function gemm(graph: Graph, a: Value, b: Value, transposeA: boolean, transposeB: boolean): Value {
  if (a.type !== 'float32') {
    // ONNX Runtime's Gemm knows floats alone.
    const left = transposeA ? transpose(graph, a, [1, 0]) : a;
    return matrixProduct(graph, left, transposeB ? transpose(graph, b, [1, 0]) : b);
  }
  const shape = [a.shape[transposeA ? 1 : 0] as number, b.shape[transposeB ? 0 : 1] as number];
  if (a.shape[transposeA ? 0 : 1] === 0) return full(graph, shape, 0, a.type);
  const attributes = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 };
  return graph.node('Gemm', [a, b], { type: a.type, shape }, { attributes });
}

/**
 * The last two axes exchanged. Not composed with a transpose below it: ONNX Runtime fuses this one into the
 * product that follows, and the one below serves the backward pass too.
 */
export function swapLastAxes(graph: Graph, x: Value): Value {
  const rank = x.shape.length;
  const permutation = [...x.shape.keys()].slice(0, -2).concat(rank - 1, rank - 2);
  const before = madeBy(x, 'Transpose');
  if (before && sameShape(before.attributes.perm as readonly number[], permutation))
    return before.inputs[0] as Value;
  const shape = permutation.map((axis) => x.shape[axis] as number);
  return graph.node('Transpose', [x], { type: x.type, shape }, { attributes: { perm: permutation } });
}
