/** @file Random numbers in the graph: those of JavaScript to the bit, and compared on their bits as on their values. */
import { describe, expect, it } from 'vitest';
import { compile, RandomStream, tf } from '../../../src/lib/engine';

const SHAPE = [7, 3, 11];

describe('uniform numbers in the graph', () => {
  it('are those of JavaScript to the bit, at each site and step', async () => {
    const [inGraph, outside] = [new RandomStream(5), new RandomStream(5)];
    const draw = compile(() => [inGraph.uniform(SHAPE), inGraph.uniform([4])]);
    for (let step = 0; step < 3; step++) {
      const found = (await draw()) as tf.Tensor[];
      for (const [site, tensor] of found.entries())
        expect([...tensor.dataSync()]).toEqual([...outside.uniformAt(site, tensor.shape).dataSync()]);
      outside.advance();
      tf.dispose(found);
    }
    draw.dispose();
  });

  it.each([0.1, 0.5, 1 / 3, 2 ** -24, 1 - 2 ** -24, 0, 1, -0.5, 2])(
    'at least %f, as their values say',
    async (threshold) => {
      const [inGraph, outside] = [new RandomStream(8), new RandomStream(8)];
      const compare = compile(() => tf.greaterEqual(inGraph.uniform(SHAPE), threshold));
      const found = (await compare()) as tf.Tensor;
      const wanted = tf.greaterEqual(outside.uniformAt(0, SHAPE), threshold);
      expect(found.shape).toEqual(SHAPE);
      expect([...found.dataSync()]).toEqual([...wanted.dataSync()]);
      compare.dispose();
      tf.dispose([found, wanted]);
    },
  );
});
