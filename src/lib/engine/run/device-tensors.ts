/**
 * @file A tfjs backend that only stores: the values of state variables, as ONNX Runtime tensors on the device where
 * the last compiled call left them. Reading one gives a copy; an eager op moves it to tfjs's own backend; the next
 * compiled call takes it back. So state stays put between compiled calls and is never out of date.
 */
import * as tf from '@tensorflow/tfjs-core';
import * as ort from 'onnxruntime-node';
import { EngineError } from '../trace/trace-error';
import { freeTensor } from './gpu-tensors';
import { downloadTensor } from './transfer';

export const DEVICE_BACKEND = 'sightline-device';

interface Entry {
  tensor: ort.Tensor;
  dtype: tf.DataType;
  shape: number[];
  refCount: number;
}

export class DeviceTensors extends tf.KernelBackend {
  private readonly data: tf.DataStorage<Entry>;
  /** Entries whose tensor is on a GPU. */
  private readonly onGpu = new Set<Entry>();

  constructor() {
    super();
    this.data = new tf.DataStorage<Entry>(this, tf.engine());
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

  override write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(
    dataId: object,
    values: tf.backend_util.BackendValues,
    shape: number[],
    dtype: tf.DataType,
    refCount: number,
  ): void {
    this.data.set(dataId, { tensor: runtimeTensor(values, shape, dtype), dtype, shape, refCount });
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
    freeTensor(entry.tensor);
    this.onGpu.delete(entry);
    this.data.delete(dataId);
    return true;
  }

  override readSync(dataId: object): tf.backend_util.BackendValues {
    const { tensor } = this.data.get(dataId);
    if (tensor.location !== 'cpu') {
      throw new EngineError('the value is on the GPU and cannot be read at once: use `await tensor.data()`');
    }
    return (tensor.data as Float32Array).slice();
  }

  override async read(dataId: object): Promise<tf.backend_util.BackendValues> {
    const { tensor } = this.data.get(dataId);
    if (tensor.location === 'cpu') return (tensor.data as Float32Array).slice();
    return (await downloadTensor(tensor)).data as Float32Array;
  }

  holds(dataId: object): boolean {
    return this.data.has(dataId);
  }

  /** Brings every value that is on a GPU into host memory: other devices can neither read nor free it there. */
  async toHost(): Promise<void> {
    for (const entry of [...this.onGpu]) {
      const { tensor } = entry;
      const copy = await downloadTensor(tensor);
      if (!this.onGpu.has(entry) || entry.tensor !== tensor) continue; // disposed of or replaced meanwhile
      this.put(entry, copy);
      freeTensor(tensor);
    }
  }

  private put(entry: Entry, tensor: ort.Tensor): void {
    entry.tensor = tensor;
    if (tensor.location === 'gpu-buffer') this.onGpu.add(entry);
    else this.onGpu.delete(entry);
  }

  /** The tensor behind a variable; values that eager code or a user left elsewhere are taken over first. */
  tensorOf(variable: tf.Variable): ort.Tensor {
    const info = tf.engine().state.tensorInfo.get(variable.dataId);
    if (!info) throw new EngineError(`the variable ${variable.name} has been disposed of`);
    return this.data.get(variable.dataId).tensor; // DataStorage moves it here, where it is not
  }

  /**
   * Gives a variable its new value and returns the tensor that this sets free, or `null` where a copy of the
   * variable still holds the old one.
   */
  replace(variable: tf.Variable, tensor: ort.Tensor): ort.Tensor | null {
    const entry = this.data.get(variable.dataId);
    if (entry.refCount === 1) {
      const free = entry.tensor;
      this.put(entry, tensor);
      return free;
    }
    const { dtype, shape } = variable;
    const dataId = {};
    const fresh: Entry = { tensor, dtype, shape, refCount: 1 };
    this.data.set(dataId, fresh);
    this.put(fresh, tensor);
    const engine = tf.engine();
    // Not variable.assign: it counts the reference on the backend in use, which would move the value there. The
    // handle's share in tfjs's accounts passes to the variable.
    tf.keep(engine.makeTensorFromTensorInfo({ dataId, shape, dtype }, this));
    engine.disposeTensor(variable);
    variable.dataId = dataId;
    return null;
  }
}

/** An ONNX Runtime tensor over the same memory as `values`. */
export function runtimeTensor(
  values: tf.backend_util.BackendValues,
  shape: readonly number[],
  dtype: tf.DataType,
): ort.Tensor {
  switch (dtype) {
    case 'float32':
      return new ort.Tensor('float32', values as Float32Array, shape);
    case 'int32':
      return new ort.Tensor('int32', values as Int32Array, shape);
    case 'bool':
      return new ort.Tensor('bool', values as Uint8Array, shape);
    default:
      throw new EngineError(
        `tensors of dtype ${dtype} cannot be passed to compiled functions; float32, int32 and bool can`,
      );
  }
}

let store: DeviceTensors | null = null;

/** The one store of state, registered with tfjs on first use. */
export function deviceTensors(): DeviceTensors {
  if (!store) {
    tf.registerBackend(DEVICE_BACKEND, () => new DeviceTensors(), 0);
    store = tf.findBackend(DEVICE_BACKEND) as DeviceTensors;
    countWhereHeld(tf.findBackend('cpu'), store);
  }
  return store;
}

/**
 * A clone, or a second variable, is one more reference to the same data. tfjs counts it on the backend in use, which
 * would first move the data there: dear, and impossible from a GPU at once.
 */
function countWhereHeld(backend: tf.KernelBackend, holder: DeviceTensors): void {
  const count = backend.incRef.bind(backend);
  backend.incRef = (dataId: object) => (holder.holds(dataId) ? holder.incRef(dataId) : count(dataId));
}
