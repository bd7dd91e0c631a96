/**
 * @file Weights in 16 bits: half the file. Each is cast back to float32 when the graph is loaded, and all arithmetic
 * stays in float32: what is lost is the rounding of the weights alone, and it runs wherever float32 runs, as fast.
 */
import type { GraphFields } from '../../engine';
import { float32ToFloat16 } from '../half';
import { floats, initializer, isLargeWeight, node, TYPE } from './graph-edits';

/** Beyond this a number is infinite in 16 bits. */
const LARGEST = 65504;

/** The same graph with its large weights as F16; weights with a number that F16 cannot hold stay as they are. */
export function withHalfWeights(graph: GraphFields): GraphFields {
  const casts: GraphFields['node'] = [];
  const initializers = graph.initializer.map((one) => {
    if (!isLargeWeight(one)) return one;
    const values = floats(one);
    if (values.some((value) => !(Math.abs(value) <= LARGEST))) return one;
    const name = `${one.name}.float16`;
    casts.push(node('Cast', `${name}.cast`, [name], [one.name], { to: TYPE.float32 }));
    return initializer(name, TYPE.float16, one.dims, float32ToFloat16(values));
  });
  return { ...graph, initializer: initializers, node: [...casts, ...graph.node] };
}
