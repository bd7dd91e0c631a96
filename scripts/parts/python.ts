/**
 * @file Virtual environments inside the project, made from an exactly pinned list of packages.
 *
 * An environment is finished when its stamp stands in it: a hash of the list, the interpreter and the place. The
 * stamp is written last, so an interrupted set-up starts anew, and a finished one costs one hash and one `python`.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runChild, tail } from './child';
import { shown } from './project';
import { SetupError, say, seconds } from './talk';

/** Python itself lacks something (an interpreter, `venv`), as distinct from packages that cannot be had. */
export class NoPython extends SetupError {}

const WINDOWS = process.platform === 'win32';

export interface Python {
  /** Absolute path of the interpreter. */
  path: string;
  version: [major: number, minor: number];
}

/** The interpreter of an environment. */
export const environmentPython = (folder: string): string =>
  WINDOWS ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');

/** Every working Python of at least `minimum`, the user's own choice (`SIGHTLINE_PYTHON`) and PATH first. */
export async function findPythons(minimum: [number, number] = [3, 10]): Promise<Python[]> {
  const candidates: string[][] = [
    ...(process.env.SIGHTLINE_PYTHON ? [[process.env.SIGHTLINE_PYTHON]] : []),
    ...(WINDOWS ? [['py', '-3'], ['python']] : [['python3'], ['python'], ['/usr/bin/python3']]),
    ...['3.14', '3.13', '3.12', '3.11'].map((version) =>
      WINDOWS ? ['py', `-${version}`] : [`python${version}`],
    ),
    ...(process.platform === 'darwin' ? [['/opt/homebrew/bin/python3'], ['/usr/local/bin/python3']] : []),
  ];
  const found: Python[] = [];
  for (const [command, ...args] of candidates as [string, ...string[]][]) {
    const probe = 'import sys; print(sys.version_info[0], sys.version_info[1], sys.executable)';
    const { code, stdout } = await runChild(command, [...args, '-c', probe]);
    const match = /^(\d+) (\d+) (.+)$/.exec(stdout.trim());
    if (code !== 0 || !match) continue;
    const python: Python = { path: match[3] as string, version: [Number(match[1]), Number(match[2])] };
    const [major, minor] = python.version;
    const recent = major > minimum[0] || (major === minimum[0] && minor >= minimum[1]);
    const known = found.some((other) => realpathSync(other.path) === realpathSync(python.path));
    if (recent && !known) found.push(python);
  }
  return found;
}

/** Makes an empty environment with pip, by whichever way this machine offers. Throws what was tried. */
async function createEnvironment(python: Python, folder: string): Promise<void> {
  const tried: string[] = [];
  const attempt = async (name: string, command: string, args: string[]): Promise<boolean> => {
    rmSync(folder, { recursive: true, force: true });
    const { code, both, failure } = await runChild(command, args);
    const works =
      code === 0 && (await runChild(environmentPython(folder), ['-m', 'pip', '--version'])).code === 0;
    if (!works) tried.push(`${name}: ${failure?.message ?? tail(both, 3).replaceAll('\n', ' ')}`);
    return works;
  };
  if (await attempt('python -m venv', python.path, ['-m', 'venv', folder])) return;
  if (await attempt('python -m virtualenv', python.path, ['-m', 'virtualenv', folder])) return;
  if (await attempt('virtualenv', 'virtualenv', ['-p', python.path, folder])) return;
  // Debian ships `venv` without the pip that it would unpack; where the system's pip is there, it can do that.
  rmSync(folder, { recursive: true, force: true });
  const bare = await runChild(python.path, ['-m', 'venv', '--without-pip', folder]);
  if (bare.code === 0) {
    const inside = environmentPython(folder);
    const pip = await runChild(python.path, ['-m', 'pip', '--python', inside, 'install', '-q', 'pip'], {
      env: PIP_ENVIRONMENT,
    });
    if (pip.code === 0) return;
    tried.push(`pip --python: ${tail(pip.both, 1)}`);
  }
  rmSync(folder, { recursive: true, force: true });
  throw new NoPython(
    `${python.path} cannot make a virtual environment (on Debian and Ubuntu the package python3-venv is missing: ` +
      `sudo apt-get install python3-venv).\n${tried.map((line) => `    ${line}`).join('\n')}`,
  );
}

/** Settings of the user that would send packages elsewhere than into the environment. */
const PIP_ENVIRONMENT = {
  PIP_USER: '0',
  PIP_REQUIRE_VIRTUALENV: '0',
  PIP_TARGET: undefined,
  PIP_PREFIX: undefined,
  PIP_DISABLE_PIP_VERSION_CHECK: '1',
  PYTHONPATH: undefined,
  PYTHONHOME: undefined,
};

/** `pip install` into an environment; throws `SetupError` with pip's last lines. */
export async function pipInstall(folder: string, args: readonly string[]): Promise<void> {
  const { code, both } = await runChild(
    environmentPython(folder),
    ['-m', 'pip', 'install', '--quiet', '--no-input', '--retries', '2', '--timeout', '30', ...args],
    { env: PIP_ENVIRONMENT },
  );
  if (code === 0) return;
  // pip's last error is the reason; its retries are noise.
  const errors = both.split('\n').filter((line) => line.startsWith('ERROR:'));
  const message = `pip could not install the packages: ${errors.at(-1) ?? tail(both, 3)}`;
  throw both.includes('Requires-Python') ? new NoPython(message) : new SetupError(message);
}

export interface EnvironmentPlan {
  /** What the person reads: "JupyterLab", "PyTorch". */
  name: string;
  folder: string;
  /** Files whose bytes decide whether the environment is still right. */
  inputs: readonly string[];
  /** More that decides it, such as an option. */
  variant?: string;
  install: (folder: string) => Promise<void>;
  /** Default 3.10. */
  minimumPython?: [major: number, minor: number];
}

const STAMP = 'sightline-stamp';

function stampOf(plan: EnvironmentPlan): string {
  const hash = createHash('sha256').update(JSON.stringify([plan.folder, plan.variant ?? '', process.arch]));
  for (const file of plan.inputs) hash.update(readFileSync(file));
  return hash.digest('hex');
}

/** Whether the environment of `plan` is finished and its interpreter still runs. */
export async function isReady(plan: EnvironmentPlan): Promise<boolean> {
  const stamp = join(plan.folder, STAMP);
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== stampOf(plan)) return false;
  return (await runChild(environmentPython(plan.folder), ['-c', ''])).code === 0;
}

/** Makes the environment of `plan` unless it is ready; returns its interpreter. Throws `SetupError`. */
export async function ensureEnvironment(plan: EnvironmentPlan): Promise<string> {
  if (await isReady(plan)) return environmentPython(plan.folder);
  const start = Date.now();
  const minimum = plan.minimumPython ?? [3, 10];
  const pythons = await findPythons(minimum);
  if (pythons.length === 0) {
    throw new NoPython(
      `No Python ${minimum.join('.')} or later was found (tried SIGHTLINE_PYTHON, python3, python).\n` +
        '    Debian, Ubuntu: sudo apt-get install python3-venv; macOS: brew install python; Windows: winget install Python.Python.3.13',
    );
  }
  say(`Setting up ${plan.name} in ${shown(plan.folder)} (once)…`);
  const problems: SetupError[] = [];
  for (const python of pythons) {
    try {
      await createEnvironment(python, plan.folder);
      await plan.install(plan.folder);
      writeFileSync(join(plan.folder, STAMP), stampOf(plan));
      say(`${plan.name} is ready (Python ${python.version.join('.')}, ${seconds(start)}).`);
      return environmentPython(plan.folder);
    } catch (error) {
      if (!(error instanceof SetupError) || error.exitCode === 130) throw error;
      problems.push(error);
      // Another Python helps where this one could make no environment, or is too old for a package; not otherwise.
      if (existsSync(plan.folder) && !(error instanceof NoPython)) break;
    }
  }
  rmSync(plan.folder, { recursive: true, force: true });
  const message = problems.map((problem) => problem.message).join('\n');
  throw problems.every((problem) => problem instanceof NoPython)
    ? new NoPython(message)
    : new SetupError(message);
}
