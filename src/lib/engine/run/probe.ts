/**
 * @file What a provider of ONNX Runtime can do on this machine, found out by a real computation: a product of two
 * matrices of ones, checked, then timed. GPUs are tried in a child process: a driver that crashes, hangs or
 * prints takes nothing down with it.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { matrixProduct, reduce } from '../graph/emit';
import { Graph } from '../graph/graph';
import type { Device } from './device';

export interface DeviceProbe {
  device: Device;
  works: boolean;
  /** Why it works, or what is missing and how to get it. */
  reason: string;
  /** Milliseconds of a product of two `size` × `size` matrices, where it works and was timed. */
  milliseconds?: number;
  size?: number;
}

/** Where the small product takes longer than `TOO_SLOW` ms, as on a software adapter, the large one is not tried. */
const SMALL = 256;
const LARGE = 1024;
const TOO_SLOW = 20;
const TIME_LIMIT = 30_000;

type Timing = { size: number; milliseconds: number };

/** Bytes of a graph that gives the sum of the product of `matrix` [size, size] with itself. */
function productModel(size: number): Uint8Array {
  const graph = new Graph();
  const matrix = graph.input('matrix', 'float32', [size, size]);
  const sum = reduce(graph, 'ReduceSum', matrixProduct(graph, matrix, matrix), [0, 1]);
  return graph.finish([{ name: 'sum', value: sum }]).bytes;
}

/** Milliseconds of the product of two `size` × `size` matrices on the CPU with `threads` threads: the best of three. */
export async function timeProduct(size: number, threads: number): Promise<number> {
  const session = await ort.InferenceSession.create(productModel(size), { intraOpNumThreads: threads });
  const matrix = new ort.Tensor('float32', new Float32Array(size ** 2).fill(1), [size, size]);
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 4; i++) {
    const start = performance.now();
    await session.run({ matrix });
    if (i > 0) best = Math.min(best, performance.now() - start);
  }
  await session.release();
  return best;
}

export async function probeCpu(threads: number): Promise<DeviceProbe> {
  const milliseconds = await timeProduct(LARGE, threads);
  return {
    device: 'cpu',
    works: true,
    reason: `a ${LARGE}² product takes ${milliseconds.toFixed(1)} ms on ${threads} threads`,
    milliseconds,
    size: LARGE,
  };
}

/** Tries a GPU. Never throws, never prints. */
export async function probeGpu(device: 'webgpu' | 'cuda'): Promise<DeviceProbe> {
  const missing = missingParts(device);
  if (missing) return { device, works: false, reason: missing };
  const found = await timeInChild(device);
  if ('failure' in found) return { device, works: false, reason: found.failure };
  const { size, milliseconds } = found;
  const slow = size === SMALL ? ': slower than a CPU, so most likely a software adapter' : '';
  return {
    device,
    works: true,
    reason: `a ${size}² product takes ${milliseconds.toFixed(1)} ms${slow}`,
    milliseconds,
    size,
  };
}

/** Names of ONNX Runtime's providers in this build of onnxruntime-node; whether they work is for `probeDevice` to say. */
export function providers(): string[] {
  return ort.listSupportedBackends().map(({ name }) => name);
}

/** What can be seen to be missing without trying; `null` where nothing is. */
function missingParts(device: 'webgpu' | 'cuda'): string | null {
  if (!providers().includes(device)) {
    return `onnxruntime-node has no ${device} provider for ${process.platform} ${process.arch}`;
  }
  if (device === 'webgpu' || process.platform !== 'linux') return null;
  const missing: string[] = [];
  const folder = join(dirname(require.resolve('onnxruntime-node/package.json')), 'bin/napi-v6/linux/x64');
  if (!existsSync('/proc/driver/nvidia/version')) missing.push('no NVIDIA driver is loaded');
  if (!existsSync(join(folder, 'libonnxruntime_providers_cuda.so'))) {
    missing.push(
      'onnxruntime-node is installed without its CUDA libraries (they are fetched by ' +
        '`node node_modules/onnxruntime-node/script/install --onnxruntime-node-install=cuda12`)',
    );
  }
  return missing.length > 0 ? missing.join('; ') : null;
}

/** Run by the child: no more than ONNX Runtime and what stands in its arguments. */
const CHILD = `
const [library, provider, tooSlow, ...models] = process.argv.slice(1);
const ort = require(library);
ort.env.logLevel = 'fatal';
(async () => {
  let timing;
  for (const model of models) {
    const [size, bytes] = model.split(':');
    const n = Number(size);
    const options = { executionProviders: [provider], logSeverityLevel: 4 };
    const session = await ort.InferenceSession.create(Buffer.from(bytes, 'base64'), options);
    const matrix = new ort.Tensor('float32', new Float32Array(n * n).fill(1), [n, n]);
    let best = Infinity;
    for (let i = 0; i < 4; i++) {
      const start = performance.now();
      const sum = (await session.run({ matrix })).sum.data[0];
      if (sum !== n ** 3) throw new Error('it sums a product of ones to ' + sum + ', not ' + n ** 3);
      if (i > 0) best = Math.min(best, performance.now() - start);
    }
    timing = { size: n, milliseconds: best };
    if (best > Number(tooSlow)) break;
  }
  process.stdout.write(JSON.stringify(timing));
})().catch((error) => process.stdout.write(JSON.stringify({ failure: String(error && error.message) })));
`;

function timeInChild(device: 'webgpu' | 'cuda'): Promise<Timing | { failure: string }> {
  const models = [SMALL, LARGE].map(
    (size) => `${size}:${Buffer.from(productModel(size)).toString('base64')}`,
  );
  const args = ['-e', CHILD, require.resolve('onnxruntime-node'), device, String(TOO_SLOW), ...models];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { timeout: TIME_LIMIT }, (error, stdout, stderr) => {
      const answer = parsed(stdout);
      if (answer && 'milliseconds' in answer) resolve(answer);
      else if (answer) resolve({ failure: explained(answer.failure, stderr) });
      else resolve({ failure: silence(error) });
    });
  });
}

function parsed(stdout: string): Timing | { failure: string } | null {
  try {
    return JSON.parse(stdout);
  } catch {
    return null;
  }
}

function silence(error: (Error & { signal?: NodeJS.Signals | null; killed?: boolean }) | null): string {
  if (error?.killed) return `no answer within ${TIME_LIMIT / 1000} s`;
  if (error?.signal) return `the driver crashed (${error.signal})`;
  return `the trial gave no answer${error ? `: ${firstLine(error)}` : ''}`;
}

/** ONNX Runtime's message without the place in its own source; and what the Vulkan loader said, which is the cause. */
function explained(message: string, stderr: string): string {
  const said = (message.split('\n')[0] as string)
    .replace(/^\/\S+\.cc:\d+ .* was false\. /, '')
    .replace(/^\/\S+\.cc:\d+ /, '');
  if (stderr.includes('libvulkan.so.1')) {
    return `${said}: the Vulkan loader libvulkan.so.1 is not installed (Debian, Ubuntu: apt-get install libvulkan1, and the GPU's own driver)`;
  }
  return said;
}

export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] as string;
}
