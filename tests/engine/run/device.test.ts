/** @file Devices that are not there: said quickly, exactly, and without a word on stderr. */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { DEVICES, describe as describeDevice, probeDevice, use } from '../../../src/lib/engine';
import { InputError } from '../../../src/lib/errors';
import { compileForChild } from '../../support/compile-for-child';
import { errorOf } from '../support';

afterEach(async () => {
  await use({ device: 'cpu' });
});

describe('use', () => {
  it('refuses what it does not know, changing nothing', async () => {
    const before = describeDevice();
    const unknown = await errorOf(() => use({ device: 'gpu' as 'cpu' }));
    expect(unknown).toBeInstanceOf(InputError);
    expect(unknown.message).toBe(`device "gpu" is not known: choose one of ${DEVICES.join(', ')}`);
    for (const threads of [0, 1.5, -1, Number.NaN]) {
      const error = await errorOf(() => use({ device: 'cpu', threads }));
      expect(error.message).toBe(`threads must be a whole number above 0, got ${threads}`);
    }
    expect(describeDevice()).toEqual(before);
  });

  it('refuses a device that cannot be had, with the reason of its probe', async () => {
    for (const device of ['cuda', 'webgpu', 'tensorflow'] as const) {
      const probe = await probeDevice(device);
      if (probe.works) continue;
      const error = await errorOf(() => use({ device }));
      expect(error).toBeInstanceOf(InputError);
      expect(error.message).toBe(`the device ${device} cannot be used here: ${probe.reason}`);
    }
    expect(describeDevice().device).toBe('cpu');
  });

  it('takes all cores, or as many threads as SIGHTLINE_THREADS says', async () => {
    try {
      vi.stubEnv('SIGHTLINE_THREADS', '3');
      expect((await use({ device: 'cpu' })).threads).toBe(3);
      expect((await use({ device: 'cpu', threads: 1 })).threads).toBe(1);
      vi.stubEnv('SIGHTLINE_THREADS', '');
      expect((await use({ device: 'cpu' })).threads).toBe(availableParallelism());
      for (const named of ['0', '1.5', 'all']) {
        vi.stubEnv('SIGHTLINE_THREADS', named);
        const error = await errorOf(() => use({ device: 'cpu' }));
        expect(error).toBeInstanceOf(InputError);
        expect(error.message).toBe(`SIGHTLINE_THREADS must be a whole number above 0, got "${named}"`);
      }
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('auto says what it compared', async () => {
    const { device, reason, threads } = await use();
    expect(reason).toMatch(/^the fastest that works; cuda.*; webgpu/);
    expect(DEVICES).toContain(device);
    expect(threads).toBeGreaterThan(0);
  });
});

describe('probes', () => {
  it('time the CPU', async () => {
    const probe = await probeDevice('cpu');
    expect(probe).toMatchObject({ device: 'cpu', works: true, size: 1024 });
    expect(probe.milliseconds).toBeGreaterThan(0);
  });

  it('tell an alias of tfjs from TensorFlow’s binding', async () => {
    const probe = await probeDevice('tensorflow');
    if (probe.works) expect(probe.reason).toMatch(/tfjs-node(-gpu)? .*is installed and loads/);
    else expect(probe.reason).toMatch(/@tensorflow\/tfjs-node: only an alias of @tensorflow\/tfjs 4\.22\.0/);
  });
});

describe('without any adapter', () => {
  let found: { probes: { reason: string; works: boolean; took: number }[]; chosen: { device: string } };
  let stderr = '';
  beforeAll(async () => {
    const compiled = compileForChild(['src/lib/engine/index']);
    const script = `
      const engine = require(${JSON.stringify(compiled.path('src/lib/engine/index'))});
      (async () => {
        const probes = [];
        for (const device of ['webgpu', 'cuda', 'tensorflow']) {
          const start = performance.now();
          const probe = await engine.probeDevice(device);
          probes.push({ ...probe, took: performance.now() - start });
        }
        process.stdout.write(JSON.stringify({ probes, chosen: await engine.use() }));
      })();`;
    // A driver file that does not exist hides every adapter of the machine.
    const env = {
      ...process.env,
      NODE_PATH: resolve(__dirname, '../../../node_modules'),
      VK_DRIVER_FILES: '/nowhere.json',
    };
    found = await new Promise((answered, failed) => {
      execFile(process.execPath, ['-e', script], { env }, (error, stdout, said) => {
        stderr = said;
        if (error) failed(error);
        else answered(JSON.parse(stdout));
      });
    });
    compiled.remove();
  });

  it.skipIf(process.platform !== 'linux')('webgpu says that there is none', () => {
    const [webgpu] = found.probes;
    expect(webgpu?.works).toBe(false);
    expect(webgpu?.reason).toMatch(/^Failed to get a WebGPU adapter: No supported adapters/);
    expect(webgpu?.reason).not.toMatch(/onnxruntime_src|\.cc:/);
  });

  it.skipIf(process.platform !== 'linux')('cuda names each part that is missing', () => {
    const cuda = found.probes[1];
    if (!cuda?.works) expect(cuda?.reason).toMatch(/NVIDIA driver|CUDA libraries|CUDA|cu(dnn|blas)/i);
  });

  it('all that is known within seconds, and nothing is printed', () => {
    for (const { took } of found.probes) expect(took).toBeLessThan(15_000);
    expect(stderr).toBe('');
    expect(found.chosen.device).toBe('cpu');
  });
});
