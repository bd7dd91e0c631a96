/** @file Randomness in compiled functions: seeded, resumable, different at each step and site, equal on every device. */
import { afterEach, describe, expect, it } from 'vitest';
import { compile, RandomStream, tf, use } from '../../src/lib/engine';
import { randomBits, uniforms } from '../../src/lib/random';

afterEach(async () => {
  await use({ device: 'cpu' });
  tf.disposeVariables();
});

const SHAPE = [7, 33];
const SIZE = 7 * 33;

/** A function that draws at two sites, and the numbers of `calls` calls of it. */
async function drawn(random: RandomStream, calls: number): Promise<Float32Array[][]> {
  const f = compile(() => [random.uniform(SHAPE), random.uniform([SIZE])]);
  const found: Float32Array[][] = [];
  for (let call = 0; call < calls; call++) {
    const sites = await f();
    found.push(sites.map((site) => site.dataSync() as Float32Array));
    tf.dispose(sites);
  }
  f.dispose();
  return found;
}

function javascriptNumbers(seed: number | string, step: number): Float32Array[] {
  const stream = new RandomStream(seed);
  stream.step = step;
  return [0, 1].map((site) => uniforms(SIZE, stream.keys(site)));
}

it('gives the numbers of the JavaScript generator, to the bit', async () => {
  for (const seed of [1, 'dropout', 4294967295]) {
    const found = await drawn(new RandomStream(seed), 3);
    for (const [step, sites] of found.entries()) expect(sites).toEqual(javascriptNumbers(seed, step));
  }
});

it('a million numbers agree to the bit, and are uniform', async () => {
  const random = new RandomStream(3);
  const count = 1_000_000;
  const f = compile(() => random.uniform([count]));
  const numbers = (await f()).dataSync() as Float32Array;
  random.step = 0;
  expect(
    Buffer.compare(Buffer.from(numbers.buffer), Buffer.from(uniforms(count, random.keys(0)).buffer)),
  ).toBe(0);
  // χ² over 1,000 cells: mean 999, deviation √1998 ≈ 44.7.
  const cells = new Float64Array(1000);
  for (const number of numbers)
    cells[Math.floor(number * 1000)] = (cells[Math.floor(number * 1000)] as number) + 1;
  const chiSquare = cells.reduce((sum, seen) => sum + (seen - 1000) ** 2 / 1000, 0);
  expect(Math.abs(chiSquare - 999)).toBeLessThan(4 * 44.7);
  expect(Math.max(...cells)).toBeLessThan(1200);
});

it('is what random/counter.ts documents, by hand', () => {
  // i = 0, keys 1 and 2: x = 1·(2·1+1) = 3; x = 3 + 0 + 2 = 5; 5·(2·5+1) = 55.
  expect(randomBits(0, [1, 2])).toBe(55);
});

it('differs between steps, between sites and between seeds', async () => {
  const first = await drawn(new RandomStream(1), 4);
  const other = await drawn(new RandomStream(2), 1);
  const all = [...first.flat(), ...other.flat()].map((numbers) =>
    Buffer.from(numbers.buffer).toString('hex'),
  );
  expect(new Set(all).size).toBe(all.length);
});

it('resumes: setting step back draws the same again', async () => {
  const random = new RandomStream(5);
  const f = compile(() => random.uniform([16]));
  const numbers: Float32Array[] = [];
  for (let i = 0; i < 5; i++) numbers.push((await f()).dataSync() as Float32Array);
  expect(random.step).toBe(5);
  random.step = 2;
  expect((await f()).dataSync()).toEqual(numbers[2]);
  expect((await f()).dataSync()).toEqual(numbers[3]);
  const later = new RandomStream(5);
  later.step = 4;
  expect((await compile(() => later.uniform([16]))()).dataSync()).toEqual(numbers[4]);
});

it('counts sites for each stream on its own, and moves on each stream that was drawn from once a call', async () => {
  const [a, b, idle] = [new RandomStream('a'), new RandomStream('b'), new RandomStream('c')];
  const f = compile(() => [a.uniform([4]), b.uniform([4]), a.uniform([4])]);
  const [a0, b0, a1] = (await f()).map((tensor) => tensor.dataSync());
  expect([a.step, b.step, idle.step]).toEqual([1, 1, 0]);
  [a.step, b.step] = [0, 0];
  expect([a0, b0, a1]).toEqual([uniforms(4, a.keys(0)), uniforms(4, b.keys(0)), uniforms(4, a.keys(1))]);
});

it('does not move on where the call fails', async () => {
  const random = new RandomStream(1);
  const f = compile((index: tf.Tensor) => tf.gather(random.uniform([3]), index as tf.Tensor1D));
  await expect(f(tf.tensor1d([9], 'int32'))).rejects.toThrow();
  expect(random.step).toBe(0);
});

describe('on the eager device', () => {
  it('a compiled function draws the same numbers and moves the stream in the same way', async () => {
    const compiled = await drawn(new RandomStream(1), 3);
    await use({ device: 'eager' });
    const random = new RandomStream(1);
    expect(await drawn(random, 3)).toEqual(compiled);
    expect(random.step).toBe(3);
  });

  it('an eager loop of one’s own draws the same with advance()', async () => {
    const compiled = await drawn(new RandomStream(1), 2);
    const random = new RandomStream(1);
    for (const expected of compiled) {
      const sites = [random.uniform(SHAPE), random.uniform([SIZE])];
      expect(sites.map((site) => site.dataSync())).toEqual(expected);
      random.advance();
    }
  });

  it('dropout trains alike: masks within a gradient', async () => {
    const run = async (device: 'cpu' | 'eager') => {
      await use({ device });
      const random = new RandomStream(9);
      const w = tf.variable(tf.ones([8, 8]));
      const step = compile(
        () => {
          const { value, grads } = tf.variableGrads(() => {
            const kept = tf.cast(tf.less(random.uniform([8, 8]), 0.7), 'float32');
            return tf.mean(tf.square(tf.mul(w, kept))) as tf.Scalar;
          }, [w]);
          w.assign(tf.sub(w, grads[w.name] as tf.Tensor));
          return value;
        },
        { state: [w] },
      );
      const losses: number[] = [];
      for (let i = 0; i < 5; i++) losses.push((await step()).dataSync()[0] as number);
      return { losses, weights: (await w.data()) as Float32Array };
    };
    const [compiled, eager] = [await run('cpu'), await run('eager')];
    expect(compiled.losses).toBeClose(eager.losses, { relative: 1e-6 });
    expect(compiled.weights).toBeClose(eager.weights, { relative: 1e-6 });
  });
});
