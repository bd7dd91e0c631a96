/** @file Small helpers of the layer tests: variables and tensors of repeatable random numbers. */
import { tf } from '../../src/lib/engine';
import { Generator } from '../../src/lib/random';

export function randomArray(size: number, purpose: string): Float32Array {
  const generator = new Generator(3, purpose);
  return Float32Array.from({ length: size }, () => generator.normal());
}

export function randomTensor(shape: number[], purpose = 'x'): tf.Tensor {
  return tf.tensor(randomArray(tf.util.sizeFromShape(shape), purpose), shape);
}

export function randomVariable(shape: number[], purpose = 'x'): tf.Variable {
  const value = randomTensor(shape, purpose);
  const variable = tf.variable(value);
  value.dispose();
  return variable;
}

/** Runs `body` and returns how many tensors it left behind. */
export function leaked(body: () => void): number {
  const before = tf.memory().numTensors;
  body();
  return tf.memory().numTensors - before;
}

/** The values of what `f` returns; nothing is kept. */
export function readValues(f: () => tf.Tensor): Float32Array {
  return tf.tidy(() => f().dataSync() as Float32Array);
}

/** The shape of what `f` returns; nothing is kept. */
export function shapeOf(f: () => tf.Tensor): number[] {
  return tf.tidy(() => f().shape);
}
