/** @file Where things stand in a checkout. Nothing that set-up makes lies outside it. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** The folder whose package.json is this project's: the same from `scripts/` and from `dist/scripts/`. */
function findRoot(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name === 'sightline') return folder;
    if (dirname(folder) === folder) throw new Error(`no package.json of sightline above ${start}`);
  }
}

export const ROOT = findRoot(__dirname);

/** An absolute path inside the project. */
export const inProject = (...parts: string[]): string => join(ROOT, ...parts);

/** A path as a reader in the project folder would write it. */
export const shown = (path: string): string => {
  const short = relative(ROOT, path);
  return short === '' ? '.' : short.startsWith('..') ? path : short;
};

export const PLACES = {
  /** Kernel spec, front-end extensions, configuration and run-time files of Jupyter. */
  jupyter: inProject('.jupyter'),
  jupyterEnvironment: inProject('.venv'),
  parityEnvironment: inProject('.venv-parity'),
  peersEnvironment: inProject('.venv-peers'),
  exportsEnvironment: inProject('.venv-exports'),
  notebooks: inProject('notebooks'),
  /** Of the notebooks' exercises: tested, but not part of the main job. */
  solutions: inProject('notebooks', 'solutions'),
  executed: inProject('runs', 'notebooks'),
  figures: inProject('figures'),
};
