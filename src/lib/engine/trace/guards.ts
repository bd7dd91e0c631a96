/**
 * @file What would be silently wrong in a trace throws instead. Numbers drawn in JavaScript would be the same at
 * every call, so tfjs's random ops and `Math.random` are refused while a trace is recorded.
 */
import * as tf from '@tensorflow/tfjs-core';
import { EngineError } from './trace-error';
import { currentUserLine } from './user-line';

/** tfjs ops that fill arrays with random numbers in JavaScript. */
const RANDOM_OPS = new Set([
  'dropout',
  'multinomial',
  'rand',
  'randomGamma',
  'randomNormal',
  'randomStandardNormal',
  'randomUniform',
  'randomUniformInt',
  'truncatedNormal',
]);

const MEND = 'draw from an engine.RandomStream, which is seeded and differs at each step';

/** The tfjs ops that are being run, outermost first: kept by `guarded`. */
export class OpStack {
  private readonly names: string[] = [];

  push(scope: string): void {
    this.names.push(scope);
  }

  pop(): void {
    this.names.pop();
  }

  /** The innermost op, by the name under which users call it. */
  get innermost(): string | null {
    const scope = this.names.findLast((name) => name.endsWith('__op'));
    return scope ? `tf.${scope.slice(0, -'__op'.length)}` : null;
  }
}

/**
 * Runs `record` with the guards up; they are down again however it ends. Where it fails, tensors that were kept for
 * a gradient that will now never be asked for are freed.
 */
export function guarded<R>(ops: OpStack, record: () => R): R {
  const engine = tf.engine();
  const kept: tf.Tensor[] = [];
  const keep = engine.keep.bind(engine);
  engine.keep = ((tensor: tf.Tensor) => {
    kept.push(tensor);
    return keep(tensor);
  }) as typeof engine.keep;
  const { random } = Math;
  const startScope = engine.startScope.bind(engine);
  const endScope = engine.endScope.bind(engine);
  engine.startScope = (name?: string) => {
    const op = name?.replace(/__op$/, '') ?? '';
    if (RANDOM_OPS.has(op)) {
      throw new EngineError(
        `tf.${op} at ${currentUserLine()} draws its numbers once, while tracing: every call would see the same ones; ${MEND}`,
      );
    }
    startScope(name);
    ops.push(name ?? '');
  };
  engine.endScope = (result) => {
    ops.pop();
    endScope(result);
  };
  Math.random = () => {
    throw new EngineError(
      `Math.random at ${currentUserLine()} while tracing: every call would see the same number; ${MEND}`,
    );
  };
  try {
    return record();
  } catch (error) {
    for (const tensor of kept) tensor.dispose();
    throw error;
  } finally {
    Math.random = random;
    // Own properties that hide the class's methods: taking them away brings those back.
    Reflect.deleteProperty(engine, 'startScope');
    Reflect.deleteProperty(engine, 'endScope');
    Reflect.deleteProperty(engine, 'keep');
  }
}
