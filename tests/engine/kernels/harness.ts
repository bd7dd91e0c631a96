/**
 * @file Runs a table of kernel cases: all of them in one compiled function, since a session costs more than a
 * kernel. Each case gives its outputs and, for a random weighting of them, its gradients; both are compared with
 * tfjs `cpu`, and the gradients with the fourth-order central difference of the compiled outputs along random
 * directions v,
 *
 *     (8·(f(x + hv) − f(x − hv)) − (f(x + 2hv) − f(x − 2hv))) / 12h  against  ⟨∇f, v⟩,
 *
 * where f is the weighted sum of the outputs, summed in float64.
 */
import { compile, type TensorTree, tf } from '../../../src/lib/engine';
import { Generator } from '../../../src/lib/random';

/** Numbers of one input, drawn in order. */
export type Draw = (generator: Generator, index: number) => number;

export interface CaseInput {
  shape: number[];
  dtype?: 'float32' | 'int32' | 'bool';
  draw?: Draw;
}

export interface KernelCase {
  name: string;
  inputs: CaseInput[];
  // biome-ignore lint/suspicious/noExplicitAny: tfjs ops ask for the rank in their types, which a table does not know
  run: (...tensors: any[]) => tf.Tensor | tf.Tensor[];
  /** Positions of the inputs to differentiate by; every float32 input unless given. */
  gradient?: number[];
  /** Against tfjs `cpu`. */
  tolerance?: { absolute?: number; relative?: number };
  /** h of the finite difference. */
  step?: number;
  /** Where tfjs `cpu` is wrong: what its outputs ought to be. */
  expected?: number[][];
  /** tfjs `cpu` cannot do this gradient; it is compared with finite differences alone. */
  withoutReferenceGradient?: boolean;
  /** The function has no derivative there (ties); its gradient is compared with tfjs alone. */
  withoutDifferences?: boolean;
}

export interface Found {
  shape: number[];
  dtype: string;
  values: number[];
}

export interface CaseResult {
  compiled: { outputs: Found[]; gradients: Found[] };
  eager: { outputs: Found[]; gradients: Found[] };
  /** Finite differences along the directions, and what the compiled gradient says of them. */
  directional: { difference: number; gradient: number }[];
}

const DIRECTIONS = 4;
const DEFAULT_STEP = 0.01;

interface Prepared {
  test: KernelCase;
  inputs: tf.Tensor[];
  weights: tf.Tensor[];
  differentiate: number[];
}

function tensorOf({ shape, dtype = 'float32', draw }: CaseInput, generator: Generator): tf.Tensor {
  const pick = draw ?? DEFAULT_DRAWS[dtype];
  const values = Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => pick(generator, i));
  return tf.tensor(values, shape, dtype);
}

const DEFAULT_DRAWS: Record<'float32' | 'int32' | 'bool', Draw> = {
  float32: (generator) => generator.normal(),
  int32: (generator) => generator.integer(13) - 6,
  bool: (generator) => generator.integer(2),
};

function outputsOf(test: KernelCase, inputs: tf.Tensor[]): tf.Tensor[] {
  const outputs = test.run(...inputs);
  return Array.isArray(outputs) ? outputs : [outputs];
}

function prepare(test: KernelCase): Prepared {
  const generator = new Generator(11, 'kernel case', test.name);
  const inputs = test.inputs.map((input) => tensorOf(input, generator));
  const differentiate = test.gradient ?? [...inputs.keys()].filter((i) => inputs[i]?.dtype === 'float32');
  const outputs = outputsOf(test, inputs);
  const weights = outputs.map((output) =>
    tensorOf({ shape: output.shape, draw: (g) => g.uniform() + 0.5 }, generator),
  );
  return { test, inputs, weights, differentiate };
}

type CaseArguments = { inputs: tf.Tensor[]; weights: tf.Tensor[] };

/** Outputs of a case and the gradients of their weighted sum. */
function evaluate({ test, differentiate }: Prepared, { inputs, weights }: CaseArguments) {
  const outputs = outputsOf(test, inputs);
  if (differentiate.length === 0) return { outputs, gradients: [] };
  const weighted = (...varied: tf.Tensor[]) => {
    const all = inputs.slice();
    for (const [k, i] of differentiate.entries()) all[i] = varied[k] as tf.Tensor;
    const sums = outputsOf(test, all)
      .map((output, k) => ({ output, weight: weights[k] as tf.Tensor }))
      .filter(({ output }) => output.dtype === 'float32')
      .map(({ output, weight }) => tf.sum(tf.mul(output, weight)));
    return sums.reduce((sum, part) => tf.add(sum, part)) as tf.Scalar;
  };
  const gradients = tf.grads(weighted)(differentiate.map((i) => inputs[i] as tf.Tensor));
  return { outputs, gradients };
}

function found(tensor: tf.Tensor): Found {
  return { shape: tensor.shape.slice(), dtype: tensor.dtype, values: [...tensor.dataSync()] };
}

type Evaluation = { outputs: tf.Tensor[]; gradients: tf.Tensor[] };
type Evaluated = Map<number, { outputs: Found[]; gradients: Found[] }>;

/** Names of the kernels that cases have traced. */
export const tracedKernels = new Set<string>();

/** Notes the kernels that `body` runs, those of gradients among them. */
function notingKernels<R>(body: () => R): R {
  const engine = tf.engine();
  const { runKernel } = engine;
  engine.runKernel = ((name: string, ...rest: [tf.NamedTensorMap, tf.NamedAttrMap]) => {
    tracedKernels.add(name);
    return runKernel.call(engine, name, ...rest);
  }) as typeof runKernel;
  try {
    return body();
  } finally {
    engine.runKernel = runKernel;
  }
}

/** Runs the cases in one compiled function; a case that cannot be traced is left out and its error kept. */
class Batch {
  readonly errors = new Map<number, unknown>();
  private readonly compiled;

  constructor(private readonly cases: Prepared[]) {
    this.compiled = compile((args: CaseArguments[]): TensorTree => {
      const results: Record<string, TensorTree> = {};
      for (const [i, prepared] of this.cases.entries()) {
        try {
          results[i] = { ...notingKernels(() => evaluate(prepared, args[i] as CaseArguments)) };
        } catch (error) {
          this.errors.set(i, error);
        }
      }
      return results;
    });
  }

  async run(args: CaseArguments[]): Promise<Evaluated> {
    const results = (await this.compiled(args)) as Record<string, Evaluation>;
    const values: Evaluated = new Map();
    for (const [i, { outputs, gradients }] of Object.entries(results)) {
      values.set(Number(i), { outputs: outputs.map(found), gradients: gradients.map(found) });
      tf.dispose([outputs, gradients]);
    }
    return values;
  }

  dispose(): void {
    this.compiled.dispose();
  }
}

export type Results = Map<string, CaseResult | Error>;

export interface RunOptions {
  /** Finite differences too: 16 runs more. */
  differences?: boolean;
}

/** Results by case name; an error in place of a result where the case could not be compiled or run. */
export async function runCases(tests: readonly KernelCase[], options: RunOptions = {}): Promise<Results> {
  const names = new Set(tests.map((test) => test.name));
  if (names.size < tests.length) throw new Error('two cases have the same name');
  const cases = tests.map(prepare);
  const batch = new Batch(cases);
  try {
    return await resultsOf(batch, cases, options);
  } catch (error) {
    if (tests.length === 1) return new Map([[tests[0]?.name ?? '', (batch.errors.get(0) ?? error) as Error]]);
    // One case spoils the graph for all: find it by halves.
    const half = tests.length >> 1;
    return new Map([
      ...(await runCases(tests.slice(0, half), options)),
      ...(await runCases(tests.slice(half), options)),
    ]);
  } finally {
    batch.dispose();
    tf.dispose(cases.map(({ inputs, weights }) => ({ inputs, weights })));
  }
}

async function resultsOf(
  batch: Batch,
  cases: Prepared[],
  { differences: wanted = true }: RunOptions,
): Promise<Results> {
  const base = await batch.run(cases.map(({ inputs, weights }) => ({ inputs, weights })));
  const directional = wanted ? await differences(batch, cases, base) : [];
  const results: Results = new Map();
  for (const [i, prepared] of cases.entries()) {
    const compiled = base.get(i);
    results.set(
      prepared.test.name,
      compiled
        ? { compiled, eager: evaluateEagerly(prepared), directional: directional[i] ?? [] }
        : (batch.errors.get(i) as Error),
    );
  }
  return results;
}

function evaluateEagerly(prepared: Prepared): CaseResult['eager'] {
  const { test, inputs } = prepared;
  const made = tf.tidy((): { outputs: tf.Tensor[]; gradients: tf.Tensor[] } =>
    test.withoutReferenceGradient
      ? { outputs: outputsOf(test, inputs), gradients: [] }
      : evaluate(prepared, prepared),
  );
  const values = { outputs: made.outputs.map(found), gradients: made.gradients.map(found) };
  tf.dispose(made);
  return values;
}

async function differences(batch: Batch, cases: Prepared[], base: Evaluated) {
  const directional: CaseResult['directional'][] = cases.map(() => []);
  if (cases.every(({ differentiate }) => differentiate.length === 0)) return directional;
  const generator = new Generator(5, 'directions');
  for (let k = 0; k < DIRECTIONS; k++) {
    const directions = cases.map(({ inputs, differentiate }) =>
      differentiate.map((i) => {
        const { size } = inputs[i] as tf.Tensor;
        return Float32Array.from({ length: size }, () => 2 * generator.uniform() - 1);
      }),
    );
    const at = (factor: number) => totals(batch, cases, directions, factor);
    const [forward, backward] = [await at(1), await at(-1)];
    const [farForward, farBackward] = [await at(2), await at(-2)];
    for (const [i, { test }] of cases.entries()) {
      const { gradients } = base.get(i) ?? {};
      if (!gradients?.length) continue;
      const [f1, b1, f2, b2] = [forward, backward, farForward, farBackward].map(
        (sums) => sums[i] as number,
      ) as [number, number, number, number];
      const difference = (8 * (f1 - b1) - (f2 - b2)) / (12 * (test.step ?? DEFAULT_STEP));
      const gradient = gradients.reduce((sum, { values }, j) => {
        const direction = directions[i]?.[j] as Float32Array;
        return values.reduce((part, value, n) => part + value * (direction[n] as number), sum);
      }, 0);
      directional[i]?.push({ difference, gradient });
    }
  }
  return directional;
}

/** The weighted sum of each case's float outputs with its inputs moved `factor` steps along its direction. */
async function totals(
  batch: Batch,
  cases: Prepared[],
  directions: Float32Array[][],
  factor: number,
): Promise<number[]> {
  const moved = cases.map(({ test, inputs, weights, differentiate }, i) => {
    const changed = inputs.slice();
    for (const [j, position] of differentiate.entries()) {
      const input = inputs[position] as tf.Tensor;
      const direction = directions[i]?.[j] as Float32Array;
      const step = factor * (test.step ?? DEFAULT_STEP);
      const values = Float32Array.from(input.dataSync(), (x, n) => x + step * (direction[n] as number));
      changed[position] = tf.tensor(values, input.shape);
    }
    return { inputs: changed, weights };
  });
  const results = await batch.run(moved);
  for (const [i, { inputs }] of moved.entries()) {
    tf.dispose(inputs.filter((tensor, n) => tensor !== cases[i]?.inputs[n]));
  }
  return cases.map(({ weights }, i) => {
    const outputs = results.get(i)?.outputs ?? [];
    return outputs.reduce((sum, { values, dtype }, k) => {
      if (dtype !== 'float32') return sum;
      const weight = weights[k]?.dataSync() as Float32Array;
      return values.reduce((part, value, n) => part + value * (weight[n] as number), sum);
    }, 0);
  });
}
