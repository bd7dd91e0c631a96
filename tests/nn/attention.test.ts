import { describe, expect, it } from 'vitest';
import { RandomStream, tf } from '../../src/lib/engine';
import { attention, causalMask, paddingMask, rotary } from '../../src/lib/nn';
import { checkGradients } from './gradient-check';
import { leaked, randomTensor, randomVariable } from './support';

describe('attention', () => {
  it('worked number: one head, q = [1, 0], k = [[1, 0], [0, 1]], v = [[1, 2], [3, 4]]', () => {
    tf.tidy(() => {
      const q = tf.tensor3d([1, 0], [1, 1, 2]);
      const k = tf.tensor3d([1, 0, 0, 1], [1, 2, 2]);
      const v = tf.tensor3d([1, 2, 3, 4], [1, 2, 2]);
      const { output, probabilities } = attention(q, k, v, { heads: 1 });
      const first = 1 / (1 + Math.exp(-Math.SQRT1_2)); // softmax([1/√2, 0])
      expect(probabilities.dataSync()).toBeClose([first, 1 - first]);
      expect(output.dataSync()).toBeClose([first + 3 * (1 - first), 2 * first + 4 * (1 - first)]);
    });
  });

  it('shapes, for queries and keys of different length, and rows that sum to 1', () => {
    tf.tidy(() => {
      const { output, probabilities } = attention(
        randomTensor([2, 3, 8], 'q'),
        randomTensor([2, 5, 8], 'k'),
        randomTensor([2, 5, 8], 'v'),
        { heads: 4 },
      );
      expect(output.shape).toEqual([2, 3, 8]);
      expect(probabilities.shape).toEqual([2, 4, 3, 5]);
      expect(tf.sum(probabilities, -1).dataSync()).toBeClose(new Float32Array(24).fill(1));
    });
  });

  it('grouped queries equal full attention over repeated key heads', () => {
    tf.tidy(() => {
      const [q, k, v] = [
        randomTensor([2, 3, 8], 'q'),
        randomTensor([2, 3, 4], 'k'),
        randomTensor([2, 3, 4], 'v'),
      ];
      // Two key heads of width 2; each serves two neighbouring query heads.
      const repeat = (x: tf.Tensor) => {
        const [a, b] = tf.split(x, 2, 2) as [tf.Tensor, tf.Tensor];
        return tf.concat([a, a, b, b], 2);
      };
      const options = { heads: 4, mask: causalMask(3), rotate: (x: tf.Tensor) => rotary(x) };
      const grouped = attention(q, k, v, { ...options, keyValueHeads: 2 });
      const full = attention(q, repeat(k), repeat(v), options);
      expect(grouped.output.dataSync()).toBeClose(full.output.dataSync());
      expect(grouped.probabilities.dataSync()).toBeClose(full.probabilities.dataSync());
    });
  });

  it('the causal mask hides the future: changing it changes nothing before', () => {
    tf.tidy(() => {
      const x = randomTensor([1, 4, 6], 'x');
      const changed = tf.add(
        x,
        tf.tensor3d(
          [0, 0, 0, 9].flatMap((v) => Array(6).fill(v) as number[]),
          [1, 4, 6],
        ),
      );
      const run = (input: tf.Tensor) =>
        tf.slice(
          attention(input, input, input, { heads: 2, mask: causalMask(4) }).output,
          [0, 0, 0],
          [1, 3, 6],
        );
      expect(run(changed).dataSync()).toEqual(run(x).dataSync());
    });
  });

  it('padding gets no probability and does not change the rest', () => {
    tf.tidy(() => {
      const x = randomTensor([1, 4, 6], 'x');
      const mask = paddingMask(tf.tensor2d([1, 1, 1, 0], [1, 4], 'int32'));
      const short = tf.slice(x, [0, 0, 0], [1, 3, 6]);
      const { output, probabilities } = attention(x, x, x, { heads: 2, mask });
      const last = tf.slice(probabilities, [0, 0, 0, 3], [1, 2, 4, 1]);
      expect(last.dataSync()).toEqual(new Float32Array(8));
      expect(tf.slice(output, [0, 0, 0], [1, 3, 6]).dataSync()).toBeClose(
        attention(short, short, short, { heads: 2 }).output.dataSync(),
      );
    });
  });

  it('gradients, with mask, rotation, groups and dropout', () => {
    const [q, k, v] = [
      randomVariable([2, 3, 8], 'q'),
      randomVariable([2, 3, 4], 'k'),
      randomVariable([2, 3, 4], 'v'),
    ];
    const mask = causalMask(3);
    checkGradients(() => {
      const random = new RandomStream(1); // the same mask at each evaluation
      const rotate = (x: tf.Tensor) => rotary(x);
      return attention(q, k, v, { heads: 4, keyValueHeads: 2, mask, rotate, dropout: 0.2, random }).output;
    }, [
      ['q', q],
      ['k', k],
      ['v', v],
    ]);
  });

  it('leaves no tensor behind, and refuses heads that do not divide the width', () => {
    const x = randomTensor([1, 2, 6], 'x');
    expect(leaked(() => tf.tidy(() => void attention(x, x, x, { heads: 2 })))).toBe(0);
    expect(() => attention(x, x, x, { heads: 4 })).toThrow(/width 6 must be a multiple of 4 heads/);
  });
});
