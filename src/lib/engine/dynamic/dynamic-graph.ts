/**
 * @file `recordDynamic`: a plain tfjs function as one ONNX graph for all sizes of its open dimensions, with the weights
 * inside: what is exported. The tracer that trains knows one size at a time, so the function is recorded at four, and
 * every number in which the traces differ is replaced by nodes that compute it from the shapes of the inputs.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type ElementType, ONNX_TYPE } from '../graph/element-types';
import type { GraphNode, Value } from '../graph/graph';
import { attributeFields, type DimensionFields, type GraphFields } from '../graph/onnx-format';
import { type Recording, record } from '../trace/recorder';
import { type Aligned, alignedProducers, fitVector, openConstant } from './aligned-values';
import { type DynamicInput, declareInputs, dimensionSources, exampleInputs } from './graph-inputs';
import { dimensionName, isFixed, type SizeExpression, type Sizes, traceSizes } from './size-expression';
import { SizesInGraph } from './sizes-in-graph';

export interface DynamicWeight {
  name: string;
  variable: tf.Variable;
  data: Float32Array;
}

export interface DynamicOptions {
  /** In the order of the graph's inputs. */
  inputs: Readonly<Record<string, DynamicInput>>;
  /** Variables that the function reads: they become initializers of these names. */
  weights: readonly DynamicWeight[];
  /** Open dimensions, with the largest size that the function takes (`Infinity`: any). */
  dimensions: Readonly<Record<string, number>>;
  /** Dimensions that may be 0. */
  mayBeEmpty?: readonly string[];
  name: string;
}

type Tensors = { [name: string]: tf.Tensor };

/**
 * The graph of `fn`, from tensors by name to tensors by name. Throws an `EngineError` where the function does other
 * things at other sizes than compute other numbers, or a variable is read that is not among the weights.
 */
export function recordDynamic(fn: (inputs: Tensors) => Tensors, options: DynamicOptions): GraphFields {
  const sizes = traceSizes(options.dimensions);
  const state = options.weights.map(({ variable }) => variable);
  const recordings = sizes.map((size) => {
    const example = exampleInputs(options.inputs, size);
    try {
      return record(fn, [example], { name: options.name, state });
    } finally {
      tf.dispose(example);
    }
  });
  return new DynamicGraph(recordings, sizes, options).fields;
}

class DynamicGraph {
  readonly fields: GraphFields;
  private readonly names = new Map<string, string>();
  private readonly taken = new Set<string>();
  private readonly inGraph: SizesInGraph;

  constructor(
    private readonly recordings: readonly Recording<Tensors>[],
    private readonly sizes: readonly Sizes[],
    private readonly options: DynamicOptions,
  ) {
    this.fields = { name: options.name, node: [], initializer: [], input: [], output: [] };
    this.inGraph = new SizesInGraph(this.fields, dimensionSources(options.inputs));
    const given = declareInputs(this.fields, options.inputs);
    for (const [i, name] of given.entries()) {
      const recorded = recordings.map((recording) => ({ name: recording.argumentInputs[i] as string }));
      this.names.set(key(recorded), name);
    }
    this.declareOutputs();
  }

  private declareOutputs(): void {
    const renamed = new Map<string, string>();
    const outputNames = Object.keys(this.recordings[0]?.resultTree ?? {});
    const indexOf = (recording: Recording<Tensors>, slot: number) =>
      recording.outputs.find(({ name }) => name === recording.results[slot]?.output)?.value as Value;
    for (const [i, name] of outputNames.entries()) {
      const values = this.recordings.map((recording) => indexOf(recording, i));
      const made = this.emit(values, null);
      if (values[0]?.producer && !renamed.has(made)) renamed.set(made, name);
      else this.identity(renamed.get(made) ?? made, name);
      this.fields.output.push({
        name,
        type: {
          tensor_type: {
            elem_type: ONNX_TYPE[values[0]?.type as ElementType],
            shape: { dim: this.dimensions(values, name) },
          },
        },
      });
    }
    const rename = (value: string) => renamed.get(value) ?? value;
    for (const node of this.fields.node) {
      node.input = node.input.map(rename);
      node.output = node.output.map(rename);
    }
  }

  private identity(from: string, to: string): void {
    this.fields.node.push({
      op_type: 'Identity',
      name: `output_${to}`,
      domain: '',
      input: [from],
      output: [to],
      attribute: [],
    });
  }

  private dimensions(values: Aligned, name: string): DimensionFields[] {
    const shape = fitVector(
      values.map((value) => value.shape),
      this.sizes,
    );
    return (values[0]?.shape ?? []).map((_, axis) => {
      const expression = shape?.[axis];
      if (expression && isFixed(expression)) return { dim_value: expression.constant };
      return { dim_param: (expression && dimensionName(expression)) || `${name}_axis_${axis}` };
    });
  }

  /** The name of the value in the graph; its nodes, and those it needs, are written before. */
  private emit(values: Aligned, consumer: GraphNode | null): string {
    const id = key(values);
    const known = this.names.get(id);
    if (known) return known;
    const nodes = alignedProducers(values);
    if (!nodes) {
      const name = this.leaf(values, consumer);
      this.names.set(id, name);
      return name;
    }
    this.emitNode(nodes);
    return this.names.get(id) as string;
  }

  private emitNode(nodes: GraphNode[]): void {
    const [first] = nodes as [GraphNode];
    const attributes = { ...first.attributes };
    const input = first.inputs.map((value, i) => {
      if (!value) return '';
      const values = nodes.map((node) => node.inputs[i] as Value);
      if (first.op === 'Reshape' && i === 1) {
        const { shape, literally } = this.reshapeTo(nodes, values);
        if (literally) attributes.allowzero = 1;
        return shape;
      }
      return this.emit(values, first);
    });
    const output = first.outputs.map((value, i) => {
      const name = this.unique(value.name);
      this.names.set(key(nodes.map((node) => node.outputs[i] as Value)), name);
      return name;
    });
    this.fields.node.push({
      op_type: first.op,
      name: this.unique(`${first.op}_node_${first.index}`),
      domain: first.domain,
      input,
      output,
      attribute: Object.entries(attributes).map(([name, value]) => attributeFields(name, value)),
    });
  }

  /**
   * The shape to reshape to: where an axis is as long as the operand's of the same place it is 0, ONNX's "as before", and
   * one other may be −1, "what is left", unless something may be empty. Runtimes follow that better than computed shapes,
   * in which a 0 is meant literally.
   */
  private reshapeTo(nodes: readonly GraphNode[], values: Aligned): { shape: string; literally: boolean } {
    const shape = fitVector(
      values.map((value) => value.constant as BigInt64Array),
      this.sizes,
    );
    if (!shape || nodes[0]?.attributes.allowzero || shape.every(isFixed))
      return { shape: this.emit(values, nodes[0] ?? null), literally: false };
    const operands = nodes.map((node) => node.inputs[0]?.shape ?? []);
    const asBefore = (axis: number) =>
      operands.every((operand, k) => operand[axis] === Number(values[k]?.constant?.[axis]));
    const open = shape.map((expression, axis) => !isFixed(expression) && !asBefore(axis));
    const empty = shape.some((expression) => this.mayBeEmpty(expression));
    if (open.filter(Boolean).length > 1 || (empty && open.some(Boolean)))
      return { shape: this.inGraph.vector(shape), literally: true };
    const known = shape.map((expression, axis) =>
      isFixed(expression) ? expression.constant : open[axis] ? -1 : 0,
    );
    return { shape: this.inGraph.constant(known), literally: false };
  }

  private mayBeEmpty({ sum, product, constant }: SizeExpression): boolean {
    const empty = new Set(this.options.mayBeEmpty ?? []);
    const sumEmpty = sum.length > 0 && constant === 0 && sum.every((dimension) => empty.has(dimension));
    return sumEmpty || product.some((dimension) => empty.has(dimension));
  }

  private leaf(values: Aligned, consumer: GraphNode | null): string {
    const [first] = values as readonly [Value];
    if (!first.constant) return this.weight(first);
    const open = openConstant(values, this.sizes, consumer);
    switch (open.kind) {
      case 'same':
        return this.inGraph.initializer(first.type, first.shape, first.constant);
      case 'vector':
        return this.inGraph.vector(open.elements);
      case 'range':
        return this.inGraph.range(open, first.type, { rank: first.shape.length, axis: open.axis });
      case 'filled':
        return this.inGraph.filled(
          isFixed(open.number)
            ? this.inGraph.initializer(first.type, [], first.constant.slice(0, 1) as typeof first.constant)
            : this.inGraph.scalar(open.number, first.type),
          open.shape,
        );
    }
  }

  /** A variable of the function, as an initializer under its own name. */
  private weight({ name }: Value): string {
    const slot = this.recordings[0]?.state.find(({ input }) => input === name);
    const weight = this.options.weights.find(({ variable }) => variable === slot?.variable);
    if (!weight) throw new Error(`the input ${name} of the trace belongs to no weight`);
    this.taken.add(weight.name);
    const { data, variable } = weight;
    this.fields.initializer.push({
      name: weight.name,
      data_type: ONNX_TYPE.float32,
      dims: variable.shape,
      raw_data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    });
    return weight.name;
  }

  private unique(wanted: string): string {
    let name = wanted;
    for (let i = 1; this.taken.has(name); i++) name = `${wanted}_${i}`;
    this.taken.add(name);
    return name;
  }
}

function key(values: readonly { name: string }[]): string {
  return values.map(({ name }) => name).join('|');
}
