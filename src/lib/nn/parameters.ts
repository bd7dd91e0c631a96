/**
 * @file Parameters: a flat tree of named variables. Names and shapes are those of the Hugging Face checkpoint
 * (`bert.encoder.layer.0.attention.self.query.weight`, [out, in]), so loading and exporting is a matter of names.
 * A network states what it needs as a list of specifications; `createParameters` makes them from one seed.
 */
import { tf } from '../engine';
import { InputError } from '../errors';
import { Generator } from '../random';
import type { Initializer } from './initializers';
import { nearest } from './nearest';

/** One parameter that a network needs. */
export interface ParameterSpecification {
  name: string;
  shape: number[];
  initialize: Initializer;
}

/** The values of one parameter on the host, row-major float32. */
export interface ParameterArray {
  shape: number[];
  data: Float32Array;
}

export type ParameterArrays = Map<string, ParameterArray>;

/** What a forward function asks of its parameters. `scope('encoder.layer.0')` shortens the names below it. */
export interface ParameterScope {
  /** The parameter of that name; throws, naming the nearest one, where there is none. */
  get(name: string): tf.Variable;
  /** The parameter of that name, or `null`: for biases that a configuration may leave out. */
  find(name: string): tf.Variable | null;
  /** A view in which `get('x')` is `get('<prefix>.x')` here. An empty prefix is the same scope. */
  scope(prefix: string): ParameterScope;
  /** What learns beside the projection `name` (lora.ts), where anything does. */
  adapter?(name: string): Adapter | null;
  /** What is added to the rows [..., D] that the table `name` has for `ids` [...] (shifted-embedding.ts), if anything. */
  shift?(name: string, ids: tf.Tensor): tf.Tensor | null;
}

/** What is added to a projection of x [..., in]: [..., out]. */
export type Adapter = (x: tf.Tensor) => tf.Tensor;

export interface LoadOptions {
  /** Parameters that the arrays lack keep their values (default: it is an error). */
  allowMissing?: boolean;
  /** Arrays that have no parameter are passed over (default: it is an error). */
  allowExtra?: boolean;
}

/** Counts the sets of parameters made, because tfjs wants variable names to be unique in the process. */
let sets = 0;

/** A named set of trainable float32 variables, in the order of their specifications. */
export class Parameters implements ParameterScope {
  constructor(private readonly map: Map<string, tf.Variable>) {}

  get(name: string): tf.Variable {
    const found = this.map.get(name);
    if (found) return found;
    const near = nearest(name, this.names());
    throw new Error(`There is no parameter '${name}'${near ? `; the nearest is '${near}'` : ''}.`);
  }

  find(name: string): tf.Variable | null {
    return this.map.get(name) ?? null;
  }

  scope(prefix: string): ParameterScope {
    return prefix === '' ? this : new PrefixedScope(this, `${prefix}.`);
  }

  names(): string[] {
    return [...this.map.keys()];
  }

  /** All variables, or those whose name passes `filter`. */
  variables(filter: (name: string) => boolean = () => true): tf.Variable[] {
    return this.entries()
      .filter(([name]) => filter(name))
      .map(([, variable]) => variable);
  }

  entries(): [string, tf.Variable][] {
    return [...this.map.entries()];
  }

  /** How many numbers there are in all. */
  count(): number {
    return this.variables().reduce((total, variable) => total + variable.size, 0);
  }

  /** A copy of every value on the host. */
  toArrays(): Promise<ParameterArrays> {
    return arraysOf(this.map);
  }

  /**
   * Takes values from `arrays` by name. Throws an `InputError` that lists every missing, extra or wrongly
   * shaped array, and then has changed nothing.
   */
  load(arrays: ReadonlyMap<string, ParameterArray>, options: LoadOptions = {}): void {
    const problems = this.mismatches(arrays, options);
    if (problems.length > 0) {
      throw new InputError(
        `The weights do not fit the network:\n${problems.map((p) => `  ${p}`).join('\n')}`,
      );
    }
    for (const [name, variable] of this.map) {
      const array = arrays.get(name);
      if (!array) continue;
      const value = tf.tensor(array.data, array.shape, 'float32');
      variable.assign(value);
      value.dispose();
    }
  }

  private mismatches(arrays: ReadonlyMap<string, ParameterArray>, options: LoadOptions): string[] {
    const problems: string[] = [];
    for (const [name, variable] of this.map) {
      const array = arrays.get(name);
      const expected = `[${variable.shape.join(', ')}]`;
      if (!array) {
        if (!options.allowMissing) problems.push(`missing: ${name} ${expected}`);
        continue;
      }
      const found = `[${array.shape.join(', ')}]`;
      if (found !== expected) problems.push(`shape: ${name} expected ${expected}, found ${found}`);
      else if (array.data.length !== variable.size) {
        problems.push(`size: ${name} expected ${variable.size} numbers, found ${array.data.length}`);
      }
    }
    if (!options.allowExtra) {
      for (const [name, array] of arrays) {
        if (!this.map.has(name)) problems.push(`extra: ${name} [${array.shape.join(', ')}]`);
      }
    }
    return problems;
  }

  dispose(): void {
    for (const variable of this.map.values()) variable.dispose();
    this.map.clear();
  }
}

/** A copy of every value on the host, by name. */
export async function arraysOf(variables: ReadonlyMap<string, tf.Variable>): Promise<ParameterArrays> {
  const arrays: ParameterArrays = new Map();
  for (const [name, variable] of variables) {
    const data = (await variable.data()) as Float32Array;
    arrays.set(name, { shape: variable.shape.slice(), data: data.slice() });
  }
  return arrays;
}

class PrefixedScope implements ParameterScope {
  constructor(
    private readonly root: Parameters,
    private readonly prefix: string,
  ) {}

  get(name: string): tf.Variable {
    return this.root.get(this.prefix + name);
  }

  find(name: string): tf.Variable | null {
    return this.root.find(this.prefix + name);
  }

  scope(prefix: string): ParameterScope {
    return prefix === '' ? this : new PrefixedScope(this.root, `${this.prefix}${prefix}.`);
  }
}

/**
 * Makes every specified parameter. The same specification and seed give the same bytes, whatever else is in the
 * list. Throws where a name stands twice.
 */
export function createParameters(
  specifications: readonly ParameterSpecification[],
  seed: number | string,
): Parameters {
  const map = new Map<string, tf.Variable>();
  const set = sets++;
  for (const { name, shape, initialize } of specifications) {
    if (map.has(name)) throw new Error(`The parameter '${name}' is specified twice.`);
    const values = initialize(new Generator(seed, 'initialization', name), shape);
    const initial = tf.tensor(values, shape, 'float32');
    map.set(name, tf.variable(initial, true, `${name}#${set}`));
    initial.dispose();
  }
  return new Parameters(map);
}

/** The specifications with `prefix.` before every name; an empty prefix changes nothing. */
export function prefixed(
  prefix: string,
  specifications: readonly ParameterSpecification[],
): ParameterSpecification[] {
  if (prefix === '') return specifications.slice();
  return specifications.map((specification) => ({
    ...specification,
    name: `${prefix}.${specification.name}`,
  }));
}
