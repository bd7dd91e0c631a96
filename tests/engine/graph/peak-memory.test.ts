/** @file The least memory of a graph, counted by hand, and what is said of a step that needs more than there is. */
import { afterEach, describe, expect, it } from 'vitest';
import { compile, MemoryError, tf } from '../../../src/lib/engine';
import { add, multiply, reshape, unary } from '../../../src/lib/engine/graph/emit';
import { Graph } from '../../../src/lib/engine/graph/graph';
import { errorOf, normalTensor } from '../support';

const KIB = 1024;

describe('peak memory', () => {
  it('of a chain is its input and one value, which each operation writes over', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [KIB]);
    const value = unary(graph, 'Exp', unary(graph, 'Tanh', unary(graph, 'Sqrt', x)));
    expect(graph.finish([{ name: 'y', value }]).peakBytes).toBe(8 * KIB);
  });

  it('holds what is read again later, and counts a reshape for nothing', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [KIB]);
    const early = unary(graph, 'Tanh', x);
    const other = reshape(graph, unary(graph, 'Exp', early), [32, 32]);
    const value = multiply(graph, reshape(graph, early, [32, 32]), unary(graph, 'Sqrt', other));
    // x, early and other; the square root writes over other, the product over either; and the shape, two of int64.
    expect(graph.finish([{ name: 'y', value }]).peakBytes).toBe(12 * KIB + 16);
  });

  it('holds outputs to the end', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [KIB]);
    const first = unary(graph, 'Tanh', x);
    const second = add(graph, first, x);
    const third = add(graph, second, x);
    const outputs = [first, second, third].map((value, i) => ({ name: `y${i}`, value }));
    expect(graph.finish(outputs).peakBytes).toBe(16 * KIB);
  });
});

describe('a function that needs more than it may take', () => {
  afterEach(() => {
    delete process.env.SIGHTLINE_MEMORY;
  });

  it('is refused before it runs, with both figures', async () => {
    process.env.SIGHTLINE_MEMORY = '3';
    const product = compile((a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b), { name: 'the product' });
    const [a, b] = [normalTensor([1024, 256], 1), normalTensor([256, 1024], 2)];
    const error = await errorOf(() => product(a, b));
    expect(error).toBeInstanceOf(MemoryError);
    expect((error as MemoryError).needed).toBe(4 * (2 * 1024 * 256 + 1024 * 1024));
    expect(error.message).toMatch(/the product needs at least 6\.0 MiB of memory, and there are 3\.0 MiB/);
    process.env.SIGHTLINE_MEMORY = '7';
    expect((await product(a, b)).shape).toEqual([1024, 1024]);
  });

  it('says which number of MiB cannot be read', async () => {
    process.env.SIGHTLINE_MEMORY = 'much';
    expect((await errorOf(() => compile((x: tf.Tensor) => tf.tanh(x))(tf.scalar(1)))).message).toMatch(
      /SIGHTLINE_MEMORY must be MiB above 0, got "much"/,
    );
  });
});
