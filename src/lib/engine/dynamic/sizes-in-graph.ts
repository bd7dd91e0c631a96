/**
 * @file Nodes that compute, from the shapes of the graph's inputs, what followed from the sizes while recording:
 * vectors of int64 (shapes, starts, ends), ranges, and tensors of one number.
 */
import { type ElementArray, type ElementType, ONNX_TYPE } from '../graph/element-types';
import { type AttributeValue, attributeFields, type GraphFields } from '../graph/onnx-format';
import { isFixed, type SizeExpression } from './size-expression';

/** Where a dimension can be read: an axis of an input. */
export interface DimensionSource {
  input: string;
  axis: number;
}

export class SizesInGraph {
  private readonly made = new Map<string, string>();
  private count = 0;

  constructor(
    private readonly fields: GraphFields,
    private readonly sources: ReadonlyMap<string, DimensionSource>,
  ) {}

  /** An int64 vector of these numbers; its name. */
  vector(expressions: readonly SizeExpression[]): string {
    return this.once(`vector ${JSON.stringify(expressions)}`, () => {
      const parts: string[] = [];
      let fixed: number[] = [];
      const flush = () => {
        if (fixed.length > 0) parts.push(this.constant(fixed));
        fixed = [];
      };
      for (const expression of expressions) {
        if (isFixed(expression)) fixed.push(expression.constant);
        else {
          flush();
          parts.push(this.element(expression));
        }
      }
      flush();
      return parts.length === 1 ? (parts[0] as string) : this.node('Concat', parts, { axis: 0 });
    });
  }

  /** start, start + step, … before limit, of `type`, laid out in `rank` axes of which `axis` is the one that is not 1. */
  range(
    bounds: { start: SizeExpression; limit: SizeExpression; step: SizeExpression },
    type: ElementType,
    { rank, axis }: { rank: number; axis: number },
  ): string {
    return this.once(`range ${JSON.stringify([bounds, type, rank, axis])}`, () => {
      const { start, limit, step } = bounds;
      const scalars = [start, limit, step].map((bound) => this.scalar(bound, type));
      const flat = this.node('Range', scalars);
      if (rank === 1) return flat;
      const shape = Array.from({ length: rank }, (_, i) => (i === axis ? -1 : 1));
      return this.node('Reshape', [flat, this.constant(shape)]);
    });
  }

  /** `value`, a scalar's name, repeated to a shape. */
  filled(value: string, shape: readonly SizeExpression[]): string {
    return shape.length === 0 ? value : this.node('Expand', [value, this.vector(shape)]);
  }

  /** An int64 constant; its name. */
  constant(numbers: readonly number[]): string {
    return this.once(`constant ${numbers}`, () => {
      const elements = BigInt64Array.from(numbers, BigInt);
      return this.initializer('int64', [numbers.length], elements);
    });
  }

  initializer(type: ElementType, dims: readonly number[], elements: ElementArray): string {
    const name = `sizes_${this.count++}`;
    this.fields.initializer.push({
      name,
      data_type: ONNX_TYPE[type],
      dims,
      raw_data: new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength),
    });
    return name;
  }

  /** A number of `type` without axes. */
  scalar(expression: SizeExpression, type: ElementType): string {
    return this.once(`scalar ${type} ${JSON.stringify(expression)}`, () => {
      const single = this.element(expression);
      const typed = type === 'int64' ? single : this.node('Cast', [single], { to: ONNX_TYPE[type] });
      return this.node('Squeeze', [typed]);
    });
  }

  /** An int64 vector of one element. */
  private element(expression: SizeExpression): string {
    if (isFixed(expression)) return this.constant([expression.constant]);
    return this.once(`element ${JSON.stringify(expression)}`, () => {
      const { constant, factor, sum, product } = expression;
      const dimensions = sum.map((dimension) => this.dimension(dimension));
      let value: string | null = null;
      if (factor !== 0) {
        value = dimensions.reduce((a, b) => this.node('Add', [a, b]));
        if (factor !== 1) value = this.node('Mul', [value, this.constant([factor])]);
        if (constant !== 0) value = this.node('Add', [value, this.constant([constant])]);
      } else if (constant !== 1) value = this.constant([constant]);
      for (const dimension of product) {
        const size = this.dimension(dimension);
        value = value === null ? size : this.node('Mul', [value, size]);
      }
      return value as string;
    });
  }

  private dimension(name: string): string {
    return this.once(`dimension ${name}`, () => {
      const source = this.sources.get(name);
      if (!source) throw new Error(`no input has the dimension ${name} as an axis of its own`);
      return this.node('Shape', [source.input], { start: source.axis, end: source.axis + 1 });
    });
  }

  private once(key: string, make: () => string): string {
    const known = this.made.get(key);
    if (known) return known;
    const name = make();
    this.made.set(key, name);
    return name;
  }

  private node(op: string, input: string[], attributes: Record<string, AttributeValue> = {}): string {
    const name = `${op}_sizes_${this.count++}`;
    this.fields.node.push({
      op_type: op,
      name,
      domain: '',
      input,
      output: [name],
      attribute: Object.entries(attributes).map(([key, value]) => attributeFields(key, value)),
    });
    return name;
  }
}
