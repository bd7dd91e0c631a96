/** @file The activations that tfjs's fused kernels name. */
import { clip, unary } from '../graph/emit';
import type { Graph, Value } from '../graph/graph';
import { leakyRelu, prelu } from './arithmetic';

export interface Activation {
  name: string;
  /** Slope below 0 of `leakyrelu`. */
  alpha: number;
}

export function activationOf(attributes: Record<string, unknown>): Activation {
  const { activation = 'linear', leakyreluAlpha = 0 } = attributes as {
    activation?: string;
    leakyreluAlpha?: number;
  };
  return { name: activation ?? 'linear', alpha: leakyreluAlpha };
}

/** `slopes`: the weights of `prelu`. Throws on a name that tfjs does not have. */
export function activate(graph: Graph, x: Value, { name, alpha }: Activation, slopes: Value | null): Value {
  switch (name) {
    case 'linear':
      return x;
    case 'relu':
      return unary(graph, 'Relu', x);
    case 'relu6':
      return clip(graph, x, 0, 6);
    case 'elu':
      return unary(graph, 'Elu', x);
    case 'sigmoid':
      return unary(graph, 'Sigmoid', x);
    case 'leakyrelu':
      return leakyRelu(graph, x, alpha);
    case 'prelu':
      if (slopes) return prelu(graph, x, slopes);
      throw new Error('prelu: its slopes are missing');
    default:
      throw new Error(`the activation ${name} is not known`);
  }
}
