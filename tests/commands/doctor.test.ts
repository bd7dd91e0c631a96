/** @file `sightline doctor`: it really trains, says what it found, and exits 1 where training fails. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { registerDoctor } from '../../src/commands/doctor';
import { satisfies } from '../../src/commands/doctor/machine';
import type { DoctorReport } from '../../src/commands/doctor/report';
import { engine } from '../../src/lib';
import { type CommandResult, run } from './run-command';

const { tf } = engine;

afterEach(async () => {
  await engine.use({ device: 'cpu' });
});

describe('sightline doctor --json', () => {
  let result: CommandResult;
  let report: DoctorReport;
  beforeAll(async () => {
    const { numTensors } = tf.memory();
    result = await run(registerDoctor, 'doctor', '--json');
    report = JSON.parse(result.stdout);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it('is one line, and exits 0 where the kit can train', () => {
    expect(result.stdout.trimEnd()).not.toContain('\n');
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(report.canTrain).toBe(true);
  });

  it('trains three steps whose loss falls from that of a guess', () => {
    const { losses } = report.training;
    expect(losses).toHaveLength(4);
    expect(losses[0]).toBeCloseTo(Math.log(32), 1); // 32 tokens, an untrained model
    expect([...losses].sort((a, b) => b - a)).toEqual(losses);
    expect(losses[3]).toBeLessThan((losses[0] as number) * 0.9);
  });

  it('gives every device a verdict and a reason, and the choice its reason', () => {
    expect(report.devices.map(({ device }) => device)).toEqual(
      engine.DEVICES.filter((name) => name !== 'auto'),
    );
    for (const { device, works, reason } of report.devices) {
      expect(typeof works).toBe('boolean');
      expect(reason, device).not.toBe('');
      if (['cpu', 'eager'].includes(device)) expect(works).toBe(true);
    }
    expect(report.device.reason).toMatch(/^the fastest that works; cuda/);
    expect(report.providers).toContain('cpu');
  });

  it('names the versions that the lock file pins, and what stands behind an alias', () => {
    const lock = JSON.parse(readFileSync(resolve(__dirname, '../../package-lock.json'), 'utf8'));
    for (const { name, version, optional } of report.packages) {
      if (optional && version === null) continue;
      expect(version, name).toBe(lock.packages[`node_modules/${name}`].version);
    }
    const names = Object.fromEntries(report.packages.map(({ name, real }) => [name, real]));
    expect(names['@xenova/transformers']).toBe('@huggingface/transformers');
    expect(names['plotly.js']).toBe('plotly.js-dist-min');
    expect(Object.keys(names)).toEqual(
      expect.arrayContaining(['@tensorflow/tfjs-node-gpu', 'onnxruntime-node']),
    );
  });

  it('says of what is missing how to get it', () => {
    for (const { what, use, how } of report.missing) {
      expect(what).not.toBe('');
      expect(use).not.toBe('');
      expect(how).not.toBe('');
    }
    const devices = report.missing.filter(({ kind }) => kind === 'device').map(({ what }) => what);
    const failed = report.devices.filter(({ works }) => !works).map(({ device }) => `the device ${device}`);
    expect(devices).toEqual(failed);
    expect(report.machine).toMatchObject({ node: process.versions.node, nodeSupported: true });
  });
});

it('for people: sections, marks, a verdict; no colours where it is no terminal', async () => {
  const { stdout, exitCode } = await run(registerDoctor, 'doctor', '--device', 'cpu', '--threads', '1');
  expect(exitCode).toBe(0);
  expect(stdout).not.toContain('\x1b');
  for (const title of ['Training', 'Devices', 'Machine', 'Notebooks', 'Data', 'Packages']) {
    expect(stdout).toMatch(new RegExp(`^${title}$`, 'm'));
  }
  expect(stdout).toMatch(/✓ 3 steps, loss 3\.\d+ → /);
  expect(stdout).toContain('on the device cpu (1 threads): asked for');
  expect(stdout).toMatch(/The kit can train here\.\n$/);
});

it('exits 1 with the reason where training fails', async () => {
  const kernel = tf.getKernel('GatherV2', 'sightline-recording') as engine.tf.KernelConfig;
  tf.unregisterKernel('GatherV2', 'sightline-recording');
  try {
    const { stdout, exitCode } = await run(registerDoctor, 'doctor', '--device', 'cpu');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/✗ trial loss: GatherV2\(.*has no compiled form yet/);
    expect(stdout).toMatch(/The kit cannot train here\.\n$/);
  } finally {
    tf.registerKernel(kernel);
  }
});

it('exits 2 for a device that cannot be had, saying why', async () => {
  const { works, reason } = await engine.probeDevice('tensorflow');
  if (works) return;
  const { exitCode, stderr, stdout } = await run(registerDoctor, 'doctor', '--device', 'tensorflow');
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(reason);
});

it.each([
  ['20.20.2', '^20.19.0 || ^22.12.0 || >=24.0.0', true],
  ['20.18.9', '^20.19.0 || ^22.12.0 || >=24.0.0', false],
  ['21.7.0', '^20.19.0 || ^22.12.0 || >=24.0.0', false],
  ['22.12.0', '^20.19.0 || ^22.12.0 || >=24.0.0', true],
  ['26.1.0', '^20.19.0 || ^22.12.0 || >=24.0.0', true],
  ['20.9.0', '>=20.9', true],
])('Node %s in %s: %s', (version, range, expected) => {
  expect(satisfies(version, range)).toBe(expected);
});
