/** @file Whether notebooks can be opened and run: Jupyter, the TypeScript kernel, the kit's own link to itself. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { places } from '../../lib';
import { output } from './machine';

export interface Part {
  works: boolean;
  /** What is there, or what is missing. */
  reason: string;
}

export interface NotebookState {
  jupyter: Part;
  kernel: Part;
  /** `import … from 'sightline'` within a cell. */
  library: Part;
}

export async function inspectNotebooks(): Promise<NotebookState> {
  return { jupyter: await inspectJupyter(), kernel: inspectKernel(), library: inspectLibrary() };
}

async function inspectJupyter(): Promise<Part> {
  const windows = process.platform === 'win32';
  const own = places.projectFolder('.venv', windows ? 'Scripts/python.exe' : 'bin/python');
  if (existsSync(own)) {
    const version = await output(own, ['-c', 'import jupyterlab; print(jupyterlab.__version__)']);
    if (version) return { works: true, reason: `JupyterLab ${version} in .venv` };
    return { works: false, reason: '.venv is there, but JupyterLab does not load in it' };
  }
  const version = await output('jupyter', ['--version']);
  if (version) return { works: true, reason: `the system's Jupyter (${firstPart(version)})` };
  return { works: false, reason: 'no JupyterLab in .venv and no jupyter command' };
}

/** Of `jupyter --version`, whose lines name each part, the one that a person opens. */
function firstPart(versions: string): string {
  const lines = versions.split('\n').map((line) => line.replace(/\s*:\s*/, ' '));
  return lines.find((line) => /^(jupyterlab|notebook) (?!not)/.test(line)) ?? (lines[0] as string);
}

function inspectKernel(): Part {
  const file = places.projectFolder('.jupyter', 'kernels', 'tslab', 'kernel.json');
  if (!existsSync(file)) return { works: false, reason: 'the TypeScript kernel is not registered' };
  try {
    const { argv } = JSON.parse(readFileSync(file, 'utf8')) as { argv: string[] };
    const gone = argv
      .filter((word) => word.startsWith('/') || /^[A-Z]:\\/.test(word))
      .find((path) => !existsSync(path));
    if (gone) return { works: false, reason: `the TypeScript kernel is registered, but ${gone} is gone` };
    return { works: true, reason: 'the TypeScript kernel (tslab) is registered in .jupyter' };
  } catch (error) {
    return { works: false, reason: `the kernel's kernel.json cannot be read: ${(error as Error).message}` };
  }
}

function inspectLibrary(): Part {
  const main = places.projectFolder('node_modules', 'sightline', 'dist', 'src', 'lib', 'index.js');
  if (existsSync(main)) return { works: true, reason: 'cells can import sightline' };
  const built = existsSync(places.projectFolder(join('dist', 'src', 'lib', 'index.js')));
  return {
    works: false,
    reason: built ? 'node_modules/sightline does not lead to the kit' : 'the kit is not built (dist/)',
  };
}
