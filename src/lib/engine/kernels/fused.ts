/**
 * @file Operations that the graph has and tfjs lacks, each one node of ONNX Runtime, and gradients of theirs in as
 * few passes over memory as its operators allow. `engine/fused.ts` gives them to users; inputs are named by position.
 */
import { add, divide, multiply, reshape, subtract, unary } from '../graph/emit';
import type { Graph, Value } from '../graph/graph';
import { Real } from '../graph/onnx-format';
import { rowsOf } from '../graph/rows';
import { defineKernel } from './kernel';

/** x·Φ(x). */
defineKernel('FusedGelu', ({ graph, input }) =>
  unary(graph, 'Gelu', input('0'), { domain: 'com.microsoft' }),
);

/** dy·(Φ(x) + x·φ(x)). With a = x/√2: Φ = ½ + ½·erf(a), and x·φ(x) = a/(√π·e^(a²)). */
defineKernel('FusedGeluGradient', ({ graph, input }) => {
  const [dy, x] = [input('0'), input('1')];
  const a = multiply(graph, x, graph.scalar(Math.SQRT1_2));
  const cumulative = halfOfOnePlus(graph, unary(graph, 'Erf', a));
  const density = divide(graph, a, unary(graph, 'Exp', multiply(graph, a, a)));
  const slope = add(graph, cumulative, multiply(graph, density, graph.scalar(1 / Math.sqrt(Math.PI))));
  return multiply(graph, dy, slope);
});

/** ½ + ½·t of t in [−1, 1], in one pass: a hard sigmoid clips nothing there. */
function halfOfOnePlus(graph: Graph, t: Value): Value {
  return unary(graph, 'HardSigmoid', t, { attributes: { alpha: new Real(0.5), beta: new Real(0.5) } });
}

/** ½x(1 + tanh(√(2/π)(x + 0.044715x³))). */
defineKernel('FusedGeluTanh', ({ graph, input }) =>
  unary(graph, 'FastGelu', input('0'), { domain: 'com.microsoft' }),
);

const DOUBLE_SLOPE = 2 * Math.sqrt(2 / Math.PI);

/**
 * With 2u = x·(c + q), c = 2√(2/π) and q = 0.044715·c·x², the function is x·s with s = σ(2u), since
 * ½(1 + tanh u) = σ(2u); so its gradient is dy·(s + x·(c + 3q)·(s − s²)) = dy·(s + (c + 3q)·(y − y·s)) with y = x·s.
 */
defineKernel('FusedGeluTanhGradient', ({ graph, input }) => {
  const [dy, x, y] = [input('0'), input('1'), input('2')];
  const c = graph.scalar(DOUBLE_SLOPE);
  const q = multiply(graph, multiply(graph, x, x), graph.scalar(0.044715 * DOUBLE_SLOPE));
  const s = unary(graph, 'Sigmoid', multiply(graph, x, add(graph, q, c)));
  const steepness = add(graph, multiply(graph, q, graph.scalar(3)), c);
  const rising = multiply(graph, steepness, subtract(graph, y, multiply(graph, y, s)));
  return multiply(graph, dy, add(graph, s, rising));
});

/** The normalized input, scaled and shifted; its mean and its inverse deviation over the last axis. */
defineKernel('FusedLayerNormalization', ({ graph, input, attributes }) => {
  const [whole, gamma, beta] = [input('0'), input('1'), input('2')];
  const x = rowsOf(whole) ?? whole;
  const moment = { type: x.type, shape: x.shape.with(-1, 1) };
  const outputs = graph.nodeWithOutputs('LayerNormalization', [x, gamma, beta], [x, moment, moment], {
    attributes: { axis: -1, epsilon: new Real(attributes.epsilon as number) },
  });
  return outputs.map((value) => reshape(graph, value, whole.shape.with(-1, value.shape.at(-1) as number)));
});
