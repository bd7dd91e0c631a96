/**
 * @file A recorded function on ONNX Runtime: feeds arguments, state and random keys, takes the results, and gives
 * state variables their new values. On the CPU two sets of buffers take turns, so nothing is copied; on a GPU the
 * state never leaves it.
 */
import * as tf from '@tensorflow/tfjs-core';
import * as ort from 'onnxruntime-node';
import { type ElementType, elementArray, sizeOf } from '../graph/element-types';
import type { FinishedGraph } from '../graph/graph';
import { mapTree, type TensorTree } from '../tensor-tree';
import type { Recording, StateSlot } from '../trace/recorder';
import { EngineError } from '../trace/trace-error';
import type { DeviceChoice } from './device';
import { deviceTensors, runtimeTensor } from './device-tensors';
import { freeTensor, GpuSession } from './gpu-tensors';
import { LEADING_SEQUENCE, runIntoBuffers } from './host-session';
import { MemoryError, memoryLimit } from './memory';

/** Buffers that this kit allocated, and so may use again; a user's array is never written to. */
const ownBuffers = new WeakSet<ort.Tensor>();

export class Program<R extends TensorTree> {
  private readonly spare = new Map<StateSlot, ort.Tensor>();
  /** Present where the state stays on a GPU. */
  private readonly gpu: GpuSession | null;

  private constructor(
    private readonly name: string,
    private readonly recording: Recording<R>,
    private readonly graph: FinishedGraph,
    private readonly session: ort.InferenceSession,
    stateOnDevice: boolean,
  ) {
    this.gpu = stateOnDevice ? new GpuSession(session) : null;
  }

  static async create<R extends TensorTree>(
    name: string,
    recording: Recording<R>,
    choice: DeviceChoice,
  ): Promise<Program<R>> {
    const stateOnDevice = choice.device === 'webgpu';
    const graph = recording.graph.finish(recording.outputs, {
      name,
      ...(stateOnDevice ? {} : { leadingSequence: LEADING_SEQUENCE }),
    });
    const limit = memoryLimit();
    if (choice.device === 'cpu' && graph.peakBytes > limit)
      throw new MemoryError(name, graph.peakBytes, limit);
    const session = await createSession(
      graph.bytes,
      choice,
      stateOnDevice ? outputLocations(recording) : undefined,
    );
    return new Program(name, recording, graph, session, stateOnDevice);
  }

  get nodeCount(): number {
    return this.graph.nodeCount;
  }

  /** One call. The result's tensors belong to the caller. */
  async run(args: tf.Tensor[]): Promise<R> {
    const { recording } = this;
    if (!this.gpu) await deviceTensors().toHost();
    const found = await this.runSession(this.feeds(args));
    this.updateState(found);
    const streams = new Set(recording.randomSites.map(({ stream }) => stream));
    for (const stream of streams) stream.advance();
    return mapTree(recording.resultTree, (_, i) => {
      const { output, shape, dtype } = recording.results[i] as (typeof recording.results)[number];
      return tf.tensor((found[output] as ort.Tensor).data as Float32Array, shape, dtype);
    });
  }

  dispose(): void {
    this.spare.clear();
    if (this.gpu) this.gpu.release();
    else void this.session.release();
  }

  private feeds(args: tf.Tensor[]): Record<string, ort.Tensor> {
    const feeds: Record<string, ort.Tensor> = {};
    const { inputNames } = this.graph;
    const { argumentInputs, state, randomSites } = this.recording;
    for (const [i, name] of argumentInputs.entries()) {
      const tensor = args[i] as tf.Tensor;
      if (inputNames.has(name)) feeds[name] = runtimeTensor(tensor.dataSync(), tensor.shape, tensor.dtype);
    }
    const store = deviceTensors();
    for (const { variable, input } of state) {
      if (inputNames.has(input)) feeds[input] = store.tensorOf(variable);
    }
    for (const { stream, site, inputs } of randomSites) {
      const keys = stream.keys(site);
      for (const [i, name] of inputs.entries()) {
        if (inputNames.has(name))
          feeds[name] = new ort.Tensor('uint32', Uint32Array.of(keys[i] as number), [1]);
      }
    }
    return feeds;
  }

  private async runSession(feeds: Record<string, ort.Tensor>): Promise<Record<string, ort.Tensor>> {
    try {
      if (this.gpu) return await this.session.run(feeds);
      const buffers: Record<string, ort.Tensor> = {};
      for (const { output, shape, dtype } of this.recording.results)
        buffers[output] = newBuffer(shape, dtype);
      for (const slot of this.recording.state) if (slot.output) buffers[slot.output] = this.buffer(slot);
      await runIntoBuffers(this.session, feeds, buffers);
      return buffers;
    } catch (error) {
      throw explainRuntimeError(this.name, this.graph, error);
    }
  }

  private buffer(slot: StateSlot): ort.Tensor {
    const free = this.spare.get(slot);
    if (free) {
      this.spare.delete(slot);
      return free;
    }
    const tensor = newBuffer(slot.variable.shape, slot.variable.dtype);
    ownBuffers.add(tensor);
    return tensor;
  }

  private updateState(found: Record<string, ort.Tensor>): void {
    const store = deviceTensors();
    for (const slot of this.recording.state) {
      if (!slot.output) continue;
      const { variable } = slot;
      store.tensorOf(variable); // takes the variable over, where the graph did not read it
      const value = found[slot.output] as ort.Tensor;
      this.gpu?.adopt(value);
      const free = store.replace(variable, value);
      if (!free) continue;
      if (free.location === 'gpu-buffer') freeTensor(free);
      else if (ownBuffers.has(free)) this.spare.set(slot, free);
    }
  }
}

function newBuffer(shape: readonly number[], dtype: tf.DataType): ort.Tensor {
  return runtimeTensor(elementArray(dtype as ElementType, sizeOf(shape)) as Float32Array, shape, dtype);
}

/** ONNX Runtime names the node that failed; the user wants the line that asked for it. */
function explainRuntimeError(name: string, graph: FinishedGraph, error: unknown): EngineError {
  const message = error instanceof Error ? error.message : String(error);
  const node = (/Name:'([^']+)'/.exec(message) ?? /Node \(([^)]+)\)/.exec(message))?.[1];
  const origin = node ? graph.origins.get(node) : undefined;
  return new EngineError(`${name}: ${message}${origin ? ` (asked for at ${origin})` : ''}`, { cause: error });
}

function outputLocations<R extends TensorTree>(
  recording: Recording<R>,
): Record<string, 'cpu' | 'gpu-buffer'> {
  const locations: Record<string, 'cpu' | 'gpu-buffer'> = {};
  for (const { output } of recording.results) locations[output] = 'cpu';
  for (const { output } of recording.state) if (output) locations[output] = 'gpu-buffer';
  return locations;
}

/** An ONNX Runtime session on the chosen device. */
export async function createSession(
  bytes: Uint8Array,
  { device, threads }: Pick<DeviceChoice, 'device' | 'threads'>,
  preferredOutputLocation?: Record<string, 'cpu' | 'gpu-buffer'>,
): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(bytes, {
    executionProviders: [executionProvider(device)],
    intraOpNumThreads: threads,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4, // errors are thrown, with the user's line: no need to print them as well
    // Between calls its threads sleep: one that spins holds a core that the next call's thread is then queued behind.
    extra: { session: { force_spinning_stop: '1' } },
    ...(preferredOutputLocation ? { preferredOutputLocation } : {}),
  });
}

/**
 * On WebGPU pictures stay channels first, as the graph has them: in its own default, channels last, ONNX Runtime 1.30
 * convolves 6, 10, 14 … channels wrongly.
 */
function executionProvider(device: DeviceChoice['device']): ort.InferenceSession.ExecutionProviderConfig {
  if (device === 'webgpu') return { name: 'webgpu', preferredLayout: 'NCHW' };
  return device === 'cuda' ? 'cuda' : 'cpu';
}
