/** @file Where functions run: what the machine offers, what was asked for, what was chosen, and why. */
import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import * as ort from 'onnxruntime-node';
import { InputError } from '../../errors';
import { matrixProduct, reduce } from '../graph/emit';
import { Graph } from '../graph/graph';

/** What a user may ask for. `auto` takes the fastest that was seen to work: cuda, then webgpu, then cpu. */
export const DEVICES = ['auto', 'cpu', 'webgpu', 'cuda', 'tensorflow', 'eager'] as const;
export type DeviceRequest = (typeof DEVICES)[number];
export type Device = Exclude<DeviceRequest, 'auto'>;

export interface DeviceChoice {
  device: Device;
  /** In words, for people. */
  reason: string;
  /** Threads within one operation, where the device is a CPU. */
  threads: number;
}

export interface UseOptions {
  device?: DeviceRequest;
  /** Threads within one operation on the CPU; all cores by default. Results do not depend on it. */
  threads?: number;
}

let chosen: DeviceChoice = {
  device: 'cpu',
  reason: 'the default: compiled, by ONNX Runtime on the CPU',
  threads: availableParallelism(),
};

/** The device in use. */
export function describe(): DeviceChoice {
  return { ...chosen };
}

/** Chooses where functions run from now on. Throws an `InputError` that says why, where the device asked for cannot be had. */
export async function use({
  device = 'auto',
  threads = availableParallelism(),
}: UseOptions = {}): Promise<DeviceChoice> {
  if (!DEVICES.includes(device)) {
    throw new InputError(
      `device ${JSON.stringify(device)} is not known: choose one of ${DEVICES.join(', ')}`,
    );
  }
  if (!(Number.isInteger(threads) && threads > 0)) {
    throw new InputError(`threads must be a whole number above 0, got ${threads}`);
  }
  if (device === 'auto') {
    chosen = { ...(await chooseAutomatically()), threads };
  } else {
    const probe = await probeDevice(device);
    if (!probe.works) throw new InputError(`the device ${device} cannot be used here: ${probe.reason}`);
    chosen = { device, reason: `asked for; ${probe.reason}`, threads };
  }
  tf.setBackend(chosen.device === 'tensorflow' ? 'tensorflow' : 'cpu');
  return describe();
}

export interface DeviceProbe {
  device: Device;
  works: boolean;
  /** Why it works, or what is missing. */
  reason: string;
  /** Milliseconds of a product of two 1024 × 1024 matrices, where it works and was timed. */
  milliseconds?: number;
}

/** Tries a device with a real computation. */
export async function probeDevice(device: Device): Promise<DeviceProbe> {
  switch (device) {
    case 'eager':
      return { device, works: true, reason: 'tfjs cpu, uncompiled: exact but some hundred times slower' };
    case 'tensorflow':
      return probeTensorflow();
    default:
      return probeProvider(device);
  }
}

async function chooseAutomatically(): Promise<Omit<DeviceChoice, 'threads'>> {
  const cpu = await probeProvider('cpu');
  const tried: string[] = [];
  for (const device of ['cuda', 'webgpu'] as const) {
    const probe = await probeProvider(device);
    if (!probe.works) {
      tried.push(`${device}: ${probe.reason}`);
    } else if ((probe.milliseconds as number) < (cpu.milliseconds as number)) {
      return {
        device,
        reason: `it multiplies matrices in ${shown(probe)}, the CPU in ${shown(cpu)}`,
      };
    } else {
      tried.push(`${device}: works, but takes ${shown(probe)} where the CPU takes ${shown(cpu)}`);
    }
  }
  return { device: 'cpu', reason: tried.join('; ') };
}

function shown({ milliseconds = Number.NaN }: DeviceProbe): string {
  return `${milliseconds.toFixed(1)} ms`;
}

const PROBE_SIZE = 1024;

/** A product of two matrices of ones on an ONNX Runtime provider, checked, then timed. */
async function probeProvider(device: 'cpu' | 'webgpu' | 'cuda'): Promise<DeviceProbe> {
  const offered = ort.listSupportedBackends().some(({ name }) => name === device);
  if (!offered) return { device, works: false, reason: 'this build of onnxruntime-node does not have it' };
  const graph = new Graph();
  const matrix = graph.input('matrix', 'float32', [PROBE_SIZE, PROBE_SIZE]);
  const sum = reduce(graph, 'ReduceSum', matrixProduct(graph, matrix, matrix), [0, 1]);
  const { bytes } = graph.finish([{ name: 'sum', value: sum }]);
  try {
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: [device],
      logSeverityLevel: 4,
    });
    const feeds = {
      matrix: new ort.Tensor('float32', new Float32Array(PROBE_SIZE ** 2).fill(1), [PROBE_SIZE, PROBE_SIZE]),
    };
    const found = (await session.run(feeds)).sum?.data[0];
    if (found !== PROBE_SIZE ** 3)
      throw new Error(`it sums a product of ones to ${found}, not ${PROBE_SIZE ** 3}`);
    let milliseconds = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 3; i++) {
      const start = performance.now();
      await session.run(feeds);
      milliseconds = Math.min(milliseconds, performance.now() - start);
    }
    await session.release();
    return {
      device,
      works: true,
      reason: `a ${PROBE_SIZE}² product takes ${milliseconds.toFixed(1)} ms`,
      milliseconds,
    };
  } catch (error) {
    return { device, works: false, reason: firstLine(error) };
  }
}

const TENSORFLOW_PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

/** Loads TensorFlow's own binding, where one is installed: it registers the tfjs backend `tensorflow`. */
async function probeTensorflow(): Promise<DeviceProbe> {
  const reasons: string[] = [];
  for (const name of TENSORFLOW_PACKAGES) {
    try {
      await import(name);
      if (tf.findBackend('tensorflow'))
        return { device: 'tensorflow', works: true, reason: `${name} is installed and loads` };
      reasons.push(`${name}: loads but brings no tensorflow backend`);
    } catch (error) {
      reasons.push(`${name}: ${firstLine(error)}`);
    }
  }
  return {
    device: 'tensorflow',
    works: false,
    reason: `${reasons.join('; ')} (environment.md has the recipe)`,
  };
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] as string;
}
