/** environment.md and README.md against the files that decide: lock, requirements, package.json, the tree. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inProject } from '../../scripts/parts/project';

interface Locked {
  name?: string;
  version?: string;
  hasInstallScript?: boolean;
}
const read = (...parts: string[]) => readFileSync(inProject(...parts), 'utf8');
const page = read('environment.md');
const manifest = JSON.parse(read('package.json')) as {
  engines: { node: string };
  scripts: Record<string, string>;
  allowScripts: Record<string, boolean>;
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
};
const lock = (JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }).packages;

/** Versions of every installed copy of a package, under its real name. */
function lockedVersions(name: string): string[] {
  return Object.entries(lock).flatMap(([path, { name: real, version }]) => {
    const folder = path.split('node_modules/').at(-1);
    return version && path !== '' && (real ?? folder) === name ? [version] : [];
  });
}

/** `package 1.2.3` anywhere in a text; names as npm and PyPI allow them. */
const MENTION = /(@[\w-]+\/[\w.-]+|[a-z][\w.-]*[a-z])\s(\d+\.\d+(?:\.\d+)?)\b/g;
const NOT_PACKAGES = new Set([
  'later',
  'or',
  'of',
  'binds',
  'needs',
  'driver',
  'npm',
  'the',
  'notebook',
  'and',
]);

describe('environment.md', () => {
  const pinned = new Map<string, string>();
  for (const file of ['jupyter', 'parity', 'torch', 'peers']) {
    for (const line of read('scripts', `requirements-${file}.txt`).split('\n')) {
      const match = /^([\w.-]+)==([\w.]+)/.exec(line);
      if (match) pinned.set((match[1] as string).toLowerCase(), match[2] as string);
    }
  }

  it('names only versions that the lock file or a requirement file has', () => {
    const wrong: string[] = [];
    let checked = 0;
    for (const [, name, version] of page.matchAll(MENTION) as IterableIterator<[string, string, string]>) {
      if (NOT_PACKAGES.has(name)) continue;
      const known = [...lockedVersions(name), pinned.get(name)].filter(Boolean);
      if (known.length === 0) continue;
      checked++;
      if (!known.includes(version)) wrong.push(`${name} ${version} (there is: ${known.join(', ')})`);
    }
    expect(wrong).toEqual([]);
    expect(checked).toBeGreaterThan(20);
  });

  it('gives the six packages that were asked for with their real names and versions', () => {
    const six = [
      'onnxruntime-node',
      '@xenova/transformers',
      'tslab',
      'danfojs-node',
      'plotly.js',
      '@tensorflow/tfjs-node-gpu',
    ];
    for (const asked of six) {
      const { name, version } = lock[`node_modules/${asked}`] ?? {};
      expect(page).toMatch(
        new RegExp(`\\| ${asked.replaceAll('.', '\\.')} \\|.*\\| ${name ?? asked} ${version}`),
      );
      expect({ ...manifest.dependencies, ...manifest.optionalDependencies }).toHaveProperty([asked]);
    }
  });

  it('tells the decision on every install script of the lock file, as package.json has it', () => {
    const withScripts = Object.entries(lock).filter(([, { hasInstallScript }]) => hasInstallScript);
    const names = new Set(
      withScripts.map(([path, { name }]) => name ?? (path.split('node_modules/').at(-1) as string)),
    );
    expect(Object.keys(manifest.allowScripts).sort()).toEqual(
      [...names].filter((name) => name !== 'fsevents').sort(),
    );
    for (const name of Object.keys(manifest.allowScripts)) {
      const versions = withScripts
        .filter(([path]) => path.endsWith(`/${name}`))
        .map(([, { version }]) => version);
      for (const version of versions) expect(page).toContain(`| ${name} ${version} |`);
    }
    expect(read('.npmrc')).toContain('ignore-scripts=true');
  });

  it('supports the Node versions that package.json names', () => {
    expect(manifest.engines.node).toBe('^20.19.0 || ^22.12.0 || >=24.0.0');
    expect(page).toContain('20.19 or later of 20, 22.12 or later of 22, 24 and later');
  });
});

describe('README.md and environment.md', () => {
  const pages = ['README.md', 'environment.md'].map((name) => [name, read(name)] as const);

  it.each(pages)('%s names only npm scripts that there are', (_, text) => {
    for (const [, name] of text.matchAll(/npm run (?:-s )?([\w:]+)/g) as IterableIterator<[string, string]>) {
      expect(Object.keys(manifest.scripts)).toContain(name);
    }
  });

  it.each(pages)('%s links only to files that there are', (name, text) => {
    for (const [, target] of text.matchAll(/\]\(([^)#]+)\)/g) as IterableIterator<[string, string]>) {
      if (/^https?:/.test(target)) continue;
      expect(existsSync(join(dirname(inProject(name)), target)), `${name} → ${target}`).toBe(true);
    }
  });
});
