/** @file One graph for all sizes: run by ONNX Runtime at sizes it was not recorded at, against tfjs itself, to 1e-5. */
import * as ort from 'onnxruntime-node';
import { afterAll, describe, expect, it } from 'vitest';
import { type DynamicOptions, encodeModel, recordDynamic, tf } from '../../../src/lib/engine';
import { Generator } from '../../../src/lib/random';
import '../../support/matchers';

const generator = new Generator(1, 'dynamic');
const random = (...shape: number[]) =>
  tf.tensor(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => generator.normal()),
    shape,
  );
const weight = tf.variable(random(6, 4), true, 'dynamic weight');
afterAll(() => weight.dispose());

type Tensors = { [name: string]: tf.Tensor };

function graphOf(fn: (inputs: Tensors) => Tensors, options: Omit<DynamicOptions, 'weights' | 'name'>) {
  const weights = [{ name: 'layer.weight', variable: weight, data: weight.dataSync() as Float32Array }];
  return recordDynamic(fn, { ...options, weights, name: 'graph' });
}

/** Runs the graph and `fn` itself on the same numbers. */
async function compare(
  fn: (inputs: Tensors) => Tensors,
  options: Omit<DynamicOptions, 'weights' | 'name'>,
  examples: readonly Tensors[],
): Promise<void> {
  const session = await ort.InferenceSession.create(encodeModel(graphOf(fn, options)), {
    logSeverityLevel: 3,
  });
  for (const example of examples) {
    const feeds = Object.fromEntries(
      Object.entries(example).map(([name, tensor]) => {
        const data = tensor.dataSync();
        const stored = options.inputs[name]?.storedAs;
        return [
          name,
          stored === 'int64'
            ? new ort.Tensor('int64', BigInt64Array.from(data, BigInt), tensor.shape)
            : new ort.Tensor('float32', data as Float32Array, tensor.shape),
        ];
      }),
    );
    const found = await session.run(feeds);
    const expected = fn(example);
    for (const [name, tensor] of Object.entries(expected)) {
      expect(found[name]?.dims).toEqual(tensor.shape);
      expect(new Float32Array(found[name]?.data as Float32Array)).toBeClose(
        new Float32Array(tensor.dataSync()),
        { absolute: 1e-5, relative: 1e-5 },
      );
    }
  }
  await session.release();
}

describe('recordDynamic', () => {
  it('follows shapes, slices, ranges, fills and products with a weight', async () => {
    const fn = ({ x, ids }: Tensors): Tensors => {
      const [batch, time] = (x as tf.Tensor).shape as [number, number];
      const flat = tf.reshape(x as tf.Tensor, [batch * time, 6]);
      const projected = tf.reshape(tf.matMul(flat as tf.Tensor2D, weight as tf.Tensor2D), [
        batch,
        time,
        2,
        2,
      ]);
      const heads = tf.transpose(projected, [0, 2, 1, 3]);
      const places = tf.range(0, time, 1, 'int32');
      const later = tf.greater(places, tf.reshape(places, [time, 1]));
      const scores = tf.add(tf.matMul(heads, heads, false, true), tf.mul(tf.cast(later, 'float32'), -1e9));
      const first = tf.slice(x as tf.Tensor, [0, 0, 0], [batch, 1, 6]);
      const rows = tf.reshape(tf.range(0, batch * time, time, 'int32'), [batch, 1]);
      return {
        states: tf.matMul(tf.softmax(scores), heads),
        first: tf.reshape(first, [batch, 6]),
        chosen: tf.gather(flat, tf.reshape(tf.add(ids as tf.Tensor, rows), [-1]) as tf.Tensor1D),
        length: tf.fill([batch], time),
        mean: tf.mean(x as tf.Tensor, 1),
      };
    };
    const options = {
      inputs: {
        x: { dtype: 'float32' as const, shape: ['batch', 'time', 6] },
        ids: { dtype: 'int32' as const, storedAs: 'int64' as const, shape: ['batch', 2] },
      },
      dimensions: { batch: Infinity, time: 64 },
    };
    const ids = (batch: number) => tf.zeros([batch, 2], 'int32');
    await compare(fn, options, [
      { x: random(1, 1, 6), ids: ids(1) },
      { x: random(2, 9, 6), ids: ids(2) },
      { x: random(64, 3, 6), ids: ids(64) },
    ]);
  });

  it('takes nothing where there may be nothing', async () => {
    const fn = ({ past, now }: Tensors): Tensors => {
      const [batch, room] = (past as tf.Tensor).shape as [number, number];
      const added = (now as tf.Tensor).shape[1] as number;
      const both = tf.concat([past as tf.Tensor, now as tf.Tensor], 1);
      const weights = tf.softmax(tf.reshape(tf.sum(both, 2), [batch, 1, room + added]));
      const [before, own] = tf.split(weights, [room, added], 2) as [tf.Tensor, tf.Tensor];
      return { all: tf.add(tf.matMul(before, past as tf.Tensor), tf.matMul(own, now as tf.Tensor)) };
    };
    const options = {
      inputs: {
        past: { dtype: 'float32' as const, shape: ['batch', 'past', 3] },
        now: { dtype: 'float32' as const, shape: ['batch', 'time', 3] },
      },
      dimensions: { batch: Infinity, time: Infinity, past: Infinity },
      mayBeEmpty: ['past'],
    };
    await compare(fn, options, [
      { past: random(2, 5, 3), now: random(2, 4, 3) },
      { past: tf.zeros([2, 0, 3]), now: random(2, 4, 3) },
    ]);
  });

  it('declares its dimensions by name, and weights under their own names', () => {
    const { input, output, initializer } = graphOf(
      ({ a, b }) => ({
        sum: tf.matMul(tf.concat([a as tf.Tensor, b as tf.Tensor], 0) as tf.Tensor2D, weight as tf.Tensor2D),
      }),
      {
        inputs: {
          a: { dtype: 'float32', shape: ['past', 6] },
          b: { dtype: 'float32', shape: ['time', 6] },
        },
        dimensions: { past: Infinity, time: Infinity },
      },
    );
    const shapeOf = (value: (typeof input)[number] | undefined) =>
      value && 'tensor_type' in value.type ? value.type.tensor_type.shape?.dim : null;
    expect(shapeOf(input[0])).toEqual([{ dim_param: 'past' }, { dim_value: 6 }]);
    expect(shapeOf(output[0])).toEqual([{ dim_param: 'past + time' }, { dim_value: 4 }]);
    expect(initializer.map(({ name }) => name)).toContain('layer.weight');
  });

  it('refuses a function that does other things at other sizes, naming them', () => {
    const options = {
      inputs: { x: { dtype: 'float32' as const, shape: ['time', 6] } },
      dimensions: { time: Infinity },
    };
    const branches = ({ x }: Tensors): Tensors => ({
      y: ((x as tf.Tensor).shape[0] as number) > 6 ? tf.exp(x as tf.Tensor) : tf.tanh(x as tf.Tensor),
    });
    expect(() => graphOf(branches, options)).toThrow(
      /something else at other sizes \(.*dynamic-graph\.test\.ts/,
    );
  });

  it('refuses a constant that follows from the size in another way', () => {
    const table = ({ x }: Tensors): Tensors => {
      const time = (x as tf.Tensor).shape[0] as number;
      const squares = tf.tensor1d(Array.from({ length: time }, (_, i) => i * i));
      return { y: tf.add(x as tf.Tensor, tf.reshape(squares, [time, 1])) };
    };
    const options = {
      inputs: { x: { dtype: 'float32' as const, shape: ['time', 6] } },
      dimensions: { time: Infinity },
    };
    expect(() => graphOf(table, options)).toThrow(/follows from the sizes of the inputs in a way/);
  });
});
