/**
 * @file The graph under construction: values in single-assignment form. Equal constants are stored once (by
 * content), equal nodes are made once (common subexpressions, by hash-consing), and what no output needs is left
 * out when the graph is finished (dead code). Shapes are static; every value knows its own.
 */
import { createHash } from 'node:crypto';
import { type ElementArray, type ElementType, elementArray, ONNX_TYPE, sizeOf } from './element-types';
import {
  type AttributeValue,
  attributeFields,
  encodeModel,
  type GraphFields,
  Real,
  type ValueFields,
} from './onnx-format';
import { peakBytes } from './peak-memory';

/** One tensor-valued edge of the graph. */
export interface Value {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** The node that makes it; `null` for inputs and constants. */
  readonly producer: GraphNode | null;
  /** The elements, where the value is a constant. */
  readonly constant?: ElementArray;
  /** The one number that all elements equal, where it is a constant of equal elements. */
  readonly uniform?: number;
}

export interface GraphNode {
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly (Value | null)[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly outputs: Value[];
  readonly index: number;
  /** Where the user's function asked for it: `loss.ts:12`. */
  readonly origin: string;
}

export interface NodeOptions {
  attributes?: Record<string, AttributeValue>;
  domain?: string;
}

export interface OutputDescription {
  type: ElementType;
  shape: readonly number[];
}

/** A graph output: the name that callers use and the value behind it. */
export interface GraphOutput {
  name: string;
  value: Value;
}

export interface FinishedGraph {
  bytes: Uint8Array;
  /** Names of the inputs that some output depends on. */
  inputNames: Set<string>;
  nodeCount: number;
  /** Memory that a run needs at least. */
  peakBytes: number;
  /** Node name → where the user's function asked for it. */
  origins: Map<string, string>;
}

/** Constants at most this many bytes long take part in the search for equal ones by their text; longer ones by digest. */
const SHORT_CONSTANT = 256;

export interface GraphOptions {
  /**
   * Products of more than two axes may read a factor transposed (`FusedMatMul` of ONNX Runtime). Not in exports, since ONNX
   * itself has no such operator, nor on WebGPU, where it has not been tried.
   */
  transposingProducts?: boolean;
}

export class Graph {
  private readonly inputs: Value[] = [];
  private readonly nodes: GraphNode[] = [];
  private readonly constants = new Map<string, Value>();
  private readonly nodesByKey = new Map<string, GraphNode>();
  private count = 0;
  /** Set by the recorder before each tfjs kernel, so that nodes know which line of the user's asked for them. */
  origin = '';

  constructor(readonly options: GraphOptions = {}) {}

  /** A named graph input. Dimensions given as text in `symbolic` are left open in the file. */
  input(name: string, type: ElementType, shape: readonly number[]): Value {
    const value: Value = { name, type, shape: [...shape], producer: null };
    this.inputs.push(value);
    return value;
  }

  /** A constant; the elements are copied, equal constants are one. */
  constant(elements: ElementArray, type: ElementType, shape: readonly number[]): Value {
    if (elements.length !== sizeOf(shape)) {
      throw new RangeError(`constant: ${elements.length} elements do not fill the shape [${shape}]`);
    }
    const bytes = new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
    const content =
      bytes.length <= SHORT_CONSTANT
        ? Buffer.from(bytes).toString('base64')
        : createHash('sha1').update(bytes).digest('base64');
    const key = `${type}[${shape}]${content}`;
    const known = this.constants.get(key);
    if (known) return known;
    const first = elements[0];
    const equal =
      elements.length > 0 && type !== 'float16' && elements.every((element) => Object.is(element, first));
    const value: Value = {
      name: `constant_${this.count++}`,
      type,
      shape: [...shape],
      producer: null,
      constant: elements.slice() as ElementArray,
      ...(equal ? { uniform: Number(first) } : {}),
    };
    this.constants.set(key, value);
    return value;
  }

  /** A scalar constant. */
  scalar(number: number, type: ElementType = 'float32'): Value {
    const elements = elementArray(type, 1);
    if (elements instanceof BigInt64Array) elements[0] = BigInt(number);
    else elements[0] = number;
    return this.constant(elements, type, []);
  }

  /** An int64 vector: the form in which ONNX takes shapes, axes, starts and ends. */
  int64(numbers: readonly number[]): Value {
    return this.constant(BigInt64Array.from(numbers, BigInt), 'int64', [numbers.length]);
  }

  /** A node with one output. The same node asked for twice is made once. */
  node(op: string, inputs: (Value | null)[], output: OutputDescription, options: NodeOptions = {}): Value {
    return this.nodeWithOutputs(op, inputs, [output], options)[0] as Value;
  }

  /** A node with several outputs. `null` inputs are optional inputs left out. */
  nodeWithOutputs(
    op: string,
    inputs: (Value | null)[],
    outputs: OutputDescription[],
    options: NodeOptions = {},
  ): Value[] {
    const { attributes = {}, domain = '' } = options;
    const key = JSON.stringify([
      op,
      domain,
      inputs.map((value) => value?.name),
      attributeKey(attributes),
      outputs.length,
    ]);
    const known = this.nodesByKey.get(key);
    if (known) return known.outputs;
    const node: GraphNode = {
      op,
      domain,
      inputs,
      attributes,
      outputs: [],
      index: this.nodes.length,
      origin: this.origin,
    };
    for (const { type, shape } of outputs) {
      node.outputs.push({ name: `${op}_${this.count++}`, type, shape: [...shape], producer: node });
    }
    this.nodes.push(node);
    this.nodesByKey.set(key, node);
    return node.outputs;
  }

  /** The model file for these outputs: only what they need is written. */
  finish(outputs: GraphOutput[], options: FinishOptions = {}): FinishedGraph {
    const names = this.outputNames(outputs);
    const { nodes, leaves } = this.reachable(outputs.map((output) => output.value));
    const nameOf = (value: Value | null) =>
      value ? (names.get(value) ?? options.initializerNames?.get(value) ?? value.name) : '';
    const inputs = this.inputs.filter((input) => leaves.has(input) || options.keepInputs);
    const initializers = [...this.constants.values()].filter((value) => leaves.has(value));
    const fields: GraphFields = {
      name: options.name ?? 'sightline',
      node: nodes.map((node) => ({
        op_type: node.op,
        name: `${node.op}_${node.index}`,
        domain: node.domain,
        input: node.inputs.map(nameOf),
        output: node.outputs.map(nameOf),
        attribute: Object.entries(node.attributes).map(([name, value]) => attributeFields(name, value)),
      })),
      initializer: initializers.map((value) => initializerFields(value, nameOf(value))),
      input: inputs.map((value) => valueFields(value.name, value, options.symbolic?.get(value.name))),
      output: outputs.map(({ name, value }) => valueFields(name, value, options.symbolic?.get(name))),
    };
    for (const { name, value } of outputs) {
      if (names.get(value) === name) continue;
      fields.node.push({
        op_type: 'Identity',
        name: `output_${name}`,
        domain: '',
        input: [nameOf(value)],
        output: [name],
        attribute: [],
      });
    }
    if (options.leadingSequence) addLeadingSequence(fields, options.leadingSequence);
    return {
      bytes: encodeModel(fields, options.metadata),
      inputNames: new Set(inputs.map((input) => input.name)),
      nodeCount: fields.node.length,
      peakBytes: peakBytes({ nodes, leaves, outputs: outputs.map(({ value }) => value) }),
      origins: new Map(nodes.map((node) => [`${node.op}_${node.index}`, node.origin])),
    };
  }

  /** A node's result that is asked for under one name takes that name; what is left needs an `Identity`. */
  private outputNames(outputs: GraphOutput[]): Map<Value, string> {
    const names = new Map<Value, string>();
    for (const { name, value } of outputs) {
      if (value.producer && !names.has(value)) names.set(value, name);
    }
    return names;
  }

  private reachable(roots: Value[]): { nodes: GraphNode[]; leaves: Set<Value> } {
    const nodes = new Set<GraphNode>();
    const leaves = new Set<Value>();
    const stack = [...roots];
    while (stack.length > 0) {
      const value = stack.pop() as Value;
      if (!value.producer) {
        leaves.add(value);
      } else if (!nodes.has(value.producer)) {
        nodes.add(value.producer);
        for (const input of value.producer.inputs) if (input) stack.push(input);
      }
    }
    return { nodes: [...nodes].sort((a, b) => a.index - b.index), leaves };
  }
}

export interface FinishOptions {
  name?: string;
  metadata?: Record<string, string>;
  /** Inputs that no output needs are declared all the same. */
  keepInputs?: boolean;
  /** Names for constants that are weights. */
  initializerNames?: Map<Value, string>;
  /** An empty sequence of tensors is the first output, under this name: see `run/host-session.ts`. */
  leadingSequence?: string;
  /** Per input or output: names of the dimensions left open, by axis. */
  symbolic?: Map<string, Record<number, string>>;
}

function addLeadingSequence({ node, output }: GraphFields, name: string): void {
  node.push({ op_type: 'SequenceEmpty', name, domain: '', input: [], output: [name], attribute: [] });
  const type = { sequence_type: { elem_type: { tensor_type: { elem_type: ONNX_TYPE.float32 } } } };
  output.unshift({ name, type });
}

function attributeKey(attributes: Record<string, AttributeValue>): unknown[] {
  return Object.entries(attributes).map(([name, value]) => [
    name,
    value instanceof Real ? `r${value.value}` : value,
  ]);
}

function initializerFields(value: Value, name: string) {
  const elements = value.constant as ElementArray;
  return {
    name,
    data_type: ONNX_TYPE[value.type],
    dims: value.shape,
    raw_data: new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength),
  };
}

function valueFields(name: string, value: Value, symbolic: Record<number, string> = {}): ValueFields {
  const dim = value.shape.map((size, axis) =>
    symbolic[axis] ? { dim_param: symbolic[axis] as string } : { dim_value: size },
  );
  return { name, type: { tensor_type: { elem_type: ONNX_TYPE[value.type], shape: { dim } } } };
}
