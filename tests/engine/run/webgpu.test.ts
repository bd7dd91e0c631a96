/**
 * @file The WebGPU device: the same losses as on the CPU, the same random bits, state that stays on the GPU and is
 * freed, and no node of a training step that falls back to the CPU. On a machine without a GPU a software adapter
 * will do: Debian's chromium package brings one.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DeviceChoice, type DeviceProbe, probeDevice } from '../../../src/lib/engine';
import { compileForChild } from '../../support/compile-for-child';
import type { KernelSweep } from './webgpu-kernels';

const ROOT = resolve(__dirname, '../../..');
const SOFTWARE = { folder: '/usr/lib/chromium', driver: '/usr/lib/chromium/vk_swiftshader_icd.json' };

/** The environment of a child that finds an adapter: the machine's own, else the software one. */
function environment(own: boolean): NodeJS.ProcessEnv {
  const paths = { NODE_PATH: resolve(ROOT, 'node_modules') };
  if (own) return { ...process.env, ...paths };
  // Chromium's own Vulkan loader serves where the system has none.
  const libraries = [process.env.LD_LIBRARY_PATH, SOFTWARE.folder].filter(Boolean).join(delimiter);
  return { ...process.env, ...paths, LD_LIBRARY_PATH: libraries, VK_DRIVER_FILES: SOFTWARE.driver };
}

type Answer = { found: unknown; milliseconds: number } | { failure: string };

const CHILD = 'tests/engine/run/webgpu-child';
const JOBS = ['transformer', 'cnn', 'guided', 'random', 'state', 'memory', 'fallbacks', 'kernels', 'probe'];

/** What ONNX Runtime 1.30 cannot do on WebGPU: each is an error that names the line, never a wrong number. */
const REFUSED = ['pow int32', 'conv2d of no picture', 'conv3d strided', 'conv3dTranspose'];
/** WGSL lets a GPU assume that there is no NaN and no infinity. */
const NOT_FINITE = [
  'pow of negative bases by broken powers is NaN',
  'log1p at its ends',
  ...['relu', 'exp', 'log', 'sigmoid', 'softplus', 'elu'].map((name) => `${name} of NaN, ±∞, 0, ±1`),
];

describe('webgpu', () => {
  /** Whether the machine has an adapter of its own. */
  let own = false;
  let answers: Record<string, Answer> = {};
  let stderr = '';
  beforeAll(async () => {
    own = (await probeDevice('webgpu')).works;
    if (!own && !existsSync(SOFTWARE.driver)) return;
    const compiled = compileForChild([CHILD]);
    const options = { env: environment(own), maxBuffer: 2 ** 26, timeout: 590_000 };
    answers = await new Promise((answered, failed) => {
      execFile(process.execPath, [compiled.path(CHILD), ...JOBS], options, (error, stdout, said) => {
        stderr = said;
        if (error) failed(new Error(`${error.message}\n${said}`));
        else answered(JSON.parse(stdout));
      });
    });
    compiled.remove();
  }, 600_000); // about 40 s on two free cores

  beforeEach(({ skip }) => {
    const none = !own && !existsSync(SOFTWARE.driver);
    skip(none, 'no WebGPU adapter here (Debian: apt-get install chromium brings a software one)');
  });

  function found<R>(job: string): R {
    const answer = answers[job] as Answer;
    if ('failure' in answer) throw new Error(answer.failure);
    return answer.found as R;
  }

  it('a Transformer with dropout has the losses of the CPU to 1e-3, and they fall', () => {
    type Run = { losses: number[]; weights: number[] };
    const { cpu, webgpu } = found<{ cpu: Run; webgpu: Run }>('transformer');
    expect(webgpu.losses).toBeClose(cpu.losses, { relative: 1e-3, absolute: 0 });
    expect(webgpu.weights).toBeClose(cpu.weights, { relative: 1e-2, absolute: 1e-3 });
    expect(cpu.losses.at(-1)).toBeLessThan((cpu.losses[0] as number) * 0.8);
  });

  it('a CNN has the losses of the CPU to 1e-3', () => {
    const { cpu, webgpu } = found<{ cpu: number[]; webgpu: number[] }>('cnn');
    expect(webgpu).toBeClose(cpu, { relative: 1e-3, absolute: 0 });
    expect(cpu.at(-1)).toBeLessThan((cpu[0] as number) * 0.8);
  });

  it('the kit’s own networks have the losses of the CPU to 1e-3', () => {
    type Losses = Record<string, { cpu: number[]; webgpu: number[] }>;
    for (const [vision, { cpu, webgpu }] of Object.entries(found<Losses>('guided'))) {
      expect(webgpu, vision).toBeClose(cpu, { relative: 1e-3, absolute: 0 });
      expect(cpu[2], vision).not.toBe(cpu[0]);
    }
  });

  it('every kernel gives the outputs and gradients of tfjs, but for those listed', () => {
    const { cases, differences } = found<KernelSweep>('kernels');
    expect(cases).toBeGreaterThan(800);
    for (const name of REFUSED) {
      if (differences[name]) expect(differences[name]).toMatch(/Non-zero status code.*asked for at/);
    }
    const unknown = Object.entries(differences).filter(
      ([name]) => ![...REFUSED, ...NOT_FINITE].includes(name),
    );
    expect(Object.fromEntries(unknown)).toEqual({});
  });

  it('random numbers are the CPU’s, to the bit', () => {
    const { cpu, webgpu } = found<{ cpu: number[][]; webgpu: number[][] }>('random');
    expect(webgpu).toEqual(cpu);
  });

  it('state of every dtype can be read, cloned, shared, assigned, moved and disposed of', () => {
    expect(found('state')).toEqual({
      sums: [6, 12, 24, 48, 22, 44, 88],
      read: [4, 8],
      readAtOnce: 'the value is on the GPU and cannot be read at once: use `await tensor.data()`',
      held: [[4, 8], [16, 32], [7]],
      rest: [[1, 0, 1], [], [0, 3]],
      eager: [40, 48],
      cloneLater: [4, 8],
    });
  });

  it('300 steps: the state stays on the GPU and the old one is freed', () => {
    type Memory = { mib: number; tensors: number; mean: number; location: string };
    const { mib, tensors, mean, location } = found<Memory>('memory');
    expect(location).toBe('gpu-buffer');
    expect(mean).toBeCloseTo(2, 5);
    expect(tensors).toBe(0);
    // A leak would be 1,200 MiB (a software adapter's memory is resident).
    expect(mib).toBeLessThan(100);
  });

  it('every node of the training steps runs on the GPU, but for what handles a few indices', () => {
    type Node = { op: string; provider: string; shapes: string };
    for (const [step, nodes] of Object.entries(found<Record<string, Node[]>>('fallbacks'))) {
      expect(nodes.length, step).toBeGreaterThan(100);
      const elsewhere = nodes.filter(({ provider }) => provider !== 'WebGpuExecutionProvider');
      expect(elsewhere, step).toEqual([]);
      const copies = nodes.filter(({ op }) => op.startsWith('Memcpy'));
      expect(copies, step).toEqual([]);
    }
  });

  it('auto does not take an adapter that is slower than the CPU', () => {
    const { webgpu, auto } = found<{ webgpu: DeviceProbe; auto: DeviceChoice }>('probe');
    expect(webgpu.works).toBe(true);
    expect(webgpu.milliseconds).toBeGreaterThan(0);
    const slow = webgpu.size === 256;
    if (slow) {
      expect(webgpu.reason).toMatch(/software adapter/);
      expect(auto.device).toBe('cpu');
    }
    expect(auto.reason).toMatch(/webgpu multiplies .* ms, the CPU in .* ms/);
  });

  it('nothing is printed', () => {
    expect(stderr).toBe('');
  });
});
