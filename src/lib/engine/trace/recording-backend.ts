/**
 * @file A tfjs backend that computes nothing: its tensors stand for values of the graph under construction. What
 * is written to it while tracing (numbers and arrays made in JavaScript, tensors of another backend) becomes a
 * constant; a value that only the graph will know cannot be read.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { ElementArray, ElementType } from '../graph/element-types';
import type { Graph, Value } from '../graph/graph';
import { EngineError } from './trace-error';

export const RECORDING_BACKEND = 'sightline-recording';

interface Entry {
  dtype: tf.DataType;
  shape: number[];
  refCount: number;
  /** Elements known while tracing: a constant. */
  elements?: tf.backend_util.BackendValues;
  /** Its value in `graph`; for constants made on first use. */
  value?: Value;
  graph?: Graph;
}

/** What the backend asks of the trace in progress. */
export interface RecordingContext {
  graph: Graph;
  /** Throws: `what` of a value that only the graph will know was asked for. */
  refuseRead(): never;
  /** Called before a tensor of another backend becomes a constant; throws where that would be wrong. */
  onCapture(dataId: object): void;
}

export class RecordingBackend extends tf.KernelBackend {
  private readonly data: tf.DataStorage<Entry>;
  /** The trace in progress; kernels run only while there is one. */
  context: RecordingContext | null = null;

  constructor() {
    super();
    this.data = new tf.DataStorage<Entry>(this, tf.engine());
  }

  get currentGraph(): Graph {
    if (!this.context)
      throw new Error(
        'the recording backend is used by engine.compile alone: choose another with engine.use',
      );
    return this.context.graph;
  }

  override numDataIds(): number {
    return this.data.numDataIds();
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override timerAvailable(): boolean {
    return false;
  }

  override write(elements: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object {
    const dataId = {};
    this.data.set(dataId, { dtype, shape, refCount: 1, elements });
    return dataId;
  }

  override move(
    dataId: object,
    elements: tf.backend_util.BackendValues,
    shape: number[],
    dtype: tf.DataType,
    refCount: number,
  ): void {
    this.data.set(dataId, { dtype, shape, refCount, elements });
    this.context?.onCapture(dataId); // may throw: by now the value is safe here
  }

  override refCount(dataId: object): number {
    return this.data.has(dataId) ? this.data.get(dataId).refCount : 0;
  }

  override incRef(dataId: object): void {
    this.data.get(dataId).refCount += 1;
  }

  override disposeData(dataId: object, force = false): boolean {
    if (!this.data.has(dataId)) return true;
    const entry = this.data.get(dataId);
    entry.refCount -= 1;
    if (!force && entry.refCount > 0) return false;
    this.data.delete(dataId);
    return true;
  }

  override readSync(dataId: object): tf.backend_util.BackendValues {
    const { elements } = this.data.get(dataId);
    if (elements) return elements;
    if (!this.context) throw new Error('this tensor belongs to a finished trace and holds no value');
    return this.context.refuseRead();
  }

  override async read(dataId: object): Promise<tf.backend_util.BackendValues> {
    return this.readSync(dataId);
  }

  /** A tfjs tensor handle for a value of the graph. */
  tensorInfo(value: Value, dtype: tf.DataType = dtypeOf(value.type)): tf.TensorInfo {
    const dataId = {};
    const shape = [...value.shape];
    this.data.set(dataId, { dtype, shape, refCount: 1, value, graph: this.currentGraph });
    return { dataId, shape, dtype };
  }

  /** The graph's value behind a tensor; constants enter the graph when they are first used. */
  graphValue({ dataId }: tf.TensorInfo): Value {
    const entry = this.data.get(dataId);
    if (entry.value && entry.graph === this.currentGraph) return entry.value;
    if (!entry.elements) {
      throw new EngineError(
        'a tensor of a finished trace was used: return it from the function instead of keeping it',
      );
    }
    this.context?.onCapture(dataId); // it may have come here in an earlier trace
    entry.value = this.currentGraph.constant(elementsOf(entry), elementTypeOf(entry.dtype), entry.shape);
    entry.graph = this.currentGraph;
    return entry.value;
  }
}

/** The recording backend, registered with tfjs on first use. */
export function recordingBackend(): RecordingBackend {
  if (!tf.findBackend(RECORDING_BACKEND))
    tf.registerBackend(RECORDING_BACKEND, () => new RecordingBackend(), 0);
  return tf.findBackend(RECORDING_BACKEND) as RecordingBackend;
}

export function elementTypeOf(dtype: tf.DataType): ElementType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new Error(`tensors of dtype ${dtype} cannot be compiled; float32, int32 and bool can`);
}

function dtypeOf(type: ElementType): tf.DataType {
  if (type === 'float32' || type === 'int32' || type === 'bool') return type;
  throw new Error(`a graph value of type ${type} has no tfjs dtype`);
}

function elementsOf({ elements, dtype }: Entry): ElementArray {
  switch (dtype) {
    case 'float32':
      return elements instanceof Float32Array ? elements : Float32Array.from(elements as ArrayLike<number>);
    case 'int32':
      return elements instanceof Int32Array ? elements : Int32Array.from(elements as ArrayLike<number>);
    default:
      return Uint8Array.from(elements as ArrayLike<number>, (element) => Number(Boolean(element)));
  }
}
