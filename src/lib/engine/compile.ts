/**
 * @file `compile`: a plain tfjs function, forward, backward and update together, becomes one ONNX graph that ONNX
 * Runtime runs. It is recorded and built once for each signature of shapes and dtypes.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { type DeviceChoice, describe } from './run/device';
import { eagerCall } from './run/eager-call';
import { Program } from './run/program';
import { flattenTree, type TensorTree, treeSignature } from './tensor-tree';
import { record } from './trace/recorder';
import { EngineError } from './trace/trace-error';

export interface CompileOptions {
  /** Variables that the function reads or assigns; their values stay on the device between calls. */
  state?: readonly tf.Variable[];
  /** Name used in errors; the function's own by default. */
  name?: string;
}

/** A compiled function: the same arguments, a promise of the same result. Dispose of the results. */
export type Compiled<A extends TensorTree[], R extends TensorTree> = ((...args: A) => Promise<R>) & {
  /** Releases what the compiled forms hold; variables stay as they are. */
  dispose(): void;
  /** How many forms, one a signature and device, have been built. */
  readonly compilations: number;
};

/** Calls run one after the other: they share the state's buffers. */
let lastCall: Promise<unknown> = Promise.resolve();

/**
 * Compiles `fn`, which must be synchronous and build the same graph whenever its arguments have the same shapes.
 * On the devices `eager` and `tensorflow` it is run as it stands. A call throws an `EngineError` naming the op, the
 * shapes and the line of `fn` where it cannot be compiled: an op without compiled form, a value read or a tfjs
 * random op while tracing, a variable that is used but not in `state`.
 */
export function compile<A extends TensorTree[], R extends TensorTree>(
  fn: (...args: A) => R,
  { state = [], name = fn.name || 'the compiled function' }: CompileOptions = {},
): Compiled<A, R> {
  const programs = new Map<string, Promise<Program<R>>>();
  let disposed = false;

  const programFor = (args: A, choice: DeviceChoice): Promise<Program<R>> => {
    const signature = `${choice.device}/${choice.threads}/${args.map(treeSignature).join('|')}`;
    let program = programs.get(signature);
    if (!program) {
      program = Promise.resolve().then(() => {
        const graph = { transposingProducts: choice.device !== 'webgpu' };
        return Program.create(name, record(fn, args, { name, state, graph }), choice);
      });
      programs.set(signature, program);
      // A failure is not kept: the next call tries again, and shows the error again.
      program.catch(() => programs.delete(signature));
    }
    return program;
  };

  const call = async (args: A): Promise<R> => {
    if (disposed) throw new EngineError(`${name} has been disposed of`);
    const choice = describe();
    if (choice.device === 'eager' || choice.device === 'tensorflow') {
      return eagerCall(name, () => fn(...args));
    }
    const program = await programFor(args, choice);
    return program.run(args.flatMap((arg) => flattenTree(arg).map(({ tensor }) => tensor)));
  };

  const run = (...args: A): Promise<R> => {
    const result = lastCall.then(() => call(args));
    lastCall = result.catch(() => {});
    return result;
  };
  const dispose = () => {
    disposed = true;
    for (const program of programs.values()) program.then((built) => built.dispose()).catch(() => {});
    programs.clear();
  };
  return Object.defineProperty(Object.assign(run, { dispose }), 'compilations', {
    get: () => programs.size,
  }) as Compiled<A, R>;
}
