/** @file What the graph leaves out: equal constants, equal nodes, dead nodes, transposes and reshapes that cancel. */
import { describe, expect, it } from 'vitest';
import { tf } from '../../../src/lib/engine';
import { add, binary, multiply, reshape, transpose } from '../../../src/lib/engine/graph/emit';
import { Graph } from '../../../src/lib/engine/graph/graph';
import { record } from '../../../src/lib/engine/trace/recorder';
import { normalTensor } from '../support';

/** How many nodes of each kind the finished graph has. */
function nodeCounts(origins: Map<string, string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of origins.keys()) {
    const op = name.replace(/_\d+$/, '');
    counts[op] = (counts[op] ?? 0) + 1;
  }
  return counts;
}

describe('constants', () => {
  it('are stored once by content, whatever array they come in', () => {
    const graph = new Graph();
    const first = graph.constant(Float32Array.of(1, 2, 3), 'float32', [3]);
    const long = Float32Array.from({ length: 1000 }, (_, i) => i);
    expect(graph.constant(Float32Array.of(1, 2, 3), 'float32', [3])).toBe(first);
    expect(graph.constant(long, 'float32', [1000])).toBe(graph.constant(long.slice(), 'float32', [1000]));
    expect(graph.scalar(2)).toBe(graph.scalar(2));
  });

  it('differ by shape, type and the sign of zero', () => {
    const graph = new Graph();
    const flat = graph.constant(Float32Array.of(1, 2), 'float32', [2]);
    expect(graph.constant(Float32Array.of(1, 2), 'float32', [2, 1])).not.toBe(flat);
    expect(graph.constant(Int32Array.of(1, 2), 'int32', [2])).not.toBe(flat);
    expect(graph.scalar(0)).not.toBe(graph.scalar(-0));
  });

  it('are copied: a later change of the array does not reach the graph', () => {
    const graph = new Graph();
    const elements = Float32Array.of(1, 2);
    const value = graph.constant(elements, 'float32', [2]);
    elements[0] = 9;
    expect(value.constant?.[0]).toBe(1);
  });

  it('that do not fill their shape are refused', () => {
    expect(() => new Graph().constant(Float32Array.of(1), 'float32', [2])).toThrow(RangeError);
  });
});

describe('nodes', () => {
  it('asked for twice are made once', () => {
    const graph = new Graph();
    const [x, y] = [graph.input('x', 'float32', [2]), graph.input('y', 'float32', [2])];
    expect(add(graph, x, y)).toBe(add(graph, x, y));
    expect(add(graph, x, y)).not.toBe(add(graph, y, x));
    expect(binary(graph, 'Mod', x, y, { fmod: 1 })).not.toBe(binary(graph, 'Mod', x, y));
  });

  it('that no output needs are left out, and so are their inputs and constants', () => {
    const graph = new Graph();
    const [x, y] = [graph.input('x', 'float32', [2]), graph.input('y', 'float32', [2])];
    multiply(graph, y, graph.scalar(7));
    const finished = graph.finish([{ name: 'sum', value: add(graph, x, graph.scalar(2)) }]);
    expect(finished.nodeCount).toBe(1);
    expect([...finished.inputNames]).toEqual(['x']);
    expect(nodeCounts(finished.origins)).toEqual({ Add: 1 });
  });

  it('count an output that is an input, or asked for twice, as one Identity each', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [2]);
    const sum = add(graph, x, x);
    const outputs = [x, sum, sum].map((value, i) => ({ name: `out${i}`, value }));
    expect(graph.finish(outputs).nodeCount).toBe(3);
  });
});

describe('simplifications', () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [2, 3, 4, 5]);

  it('take x·1, x+0, x−0, x/1 for x', () => {
    const [one, zero] = [graph.scalar(1), graph.scalar(0)];
    expect(multiply(graph, x, one)).toBe(x);
    expect(multiply(graph, one, x)).toBe(x);
    expect(add(graph, zero, x)).toBe(x);
    expect(binary(graph, 'Sub', x, zero)).toBe(x);
    expect(binary(graph, 'Div', x, one)).toBe(x);
    expect(binary(graph, 'Sub', zero, x)).not.toBe(x);
    expect(binary(graph, 'Div', one, x)).not.toBe(x);
  });

  it('cancel transposes and reshapes that undo each other', () => {
    expect(transpose(graph, transpose(graph, x, [3, 0, 2, 1]), [1, 3, 2, 0])).toBe(x);
    expect(reshape(graph, reshape(graph, x, [6, 20]), [2, 3, 4, 5])).toBe(x);
  });
});

describe('recorded steps', () => {
  it('of a network of three convolutions keep only the transposes at its ends and of its filters', () => {
    const filters = [
      [3, 3, 2, 4],
      [3, 3, 4, 5],
      [3, 3, 5, 6],
    ].map((shape, i) => tf.variable(normalTensor(shape, i, 0.2)));
    const biases = [4, 5, 6].map((size) => tf.variable(tf.zeros([size])));
    const state = [...filters, ...biases];
    const network = (pictures: tf.Tensor4D) => {
      let x = pictures;
      for (const [i, filter] of filters.entries()) {
        const y = tf.relu(
          tf.add(tf.conv2d(x, filter as tf.Variable<tf.Rank.R4>, 1, 'same'), biases[i] as tf.Variable),
        );
        x = tf.maxPool(y as tf.Tensor4D, 2, 2, 'valid');
      }
      return tf.mean(x) as tf.Scalar;
    };
    const step = (pictures: tf.Tensor) => {
      const { value, grads } = tf.variableGrads(() => network(pictures as tf.Tensor4D), state);
      for (const variable of state)
        variable.assign(tf.sub(variable, tf.mul(grads[variable.name] as tf.Tensor, 0.1)));
      return value;
    };
    const { graph, outputs } = record(step, [normalTensor([2, 16, 16, 2], 9)], { name: 'step', state });
    const counts = nodeCounts(graph.finish(outputs).origins);
    // One of the pictures; of each filter one forward, one for its flipped form (not the first: pictures have no
    // gradient); of each filter's gradient the one that its product takes in.
    expect(counts.Transpose).toBe(1 + 3 + 2 + 3);
    expect(counts.Conv).toBe(3 + 2);
    for (const variable of state) variable.dispose();
  });

  it('of two layers on [B, T, D] fold into rows once and unfold once', () => {
    const weights = [1, 2].map((seed) => normalTensor([4, 4], seed));
    const layers = (x: tf.Tensor) =>
      weights.reduce((h, weight) => {
        const rows = tf.matMul(tf.reshape(h, [-1, 4]) as tf.Tensor2D, weight as tf.Tensor2D);
        return tf.mul(tf.tanh(tf.add(tf.reshape(rows, h.shape), [1, 2, 3, 4])), 2);
      }, x);
    const { graph, outputs } = record(layers, [normalTensor([2, 3, 4], 5)], { name: 'layers', state: [] });
    expect(nodeCounts(graph.finish(outputs).origins)).toEqual({
      Reshape: 2,
      Gemm: 2,
      Add: 2,
      Tanh: 2,
      Mul: 2,
    });
    tf.dispose(weights);
  });

  it('make a common subexpression once and nothing of what is not returned', () => {
    const f = (x: tf.Tensor) => {
      tf.exp(x);
      return tf.add(tf.mul(tf.tanh(x), 2), tf.tanh(x));
    };
    const { graph, outputs } = record(f, [normalTensor([3], 1)], { name: 'f', state: [] });
    expect(nodeCounts(graph.finish(outputs).origins)).toEqual({ Tanh: 1, Mul: 1, Add: 1 });
  });
});

it('a batched product reads its factor transposed in one node, where the graph may', () => {
  const [queries, keys] = [normalTensor([2, 3, 4, 5], 1), normalTensor([2, 3, 6, 5], 2)];
  const scores = (q: tf.Tensor, k: tf.Tensor) => tf.matMul(q, k, false, true);
  const nodes = (transposingProducts: boolean) => {
    const recording = record(scores, [queries, keys], {
      name: 'scores',
      state: [],
      graph: { transposingProducts },
    });
    return nodeCounts(recording.graph.finish(recording.outputs).origins);
  };
  expect(nodes(true)).toEqual({ FusedMatMul: 1 });
  expect(nodes(false)).toEqual({ Transpose: 1, MatMul: 1 });
});
