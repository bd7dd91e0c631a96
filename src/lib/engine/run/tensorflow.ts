/** @file TensorFlow's own binding, where one is installed: it registers the tfjs backend `tensorflow`. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { DeviceProbe } from './probe';
import { firstLine } from './probe';
import { mendConvolutionGradients } from './tensorflow-gradients';

const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

/** Loads the first binding that is there. The reason says exactly what each attempt ended in. */
export async function probeTensorflow(): Promise<DeviceProbe> {
  const reasons: string[] = [];
  for (const name of PACKAGES) {
    const reason = load(name);
    if (reason === null)
      return { device: 'tensorflow', works: true, reason: `${name} is installed and loads` };
    reasons.push(`${name}: ${reason}`);
  }
  return {
    device: 'tensorflow',
    works: false,
    reason: `${reasons.join('; ')} (environment.md has the recipe)`,
  };
}

/** `null` where it loads and brings its backend, else why not. */
function load(name: string): string | null {
  let manifest: { name: string; version: string };
  try {
    manifest = require(`${name}/package.json`);
  } catch {
    return 'not installed';
  }
  // danfojs asks for @tensorflow/tfjs-node; package.json gives it @tensorflow/tfjs under that name.
  if (manifest.name !== name)
    return `only an alias of ${manifest.name} ${manifest.version}, without TensorFlow`;
  if (tf.findBackend('tensorflow')) return null; // loaded before
  if (!hasBinding(dirname(require.resolve(`${name}/package.json`)))) {
    return `${manifest.version} is installed without its native library (lib/napi-v*/tfjs_binding.node), which its install script fetches`;
  }
  const inUse = tf.getBackend();
  try {
    require(name); // makes its backend the one in use; that is for `use` to decide
  } catch (error) {
    return `${manifest.version} does not load: ${firstLine(error)}`;
  } finally {
    tf.setBackend(inUse);
  }
  if (!tf.findBackend('tensorflow')) return `${manifest.version} loads but brings no tensorflow backend`;
  mendConvolutionGradients();
  return null;
}

/** Asked before the package is loaded: it loads a second tfjs, with messages of its own, and only then fails. */
function hasBinding(folder: string): boolean {
  const lib = join(folder, 'lib');
  if (!existsSync(lib)) return false;
  return readdirSync(lib).some((name) => existsSync(join(lib, name, 'tfjs_binding.node')));
}
