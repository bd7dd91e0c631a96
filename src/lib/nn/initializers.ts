/**
 * @file How a parameter begins. An initializer fills an array from a `Generator`; every parameter has its own
 * generator, keyed by its name, so that adding a layer changes no other layer's first values.
 */
import type { Generator } from '../random';

/** Makes the first values of a parameter of `shape`, row-major. */
export type Initializer = (generator: Generator, shape: readonly number[]) => Float32Array;

const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/** Every value the same. */
export const constant =
  (value: number): Initializer =>
  (_generator, shape) =>
    new Float32Array(sizeOf(shape)).fill(value);

export const zeros = constant(0);
export const ones = constant(1);

/** Normal with mean 0: GPT-2 uses 0.02 (Radford et al. 2019). */
export const normal =
  (standardDeviation: number): Initializer =>
  (generator, shape) =>
    Float32Array.from({ length: sizeOf(shape) }, () => generator.normal() * standardDeviation);

/** Normal with mean 0, redrawn beyond two standard deviations: BERT uses 0.02 (Devlin et al. 2018). */
export const truncatedNormal =
  (standardDeviation: number): Initializer =>
  (generator, shape) =>
    Float32Array.from({ length: sizeOf(shape) }, () => {
      let value = generator.normal();
      while (Math.abs(value) > 2) value = generator.normal();
      return value * standardDeviation;
    });

/** Numbers that enter one output unit: all axes but the first, for [out, in] and for OIHW. */
const fanIn = (shape: readonly number[]) => sizeOf(shape.slice(1));

/** Normal with variance 2 / fan-in, for layers that a rectifier follows (He et al. 2015). */
export const kaimingNormal: Initializer = (generator, shape) =>
  normal(Math.sqrt(2 / fanIn(shape)))(generator, shape);

/** Uniform with variance 1 / fan-in: keeps the scale through a linear map (LeCun et al. 1998). */
export const lecunUniform: Initializer = (generator, shape) => {
  const bound = Math.sqrt(3 / fanIn(shape));
  return Float32Array.from({ length: sizeOf(shape) }, () => (2 * generator.uniform() - 1) * bound);
};
