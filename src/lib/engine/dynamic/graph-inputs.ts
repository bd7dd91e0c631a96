/** @file The inputs of a graph whose sizes are open: how they are declared, and examples of them to record with. */
import * as tf from '@tensorflow/tfjs-core';
import { ONNX_TYPE } from '../graph/element-types';
import { attributeFields, type DimensionFields, type GraphFields } from '../graph/onnx-format';
import type { Sizes } from './size-expression';
import type { DimensionSource } from './sizes-in-graph';

/** A dimension: a number, the name of an open one, or a sum of names, as `past + sequence`. */
export type Dimension = number | string;

export interface DynamicInput {
  /** What the function is given. */
  dtype: 'int32' | 'float32';
  /** What the graph is given, where that is another type. */
  storedAs?: 'int64' | 'bool';
  shape: readonly Dimension[];
}

export type DynamicInputs = Readonly<Record<string, DynamicInput>>;

/** Zeros of the inputs' shapes at these sizes. */
export function exampleInputs(inputs: DynamicInputs, sizes: Sizes): { [name: string]: tf.Tensor } {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { dtype, shape }]) => [
      name,
      tf.zeros(
        shape.map((dimension) => sizeAt(dimension, sizes)),
        dtype,
      ),
    ]),
  );
}

/** Where each open dimension stands as an axis of its own. */
export function dimensionSources(inputs: DynamicInputs): Map<string, DimensionSource> {
  const sources = new Map<string, DimensionSource>();
  for (const [input, { shape }] of Object.entries(inputs)) {
    for (const [axis, dimension] of shape.entries()) {
      if (typeof dimension === 'string' && !sources.has(dimension)) sources.set(dimension, { input, axis });
    }
  }
  return sources;
}

/** Writes the inputs into the graph; gives the name under which the function's nodes find each, cast where it is stored otherwise. */
export function declareInputs(fields: GraphFields, inputs: DynamicInputs): string[] {
  return Object.entries(inputs).map(([name, { dtype, storedAs = dtype, shape }]) => {
    const dim = shape.map(
      (size): DimensionFields => (typeof size === 'number' ? { dim_value: size } : { dim_param: size }),
    );
    const elem_type = ONNX_TYPE[storedAs];
    fields.input.push({ name, type: { tensor_type: { elem_type, shape: { dim } } } });
    if (storedAs === dtype) return name;
    const given = `${name}_as_${dtype}`;
    fields.node.push({
      op_type: 'Cast',
      name: given,
      domain: '',
      input: [name],
      output: [given],
      attribute: [attributeFields('to', ONNX_TYPE[dtype])],
    });
    return given;
  });
}

function sizeAt(dimension: Dimension, sizes: Sizes): number {
  if (typeof dimension === 'number') return dimension;
  return dimension.split(' + ').reduce((total, name) => {
    const size = sizes[name];
    if (size === undefined) throw new RangeError(`the dimension ${name} does not stand among the open ones`);
    return total + size;
  }, 0);
}
