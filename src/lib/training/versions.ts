/** @file Versions of what a result depends on, for `result.json`. */
import { existsSync, readFileSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';

function versionIn(packageFile: string): string {
  return (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version;
}

/** The nearest package.json above this file that is not one of `dist/`. */
function ownPackageFile(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) throw new Error(`no package.json stands above ${__dirname}`);
  }
}

export function versions(): Record<string, string> {
  return {
    sightline: versionIn(ownPackageFile()),
    node: process.versions.node,
    'onnxruntime-node': versionIn(require.resolve('onnxruntime-node/package.json')),
    '@tensorflow/tfjs-core': versionIn(require.resolve('@tensorflow/tfjs-core/package.json')),
    platform: `${platform()}-${arch()}`,
  };
}
