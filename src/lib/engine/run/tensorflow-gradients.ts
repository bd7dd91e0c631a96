/**
 * @file TensorFlow's binding convolves with padding given in numbers, but its two gradients know only `valid` and
 * `same`. Here they are given the padded picture without padding, and what falls on the padding is cut off.
 */
import * as tf from '@tensorflow/tfjs-core';

type Edges = [[number, number], [number, number], [number, number], [number, number]];
type Shape = [number, number, number, number];

interface Attributes {
  pad: 'valid' | 'same' | number | Edges;
  inputShape: Shape;
}

/** Padding in numbers as [[0, 0], [top, bottom], [left, right], [0, 0]]; `null` where it is given by name. */
function edgesOf(pad: Attributes['pad']): Edges | null {
  if (typeof pad === 'string') return null;
  if (typeof pad === 'number')
    return [
      [0, 0],
      [pad, pad],
      [pad, pad],
      [0, 0],
    ];
  return pad;
}

type Kernel = (params: {
  inputs: tf.NamedTensorInfoMap;
  backend: unknown;
  attrs?: tf.NamedAttrMap;
}) => tf.Tensor;

/** Puts `wrapped` in the place of a kernel of the TensorFlow backend. */
function wrap(
  kernelName: string,
  wrapped: (original: Kernel, params: Parameters<Kernel>[0]) => tf.Tensor,
): void {
  const config = tf.getKernel(kernelName, 'tensorflow');
  if (!config) return;
  const original = config.kernelFunc as unknown as Kernel;
  tf.unregisterKernel(kernelName, 'tensorflow');
  tf.registerKernel({
    ...config,
    kernelFunc: ((params: Parameters<Kernel>[0]) => wrapped(original, params)) as unknown as tf.KernelFunc,
  });
}

/** Call once, when the binding has registered its kernels. */
export function mendConvolutionGradients(): void {
  wrap('Conv2DBackpropInput', (original, { inputs, backend, attrs }) => {
    const { pad, inputShape } = attrs as unknown as Attributes;
    const edges = edgesOf(pad);
    if (!edges) return original({ inputs, backend, attrs });
    const grown = inputShape.map((size, axis) => size + sum(edges[axis]));
    const whole = original({ inputs, backend, attrs: { ...attrs, pad: 'valid', inputShape: grown } });
    const start = edges.map(([before]) => before);
    const gradient = tf.slice(whole, start, inputShape);
    whole.dispose();
    return gradient;
  });
  wrap('Conv2DBackpropFilter', (original, { inputs, backend, attrs }) => {
    const edges = edgesOf((attrs as unknown as Attributes).pad);
    if (!edges) return original({ inputs, backend, attrs });
    const x = tf.pad(inputs.x as tf.Tensor4D, edges);
    const gradient = original({ inputs: { ...inputs, x }, backend, attrs: { ...attrs, pad: 'valid' } });
    x.dispose();
    return gradient;
  });
}

function sum([before, after]: readonly [number, number] = [0, 0]): number {
  return before + after;
}
