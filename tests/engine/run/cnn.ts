/** @file A small CNN in plain tfjs: strided and padded convolutions, both poolings, SGD. N pictures of 8 × 8 × 3. */
import { compile, tf } from '../../../src/lib/engine';
import { normalNumbers } from '../support';

const SHAPES = { first: [3, 3, 3, 4], second: [3, 3, 4, 6], third: [2, 2, 6, 6], head: [24, 3], bias: [3] };
const PICTURES = 4;

/** pictures [4, 8, 8, 3], labels [4] → mean loss []; each call one step. */
export function cnnStep() {
  const made = Object.entries(SHAPES).map(([name, shape], seed) => [
    name,
    tf.tidy(() => tf.variable(tf.tensor(normalNumbers(shape, seed, 0.3), shape))),
  ]);
  const w = Object.fromEntries(made) as Record<keyof typeof SHAPES, tf.Variable>;
  const state = Object.values(w);
  const forward = (pictures: tf.Tensor, labels: tf.Tensor) => {
    let x = tf.relu(tf.conv2d(pictures as tf.Tensor4D, w.first as tf.Tensor4D, 1, 'same'));
    x = tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'); // [N, 4, 4, 4]
    x = tf.relu(tf.conv2d(x as tf.Tensor4D, w.second as tf.Tensor4D, 1, 'same')); // [N, 4, 4, 6]
    // Not padded: tfjs cpu's own gradient of padded average pooling is wrong (it counts the padding).
    x = tf.avgPool(x as tf.Tensor4D, 2, 1, 'valid'); // [N, 3, 3, 6]
    x = tf.relu(tf.conv2d(x as tf.Tensor4D, w.third as tf.Tensor4D, 2, 'same')); // [N, 2, 2, 6]
    const flat = tf.reshape(x, [PICTURES, 24]);
    const logits = tf.add(tf.matMul(flat as tf.Tensor2D, w.head as tf.Tensor2D), w.bias);
    const hit = tf.oneHot(labels as tf.Tensor1D, 3);
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), hit), -1))) as tf.Scalar;
  };
  const fn = (pictures: tf.Tensor, labels: tf.Tensor): tf.Tensor => {
    const { value, grads } = tf.variableGrads(() => forward(pictures, labels), state);
    for (const variable of state) {
      variable.assign(tf.sub(variable, tf.mul(grads[variable.name] as tf.Tensor, 0.3)));
    }
    return value;
  };
  const step = compile(fn, { state, name: 'CNN step' });
  const dispose = () => {
    step.dispose();
    tf.dispose(state);
  };
  return { step, fn, state, dispose };
}

export function cnnBatch(): [tf.Tensor, tf.Tensor] {
  const shape = [PICTURES, 8, 8, 3];
  return [tf.tensor(normalNumbers(shape, 99), shape), tf.tensor1d([0, 1, 2, 1], 'int32')];
}
