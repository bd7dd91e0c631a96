/** @file What the kit stands on here: the machine, Node, the npm packages behind their aliases, graphics adapters. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { places } from '../../lib';

export interface Machine {
  system: string;
  processor: string;
  cores: number;
  memoryBytes: number;
  node: string;
  /** Whether `engines` in package.json allows this Node. */
  nodeSupported: boolean;
  nodeWanted: string;
}

interface Manifest {
  name: string;
  version: string;
  engines: { node: string };
  dependencies: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

function manifest(path: string): Manifest | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

const ownManifest = (): Manifest => manifest(places.projectFolder('package.json')) as Manifest;

export function describeMachine(): Machine {
  const wanted = ownManifest().engines.node;
  return {
    system: `${platform()} ${arch()} ${release()}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    node: process.versions.node,
    nodeSupported: satisfies(process.versions.node, wanted),
    nodeWanted: wanted,
  };
}

/** Whether a version lies in a range of the forms that `engines` uses: `^20.19.0 || >=24.0.0`. */
export function satisfies(version: string, range: string): boolean {
  return range.split('||').some((part) => {
    const [, form, least] = /^\s*(\^|>=)\s*(\d+(?:\.\d+){0,2})\s*$/.exec(part) ?? [];
    if (!form || !least) throw new Error(`the range ${range} has a part that is not understood: ${part}`);
    return atLeast(version, least) && (form === '>=' || version.split('.')[0] === least.split('.')[0]);
  });
}

/** Whether version `a` is `b` or later. */
function atLeast(a: string, b: string): boolean {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  for (const i of [0, 1, 2]) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

export interface InstalledPackage {
  /** The name by which the kit asks for it. */
  name: string;
  /** The package behind the name, where that is an alias. */
  real: string;
  /** `null` where it is not installed. */
  version: string | null;
  optional: boolean;
}

/** Every package that the kit asks for, with the version that Node finds. */
export function listPackages(): InstalledPackage[] {
  const { dependencies, optionalDependencies = {} } = ownManifest();
  const names = [...Object.keys(dependencies), ...Object.keys(optionalDependencies)];
  return names.sort().map((name) => {
    const found = manifest(locate(name));
    return {
      name,
      real: found?.name ?? name,
      version: found?.version ?? null,
      optional: name in optionalDependencies,
    };
  });
}

/** The package.json of a package in the nearest node_modules, as Node looks for it. */
function locate(name: string): string {
  const folders = require.resolve.paths(name) ?? [];
  const paths = folders.map((folder) => join(folder, name, 'package.json'));
  return paths.find((path) => existsSync(path)) ?? '';
}

export interface Adapters {
  /** GPUs that NVIDIA's driver lists. */
  nvidia: string[];
  /** Vulkan drivers that WebGPU may use on Linux. */
  vulkanDrivers: string[];
  /** Device files of the kernel's graphics drivers (Linux). */
  renderNodes: string[];
}

const VULKAN_FOLDERS = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'];

export async function listAdapters(): Promise<Adapters> {
  const listed = await output('nvidia-smi', [
    '--query-gpu=name,driver_version,memory.total',
    '--format=csv,noheader',
  ]);
  const named = process.env.VK_DRIVER_FILES?.split(':') ?? [];
  const found = VULKAN_FOLDERS.flatMap((folder) => filesIn(folder).map((file) => join(folder, file)));
  return {
    nvidia: listed?.split('\n').filter(Boolean) ?? [],
    vulkanDrivers: named.length > 0 ? named.filter(existsSync) : found,
    renderNodes: filesIn('/dev/dri').filter((file) => file.startsWith('renderD')),
  };
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** What a program prints, or `null` where it is absent or fails. */
export function output(program: string, args: string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 20_000 }, (error, stdout) => resolve(error ? null : stdout.trim()));
  });
}
