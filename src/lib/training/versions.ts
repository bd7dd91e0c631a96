/** @file Versions of what a result depends on, for `result.json`. */
import { readFileSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { projectFolder } from '../places';

function versionIn(packageFile: string): string {
  return (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version;
}

export function versions(): Record<string, string> {
  return {
    sightline: versionIn(projectFolder('package.json')),
    node: process.versions.node,
    'onnxruntime-node': versionIn(require.resolve('onnxruntime-node/package.json')),
    '@tensorflow/tfjs-core': versionIn(require.resolve('@tensorflow/tfjs-core/package.json')),
    platform: `${platform()}-${arch()}`,
  };
}
