/**
 * @file PyTorch from PyPI, as light as it goes.
 *
 * PyPI's PyTorch for Linux x86-64 is the CUDA build: with its dependencies 5.4 GB. On the CPU it runs with two small
 * NVIDIA libraries and stand-ins for the rest (scripts/peers/cuda_stand_ins.py): 1.5 GB. Where that cannot be done
 * (no C compiler) or a GPU is to be used (`cuda`), everything is installed. On other systems PyPI has the CPU build.
 */
import { runChild, tail } from './child';
import { inProject } from './project';
import { type EnvironmentPlan, environmentPython, pipInstall } from './python';
import { SetupError, say } from './talk';

const TORCH = inProject('scripts', 'requirements-torch.txt');
const TORCH_LINUX = inProject('scripts', 'requirements-torch-linux-x64.txt');
const STAND_INS = inProject('scripts', 'peers', 'cuda_stand_ins.py');

async function importsTorch(folder: string): Promise<string | null> {
  const { code, both } = await runChild(environmentPython(folder), [
    '-c',
    'import torch; torch.ones(2).sum()',
  ]);
  return code === 0 ? null : tail(both, 2);
}

/** Installs PyTorch into `folder`; `cuda` keeps its NVIDIA libraries. Throws `SetupError`. */
async function installTorch(folder: string, cuda: boolean): Promise<void> {
  const light = process.platform === 'linux' && process.arch === 'x64' && !cuda;
  if (!light) return await pipInstall(folder, ['-r', TORCH]);
  await pipInstall(folder, ['--no-deps', '-r', TORCH, '-r', TORCH_LINUX]);
  const made = await runChild(environmentPython(folder), [STAND_INS]);
  const failure =
    made.code === 0
      ? await importsTorch(folder)
      : `stand-ins for CUDA: ${made.failure?.message ?? tail(made.both, 2)}`;
  if (failure === null) return;
  say(`PyTorch does not load without NVIDIA's libraries (${failure}): installing all of them, 4 GB more…`);
  await pipInstall(folder, ['--force-reinstall', '-r', TORCH]);
  const still = await importsTorch(folder);
  if (still !== null) throw new SetupError(`PyTorch was installed but does not load: ${still}`);
}

/** An environment with PyTorch and, without their dependencies' say on PyTorch, the packages of `requirements`. */
export function torchPlan(
  plan: Pick<EnvironmentPlan, 'name' | 'folder'> & { requirements?: string; cuda?: boolean },
): EnvironmentPlan {
  const { name, folder, requirements, cuda = false } = plan;
  return {
    name,
    folder,
    inputs: [TORCH, TORCH_LINUX, STAND_INS, ...(requirements ? [requirements] : [])],
    variant: cuda ? 'cuda' : 'cpu',
    minimumPython: [3, 11],
    install: async (place) => {
      await installTorch(place, cuda);
      if (requirements) await pipInstall(place, ['--no-deps', '-r', requirements]);
    },
  };
}
