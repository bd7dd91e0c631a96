import { describe, expect, it } from 'vitest';
import { tf } from '../../src/lib/engine';
import { InputError } from '../../src/lib/errors';
import {
  constant,
  createParameters,
  kaimingNormal,
  lecunUniform,
  linear,
  linearSpecifications,
  nearest,
  normal,
  type ParameterSpecification,
  prefixed,
  truncatedNormal,
} from '../../src/lib/nn';
import { Generator } from '../../src/lib/random';
import { leaked } from './support';

const two: ParameterSpecification[] = [
  { name: 'a.weight', shape: [2, 3], initialize: normal(1) },
  { name: 'a.bias', shape: [2], initialize: constant(0.5) },
];

describe('Parameters', () => {
  it('gives what was specified, by name, in order', () => {
    const params = createParameters(two, 1);
    expect(params.names()).toEqual(['a.weight', 'a.bias']);
    expect(params.count()).toBe(8);
    expect(params.get('a.weight').shape).toEqual([2, 3]);
    expect(params.scope('a').get('bias')).toBe(params.get('a.bias'));
    expect(params.scope('').scope('a').find('nothing')).toBeNull();
    expect(params.variables((name) => name.endsWith('bias'))).toEqual([params.get('a.bias')]);
    params.dispose();
  });

  it('a missing name is answered with the nearest', () => {
    const params = createParameters(two, 1);
    expect(() => params.scope('a').get('weigth')).toThrow(
      "There is no parameter 'a.weigth'; the nearest is 'a.weight'.",
    );
    params.dispose();
  });

  it('a name specified twice is refused', () => {
    expect(() => createParameters([...two, ...two], 1)).toThrow(/'a.weight' is specified twice/);
  });

  it('begins the same for the same seed and name, whatever else there is', () => {
    const other = prefixed('b', two);
    const [first, second, third] = [
      createParameters(two, 1),
      createParameters([...other, ...two], 1),
      createParameters(two, 2),
    ];
    const values = first.get('a.weight').dataSync();
    expect(second.get('a.weight').dataSync()).toEqual(values);
    expect(second.get('b.a.weight').dataSync()).not.toEqual(values);
    expect(third.get('a.weight').dataSync()).not.toEqual(values);
    for (const params of [first, second, third]) params.dispose();
  });

  it('survives the way to arrays and back', async () => {
    const [from, to] = [createParameters(two, 1), createParameters(two, 2)];
    const arrays = await from.toArrays();
    to.load(arrays);
    expect(await to.toArrays()).toEqual(arrays);
    for (const params of [from, to]) params.dispose();
  });

  it('lists every mismatch and then has changed nothing', async () => {
    const params = createParameters(two, 1);
    const before = await params.toArrays();
    const wrong = new Map([
      ['a.weight', { shape: [3, 2], data: new Float32Array(6) }],
      ['c', { shape: [1], data: new Float32Array(1) }],
    ]);
    expect(() => params.load(wrong)).toThrow(InputError);
    expect(() => params.load(wrong)).toThrow(
      /shape: a\.weight expected \[2, 3\], found \[3, 2\]\n {2}missing: a\.bias \[2\]\n {2}extra: c \[1\]/,
    );
    const short = new Map([...before, ['a.bias', { shape: [2], data: new Float32Array(1) }]]);
    expect(() => params.load(short)).toThrow(/size: a\.bias expected 2 numbers, found 1/);
    expect(await params.toArrays()).toEqual(before);
    params.load(new Map([['c', { shape: [1], data: new Float32Array(1) }]]), {
      allowMissing: true,
      allowExtra: true,
    });
    params.dispose();
  });

  it('leaves no tensor behind', () => {
    const spent = leaked(() => {
      const params = createParameters(linearSpecifications('l', 2, 2), 1);
      params.load(new Map([['l.bias', { shape: [2], data: new Float32Array(2) }]]), { allowMissing: true });
      tf.tidy(() => void linear(params, 'l', tf.ones([3, 2])));
      params.dispose();
    });
    expect(spent).toBe(0);
  });
});

describe('initializers', () => {
  const spread = (values: Float32Array) => {
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
  };
  const draw = (initialize: typeof kaimingNormal, shape: number[]) =>
    initialize(new Generator(1, 'test'), shape);

  it('have the deviation that their formula says, within 2 %', () => {
    // A standard normal cut at ±2 has deviation √(1 − 4φ(2)/(2Φ(2) − 1)) = 0.87962566.
    expect(spread(draw(truncatedNormal(0.02), [200, 200])) / (0.02 * 0.87962566)).toBeCloseTo(1, 1.7);
    expect(spread(draw(normal(0.02), [200, 200])) / 0.02).toBeCloseTo(1, 1.7);
    expect(spread(draw(kaimingNormal, [64, 16, 5, 5])) / Math.sqrt(2 / 400)).toBeCloseTo(1, 1.7);
    expect(spread(draw(lecunUniform, [200, 200])) / Math.sqrt(1 / 200)).toBeCloseTo(1, 1.7);
  });

  it('the truncated normal stays within two deviations', () => {
    expect(Math.max(...draw(truncatedNormal(0.02), [100, 100]).map(Math.abs))).toBeLessThanOrEqual(0.04);
  });
});

it('nearest finds the least edit distance', () => {
  expect(nearest('learningRte', ['learningRate', 'epochs'])).toBe('learningRate');
  expect(nearest('x', [])).toBeNull();
});
