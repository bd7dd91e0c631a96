/** @file Where functions run: what was asked for, what was chosen, and why. */
import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import { InputError } from '../../errors';
import { deviceTensors } from './device-tensors';
import { type DeviceProbe, probeCpu, probeGpu, timeProduct } from './probe';
import { probeTensorflow } from './tensorflow';

/** What a user may ask for. `auto` takes the fastest of cuda, webgpu and cpu that is seen to work. */
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
  /**
   * Threads within one operation on the CPU; default: the variable `SIGHTLINE_THREADS`, else all cores. Results do not
   * depend on it.
   */
  threads?: number;
}

let chosen: DeviceChoice | undefined;

/** The device in use. Throws an `InputError` where nothing was chosen and `SIGHTLINE_THREADS` is no number of threads. */
export function describe(): DeviceChoice {
  chosen ??= {
    device: 'cpu',
    reason: 'the default: compiled, by ONNX Runtime on the CPU',
    threads: defaultThreads(),
  };
  return { ...chosen };
}

const isCount = (threads: number) => Number.isInteger(threads) && threads > 0;

/** Programs that share the cores tell each its part by the variable: two that take them all only wait for each other. */
function defaultThreads(): number {
  const named = process.env.SIGHTLINE_THREADS;
  if (named === undefined || named === '') return availableParallelism();
  if (isCount(Number(named))) return Number(named);
  throw new InputError(`SIGHTLINE_THREADS must be a whole number above 0, got ${JSON.stringify(named)}`);
}

/**
 * Chooses where functions run from now on. Variables keep their values. Throws an `InputError` that says why, where
 * the device asked for cannot be had.
 */
export async function use({
  device = 'auto',
  threads = defaultThreads(),
}: UseOptions = {}): Promise<DeviceChoice> {
  if (!DEVICES.includes(device)) {
    throw new InputError(
      `device ${JSON.stringify(device)} is not known: choose one of ${DEVICES.join(', ')}`,
    );
  }
  if (!isCount(threads)) throw new InputError(`threads must be a whole number above 0, got ${threads}`);
  const next = device === 'auto' ? await chooseAutomatically(threads) : await asAskedFor(device, threads);
  if (next.device !== 'webgpu') await deviceTensors().toHost();
  tf.setBackend(next.device === 'tensorflow' ? 'tensorflow' : 'cpu');
  chosen = next;
  return describe();
}

async function asAskedFor(device: Device, threads: number): Promise<DeviceChoice> {
  if (device === 'cpu') return { device, reason: 'asked for; compiled, by ONNX Runtime', threads };
  const probe = await probeDevice(device);
  if (!probe.works) throw new InputError(`the device ${device} cannot be used here: ${probe.reason}`);
  return { device, reason: `asked for; ${probe.reason}`, threads };
}

/** Tries a device with a real computation. Never throws: what is missing stands in the reason. */
export async function probeDevice(device: Device): Promise<DeviceProbe> {
  switch (device) {
    case 'eager':
      return { device, works: true, reason: 'tfjs cpu, uncompiled: exact but some hundred times slower' };
    case 'tensorflow':
      return probeTensorflow();
    case 'cpu':
      return probeCpu(availableParallelism());
    default:
      return probeGpu(device);
  }
}

/** GPUs are tried first: on a machine without one that is known at once, and the CPU needs no timing. */
async function chooseAutomatically(threads: number): Promise<DeviceChoice> {
  const reasons: string[] = [];
  let best: DeviceProbe | null = null;
  for (const device of ['cuda', 'webgpu'] as const) {
    const probe = await probeGpu(device);
    if (!probe.works) {
      reasons.push(`${device}: ${probe.reason}`);
      continue;
    }
    const [gpu, cpu] = [probe.milliseconds as number, await timeProduct(probe.size as number, threads)];
    const compared = `multiplies ${probe.size}² matrices in ${gpu.toFixed(1)} ms, the CPU in ${cpu.toFixed(1)} ms`;
    reasons.push(`${device} ${compared}`);
    if (gpu < cpu && gpu < (best?.milliseconds ?? Number.POSITIVE_INFINITY)) best = probe;
  }
  return { device: best?.device ?? 'cpu', reason: `the fastest that works; ${reasons.join('; ')}`, threads };
}
