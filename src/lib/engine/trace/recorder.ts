/**
 * @file Records one run of a plain tfjs function as a graph. Arguments and state variables become inputs; what the
 * function returns, and what each state variable holds at its end, become outputs. Afterwards every variable holds
 * what it held before: recording changes nothing.
 */
import * as tf from '@tensorflow/tfjs-core';
import { Graph, type GraphOptions, type GraphOutput, type Value } from '../graph/graph';
import { compiledKernel } from '../kernels';
import { uniformNumbers } from '../kernels/random';
import type { RandomStream } from '../random-stream';
import { flattenTree, mapTree, type TensorTree } from '../tensor-tree';
import { type ActiveTrace, setActiveTrace } from '../trace-state';
import { guarded, OpStack } from './guards';
import {
  elementTypeOf,
  RECORDING_BACKEND,
  type RecordingBackend,
  recordingBackend,
} from './recording-backend';
import { EngineError } from './trace-error';
import { currentUserLine, userLine } from './user-line';

/** A place that draws random numbers: its keys are fed under `inputs` at each call. */
export interface RandomSite {
  stream: RandomStream;
  site: number;
  inputs: [string, string];
}

export interface StateSlot {
  variable: tf.Variable;
  input: string;
  /** Name of the output with its new value; `null` where the function leaves it as it was. */
  output: string | null;
}

export interface ResultSlot {
  output: string;
  shape: number[];
  dtype: tf.DataType;
}

export interface Recording<R extends TensorTree> {
  graph: Graph;
  outputs: GraphOutput[];
  /** Input names of the arguments' tensors, in the order of `flattenTree`. */
  argumentInputs: string[];
  state: StateSlot[];
  results: ResultSlot[];
  randomSites: RandomSite[];
  /** The result's form with tensors of the finished trace: to be filled by `mapTree`. */
  resultTree: R;
}

export interface RecordOptions {
  name: string;
  graph?: GraphOptions;
  state: readonly tf.Variable[];
  /** Variables outside `state` become constants of the graph (for export) instead of an error. */
  variablesAsConstants?: boolean;
}

/** Runs `fn` once on the recording backend. Throws an `EngineError` that names op, shapes and line. */
export function record<A extends TensorTree[], R extends TensorTree>(
  fn: (...args: A) => R,
  args: A,
  options: RecordOptions,
): Recording<R> {
  return new Recorder(options).record(fn, args);
}

/** Gives a variable the data it held before the trace and frees what the trace gave it. */
function putBack(variable: tf.Variable, dataId: object): void {
  if (variable.dataId === dataId) return;
  const engine = tf.engine();
  engine.disposeTensor(variable);
  engine.state.numTensors += 1; // the variable itself was not disposed of
  variable.dataId = dataId;
}

class Recorder implements ActiveTrace {
  private readonly graph: Graph;
  private readonly backend: RecordingBackend = recordingBackend();
  private readonly ops = new OpStack();
  private readonly randomSites: RandomSite[] = [];
  private readonly sitesDrawn = new Map<RandomStream, number>();
  private refusedRead: EngineError | null = null;

  constructor(private readonly options: RecordOptions) {
    this.graph = new Graph(options.graph);
  }

  record<A extends TensorTree[], R extends TensorTree>(fn: (...args: A) => R, args: A): Recording<R> {
    const engine = tf.engine();
    const { backend } = this;
    if (backend.context)
      throw new EngineError(
        `${this.options.name}: a compiled function was called while another is being traced`,
      );
    const backendBefore = tf.getBackend();
    const undeclared = this.undeclaredVariables();
    const ownerOf = new Map(undeclared.map(([variable, dataId]) => [dataId, variable]));
    const variablesBefore = new Set(Object.keys(engine.registeredVariables));
    const held = new Map(this.options.state.map((variable) => [variable, variable.dataId]));
    if (held.size < this.options.state.length)
      throw new EngineError(`${this.options.name}: a variable stands twice in state`);
    const kernelSpy = this.spyOnKernels();
    backend.context = {
      graph: this.graph,
      refuseRead: () => this.refuseRead(),
      onCapture: (dataId) => this.refuseUndeclared(ownerOf.get(dataId)),
    };
    tf.setBackend(RECORDING_BACKEND);
    setActiveTrace(this);
    engine.startScope(`trace of ${this.options.name}`);
    try {
      return guarded(this.ops, () => this.run(fn, args, undeclared));
    } catch (error) {
      throw this.explain(error);
    } finally {
      for (const [name, variable] of Object.entries(engine.registeredVariables)) {
        if (!variablesBefore.has(name)) variable.dispose();
      }
      for (const [variable, dataId] of held) putBack(variable, dataId);
      for (const [variable, dataId] of undeclared) putBack(variable, dataId);
      engine.endScope();
      setActiveTrace(null);
      kernelSpy.restore();
      tf.setBackend(backendBefore);
      backend.context = null;
    }
  }

  private run<A extends TensorTree[], R extends TensorTree>(
    fn: (...args: A) => R,
    args: A,
    undeclared: [tf.Variable, object][],
  ): Recording<R> {
    const variableCount = Object.keys(tf.engine().registeredVariables).length;
    const inputsOfState = this.options.state.map((variable, i) => this.stateInput(variable, `state_${i}`));
    const argumentInputs: string[] = [];
    const placeholders = args.map((arg, i) =>
      mapTree(arg, (tensor) => {
        const name = `argument_${argumentInputs.length}`;
        argumentInputs.push(name);
        if (tensor instanceof tf.Variable)
          throw new EngineError(`argument ${i}: pass variables in state, not as arguments`);
        return this.placeholder(name, tensor);
      }),
    ) as A;
    const result = fn(...placeholders);
    if (tf.util.isPromise(result)) {
      Promise.resolve(result).catch(() => {}); // what it goes on to do is of no interest, nor is its failure
      throw new EngineError(
        'the function is async: a compiled function must build its graph in one synchronous run',
      );
    }
    if (this.refusedRead) throw this.refusedRead; // it was caught, or went into a promise
    for (const [variable, dataId] of undeclared) {
      if (variable.dataId === dataId) continue;
      throw new EngineError(
        `the variable ${variable.name} is assigned but does not stand in state: add it to compile's state`,
      );
    }
    if (Object.keys(tf.engine().registeredVariables).length > variableCount) {
      throw new EngineError(
        'a variable is created within the function: create it before and add it to state',
      );
    }
    const outputs: GraphOutput[] = [];
    const state = this.options.state.map((variable, i) => {
      const value = this.backend.graphValue(variable);
      const input = `state_${i}`;
      if (value === inputsOfState[i]) return { variable, input, output: null };
      outputs.push({ name: `new_${input}`, value });
      return { variable, input, output: `new_${input}` };
    });
    const results = flattenTree(result).map(({ tensor }, i) => {
      const output = `result_${i}`;
      outputs.push({ name: output, value: this.backend.graphValue(tensor) });
      return { output, shape: tensor.shape, dtype: tensor.dtype };
    });
    const { graph, randomSites } = this;
    return { graph, outputs, argumentInputs, state, results, randomSites, resultTree: result };
  }

  private placeholder(name: string, tensor: tf.Tensor): tf.Tensor {
    const value = this.graph.input(name, elementTypeOf(tensor.dtype), tensor.shape);
    return tf.engine().makeTensorFromTensorInfo(this.backend.tensorInfo(value, tensor.dtype));
  }

  /** While tracing, the variable's data is a graph input; `record` puts the old data back. */
  private stateInput(variable: tf.Variable, name: string): Value {
    const placeholder = this.placeholder(name, variable);
    // The variable counts as a second holder, so that an assignment within the trace frees only its own share.
    this.backend.incRef(placeholder.dataId);
    variable.dataId = placeholder.dataId;
    return this.backend.graphValue(placeholder);
  }

  /** Variables outside `state`, with the data they hold before the trace. */
  private undeclaredVariables(): [tf.Variable, object][] {
    const declared = new Set(this.options.state);
    const all = Object.values(tf.engine().registeredVariables);
    return all.filter((variable) => !declared.has(variable)).map((variable) => [variable, variable.dataId]);
  }

  private refuseUndeclared(variable: tf.Variable | undefined): void {
    if (!variable || this.options.variablesAsConstants) return;
    throw new EngineError(
      `the variable ${variable.name} is read at ${currentUserLine()} but does not stand in state: its present value would be frozen into the graph; add it to compile's state`,
    );
  }

  private refuseRead(): never {
    const inside = this.ops.innermost;
    const where = currentUserLine();
    this.refusedRead = new EngineError(
      `a value was read while tracing${inside ? ` (in ${inside})` : ''}${where ? ` at ${where}` : ''}: the graph has no values yet. ` +
        'Return the tensor and read it from the result of the call',
    );
    throw this.refusedRead;
  }

  /** Notes, for each kernel, the user's line and the shapes: for errors now and for nodes that fail later. */
  private spyOnKernels(): { restore(): void } {
    const engine = tf.engine();
    const runKernel = engine.runKernel.bind(engine);
    engine.runKernel = ((name: string, inputs: tf.NamedTensorMap, attributes?: tf.NamedAttrMap) => {
      this.graph.origin = currentUserLine();
      try {
        return runKernel(name, inputs, attributes);
      } catch (error) {
        throw this.explainKernel(error, name, inputs);
      }
    }) as typeof engine.runKernel;
    return { restore: () => void Reflect.deleteProperty(engine, 'runKernel') };
  }

  private explainKernel(error: unknown, kernelName: string, inputs: tf.NamedTensorMap): unknown {
    if (error instanceof EngineError) return error;
    const shapes = Object.entries(inputs ?? {})
      .filter(([, tensor]) => tensor != null)
      .map(([name, tensor]) => `${name} ${tensor.dtype}[${tensor.shape}]`)
      .join(', ');
    const message = error instanceof Error ? error.message : String(error);
    const missing = /not registered for backend/.test(message);
    const reason = missing ? 'has no compiled form yet (docs/kernels.md lists those that have)' : message;
    return new EngineError(`${kernelName}(${shapes}) at ${this.graph.origin}: ${reason}`, { cause: error });
  }

  /** An error thrown by the user's function or by a check within a tfjs op. */
  private explain(error: unknown): unknown {
    if (!(error instanceof Error)) return error;
    const { name } = this.options;
    if (error instanceof EngineError) {
      return new EngineError(`${name}: ${error.message}`, { cause: error.cause ?? error });
    }
    const where = userLine(error.stack);
    return new EngineError(`${name}: ${error.message}${where ? ` (at ${where})` : ''}`, { cause: error });
  }

  uniform(stream: RandomStream, shape: number[]): tf.Tensor {
    const site = this.sitesDrawn.get(stream) ?? 0;
    this.sitesDrawn.set(stream, site + 1);
    const inputs: [string, string] = [
      `random_${this.randomSites.length}_key0`,
      `random_${this.randomSites.length}_key1`,
    ];
    this.randomSites.push({ stream, site, inputs });
    const keys = inputs.map((input) => this.graph.input(input, 'uint32', [1])) as [Value, Value];
    const numbers = uniformNumbers(this.graph, keys, shape);
    return tf.engine().makeTensorFromTensorInfo(this.backend.tensorInfo(numbers));
  }

  operation(name: string, inputs: tf.Tensor[], attributes: Record<string, unknown>): tf.Tensor[] | null {
    if (!compiledKernel(name)) throw new EngineError(`the graph has no operation ${name}`);
    const named = Object.fromEntries(inputs.map((tensor, i) => [String(i), tensor]));
    const made = tf.engine().runKernel(name, named, attributes as tf.NamedAttrMap);
    return (Array.isArray(made) ? made : [made]) as tf.Tensor[];
  }
}
