/**
 * @file Weights in 8 bits: a quarter of the file. A weight matrix W [K, N] has one scale s_n for each column and is
 * stored as round(W_kn / s_n); a product with it quantizes its other operand as it comes (`DynamicQuantizeLinear`, one
 * scale for the whole tensor) and runs in whole numbers:
 *
 *     X·W ≈ s_x · s_n · Σ_k (X̂_mk − zero) · Ŵ_kn
 *
 * as ONNX Runtime's `quantize_dynamic` does (onnxruntime/python/tools/quantization). A table that is looked up has a
 * scale a row. Weights use 7 bits (−63 … 63): with 8, products of pairs overflow on processors without VNNI
 * (`reduce_range` there). Convolutions, norms and biases stay in float32.
 */
import type { GraphFields } from '../../engine';
import {
  floats,
  type Initializer,
  initializer,
  integerAttribute,
  isLargeWeight,
  type Node,
  node,
  TYPE,
} from './graph-edits';

const LARGEST = 63;

interface EightBits {
  values: Int8Array;
  scales: Float32Array;
}

/** The same graph with products and look-ups of its large weights in 8 bits. */
export function withEightBitWeights(graph: GraphFields): GraphFields {
  return new Quantization(graph).rewritten();
}

class Quantization {
  private readonly weights: Map<string, Initializer>;
  /** Initializers by the name of their transpose. */
  private readonly transposed = new Map<string, string>();
  private readonly stored = new Map<string, Initializer>();
  private readonly activations = new Map<string, string>();

  constructor(private readonly graph: GraphFields) {
    this.weights = new Map(
      graph.initializer
        .filter((one) => isLargeWeight(one) && one.dims.length === 2)
        .map((one) => [one.name, one]),
    );
    for (const { op_type: op, input, output } of graph.node) {
      const [from, to] = [input[0] as string, output[0] as string];
      if (op === 'Transpose' && this.weights.has(from)) this.transposed.set(to, from);
    }
  }

  rewritten(): GraphFields {
    const nodes = this.graph.node.flatMap((one) => this.product(one) ?? this.lookup(one) ?? [one]);
    const used = new Set(nodes.flatMap(({ input }) => input));
    const outputs = new Set(this.graph.output.map(({ name }) => name));
    const kept = nodes.filter(({ output }) => output.some((name) => used.has(name) || outputs.has(name)));
    const needed = new Set(kept.flatMap(({ input }) => input));
    const initializers = [...this.graph.initializer, ...this.stored.values()];
    return { ...this.graph, node: kept, initializer: initializers.filter(({ name }) => needed.has(name)) };
  }

  private product(one: Node): Node[] | null {
    const [left, right] = one.input as [string, string];
    if (one.op_type === 'MatMul') {
      const table = this.transposed.get(right);
      if (table) return this.integerProduct(one, left, table, 'rows');
      return this.weights.has(right) ? this.integerProduct(one, left, right, 'columns') : null;
    }
    if (one.op_type !== 'Gemm' || one.input.length > 2 || integerAttribute(one, 'transA', 0) !== 0)
      return null;
    const turned = integerAttribute(one, 'transB', 0) === 1;
    const table = this.transposed.get(right);
    if (table) return this.integerProduct(one, left, table, turned ? 'columns' : 'rows');
    return this.weights.has(right)
      ? this.integerProduct(one, left, right, turned ? 'rows' : 'columns')
      : null;
  }

  /** `by` says which axis of the stored weight is that of the result: rows are transposed when the graph is loaded. */
  private integerProduct(one: Node, left: string, weight: string, by: 'rows' | 'columns'): Node[] {
    const { values, scales } = this.store(weight, by);
    const nodes: Node[] = [];
    let right = values;
    if (by === 'rows') {
      right = `${one.name}.weight`;
      nodes.push(node('Transpose', right, [values], [right], { perm: [1, 0] }));
    }
    const name = (part: string) => `${one.name}.${part}`;
    let activation = this.activations.get(left);
    if (!activation) {
      activation = `${left}.uint8`;
      this.activations.set(left, activation);
      const outputs = [activation, `${activation}.scale`, `${activation}.zero`];
      nodes.push(node('DynamicQuantizeLinear', activation, [left], outputs));
    }
    const [scale, zero] = [`${activation}.scale`, `${activation}.zero`];
    nodes.push(
      node('MatMulInteger', name('integers'), [activation, right, zero], [name('integers')]),
      node('Cast', name('floats'), [name('integers')], [name('floats')], { to: TYPE.float32 }),
      node('Mul', name('scale'), [scale, scales], [name('scale')]),
      node('Mul', name('scaled'), [name('floats'), name('scale')], [one.output[0] as string]),
    );
    return nodes;
  }

  /** Rows of a table: looked up in 8 bits, with their scales. */
  private lookup(one: Node): Node[] | null {
    const [table, ids] = one.input as [string, string];
    if (one.op_type !== 'Gather' || integerAttribute(one, 'axis', 0) !== 0 || !this.weights.has(table))
      return null;
    const { values, scales } = this.store(table, 'rows');
    const column = `${scales}.column`;
    this.stored.set(column, {
      ...(this.stored.get(scales) as Initializer),
      name: column,
      dims: [this.rowsOf(table), 1],
    });
    const name = (part: string) => `${one.name}.${part}`;
    return [
      node('Gather', name('rows'), [values, ids], [name('rows')]),
      node('Cast', name('floats'), [name('rows')], [name('floats')], { to: TYPE.float32 }),
      node('Gather', name('scales'), [column, ids], [name('scales')]),
      node('Mul', name('scaled'), [name('floats'), name('scales')], [one.output[0] as string]),
    ];
  }

  private rowsOf(weight: string): number {
    return this.weights.get(weight)?.dims[0] as number;
  }

  /** The weight in 8 bits and its scales, stored once. */
  private store(weight: string, by: 'rows' | 'columns'): { values: string; scales: string } {
    const [values, scales] = [`${weight}.int8.${by}`, `${weight}.scale.${by}`];
    if (!this.stored.has(values)) {
      const one = this.weights.get(weight) as Initializer;
      const found = quantize(floats(one), one.dims as [number, number], by);
      this.stored.set(values, initializer(values, TYPE.int8, one.dims, found.values));
      this.stored.set(scales, initializer(scales, TYPE.float32, [found.scales.length], found.scales));
    }
    return { values, scales };
  }
}

/** A matrix [rows, columns] in whole numbers from −63 to 63 with a scale for each row, or each column. */
export function quantize(
  weights: Float32Array,
  [rows, columns]: readonly [number, number],
  by: 'rows' | 'columns',
): EightBits {
  const group = (i: number) => (by === 'rows' ? Math.floor(i / columns) : i % columns);
  const scales = new Float32Array(by === 'rows' ? rows : columns);
  for (const [i, weight] of weights.entries()) {
    scales[group(i)] = Math.max(scales[group(i)] as number, Math.abs(weight) / LARGEST);
  }
  for (const [i, scale] of scales.entries()) if (scale === 0) scales[i] = 1; // all zeros
  const values = Int8Array.from(weights, (weight, i) => Math.round(weight / (scales[group(i)] as number)));
  return { values, scales };
}
