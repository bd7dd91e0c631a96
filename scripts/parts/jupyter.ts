/**
 * @file Jupyter for this project. First choice: a virtual environment with pinned JupyterLab 4. Where pip cannot
 * reach PyPI: Jupyter of the system (Debian's packages, installed by apt where we are root). Else: what to install.
 */
import { existsSync, rmSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { runChild, tail } from './child';
import { ensureFrontEnd } from './front-end';
import { ensureKernel, writeIfChanged } from './kernel-spec';
import { withLock } from './lock';
import { inProject, PLACES } from './project';
import {
  type EnvironmentPlan,
  ensureEnvironment,
  findPythons,
  isReady,
  NoPython,
  pipInstall,
} from './python';
import { SetupError, say } from './talk';

export interface Jupyter {
  /** The interpreter that has Jupyter. */
  python: string;
  /** What it can show: JupyterLab 4, or the classic Notebook 6. */
  interface: 'lab' | 'notebook';
  from: 'environment' | 'system';
}

const DEBIAN_PACKAGES = ['jupyter-notebook', 'jupyter-nbconvert', 'python3-nbclient'];
const REQUIREMENTS = inProject('scripts', 'requirements-jupyter.txt');

export const jupyterPlan: EnvironmentPlan = {
  name: 'JupyterLab',
  folder: PLACES.jupyterEnvironment,
  inputs: [REQUIREMENTS],
  install: async (folder) => {
    await pipInstall(folder, ['-r', REQUIREMENTS]);
  },
};

/** Jupyter that stands outside the project: any Python that can convert notebooks and show them. */
async function findSystemJupyter(): Promise<Jupyter | null> {
  const probe = [
    'import importlib.util as u, nbconvert, nbformat',
    "print('lab' if u.find_spec('jupyterlab') else 'notebook' if u.find_spec('notebook') else '')",
  ].join('\n');
  for (const python of await findPythons()) {
    const { code, stdout } = await runChild(python.path, ['-c', probe]);
    const kind = stdout.trim();
    if (code === 0 && (kind === 'lab' || kind === 'notebook')) {
      return { python: python.path, interface: kind, from: 'system' };
    }
  }
  return null;
}

/** Debian's packages by apt, which only root may install. Returns why not, or `null` where they are in. */
async function installByApt(packages: readonly string[]): Promise<string | null> {
  if ((await runChild('apt-get', ['--version'])).code !== 0) return 'this system has no apt-get';
  if (process.getuid?.() !== 0) return 'apt-get needs root';
  say(`Installing Debian's packages ${packages.join(', ')}…`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = () =>
    runChild('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { env });
  if ((await install()).code === 0) return null;
  await runChild('apt-get', ['update'], { env });
  const second = await install();
  return second.code === 0 ? null : `apt-get failed: ${tail(second.both, 3)}`;
}

/** JupyterLab in the project's environment. Root on Debian gets the missing `venv` by apt. */
async function findInEnvironment(): Promise<Jupyter> {
  const ready = (python: string): Jupyter => ({ python, interface: 'lab', from: 'environment' });
  try {
    return ready(await ensureEnvironment(jupyterPlan));
  } catch (error) {
    if (!(error instanceof NoPython) || (await installByApt(['python3-venv'])) !== null) throw error;
    return ready(await ensureEnvironment(jupyterPlan));
  }
}

/** Remembers that the system's Jupyter was the way, so that not every command waits for PyPI in vain. */
const CHOICE = inProject('.jupyter', 'choice');

async function findOrInstall(way: string | undefined): Promise<Jupyter> {
  const reasons: string[] = [];
  if (way === undefined && existsSync(CHOICE) && !(await isReady(jupyterPlan))) {
    const present = await findSystemJupyter();
    if (present) return present;
  }
  if (way !== 'system') {
    try {
      return await findInEnvironment();
    } catch (error) {
      if (!(error instanceof SetupError) || error.exitCode === 130 || way === 'environment') throw error;
      reasons.push(error.message);
      say(`${error.message.split('\n')[0]}\nTrying the system's Jupyter instead.`);
    }
  }
  const present = await findSystemJupyter();
  if (present) return present;
  const refused = await installByApt(DEBIAN_PACKAGES);
  if (refused === null) {
    const installed = await findSystemJupyter();
    if (installed) return installed;
    reasons.push(
      "Debian's packages went in, but no Python can load them (set SIGHTLINE_PYTHON=/usr/bin/python3)",
    );
  } else {
    reasons.push(refused);
  }
  throw new SetupError(
    [
      'Jupyter could not be set up. Do one of these, then run the command again:',
      '  1. Let pip reach PyPI (a proxy: HTTPS_PROXY=…; a mirror: PIP_INDEX_URL=…), with Python 3.10 or later and its venv',
      '     (Debian, Ubuntu: sudo apt-get install python3-venv).',
      `  2. Debian, Ubuntu: sudo apt-get install ${DEBIAN_PACKAGES.join(' ')}`,
      '  3. Name a Python that has jupyterlab and nbconvert: SIGHTLINE_PYTHON=/path/to/python',
      'What was tried:',
      ...reasons.map((reason) => `  - ${reason.replaceAll('\n', '\n    ')}`),
    ].join('\n'),
  );
}

/** What every Jupyter process of this project gets, so that nothing lands in the user's home. */
export function jupyterVariables(): Record<string, string | undefined> {
  const place = (...parts: string[]) => inProject('.jupyter', ...parts);
  return {
    JUPYTER_PATH: [PLACES.jupyter, process.env.JUPYTER_PATH].filter(Boolean).join(delimiter),
    JUPYTER_DATA_DIR: PLACES.jupyter,
    JUPYTER_CONFIG_DIR: place('config'),
    JUPYTER_RUNTIME_DIR: place('runtime'),
    JUPYTERLAB_SETTINGS_DIR: place('lab', 'user-settings'),
    JUPYTERLAB_WORKSPACES_DIR: place('lab', 'workspaces'),
    IPYTHONDIR: place('ipython'),
    // `tslab` and `node` for whatever starts kernels by name.
    PATH: [inProject('node_modules', '.bin'), dirname(process.execPath), process.env.PATH].join(delimiter),
  };
}

/**
 * All of set-up: Jupyter, the kernel, the front-end's figures. Idempotent; well under a second where it is done.
 * `SIGHTLINE_JUPYTER=environment|system` forces one way. Throws `SetupError` that says what to install; the kernel
 * is in place even then, because running notebooks headless needs no Jupyter.
 */
export async function ensureJupyter(): Promise<Jupyter> {
  return await withLock(inProject('.setup-lock'), async () => {
    ensureKernel(null);
    const jupyter = await findOrInstall(process.env.SIGHTLINE_JUPYTER || undefined);
    if (jupyter.from === 'system') writeIfChanged(CHOICE, 'system\n');
    else rmSync(CHOICE, { force: true });
    ensureKernel(jupyter);
    ensureFrontEnd(jupyter);
    return jupyter;
  });
}
