/**
 * @file `npm run setup:peers`: installs what the bench compares with, in `.venv-peers`.
 *
 *     npm run setup:peers            PyTorch, transformers and tokenizers: for CUDA where there is an NVIDIA GPU (5.4 GB), else for the CPU (1.5 GB)
 *     npm run setup:peers -- --cpu   or --cuda: choose
 */
import { existsSync } from 'node:fs';
import { runChild } from './parts/child';
import { withLock } from './parts/lock';
import { inProject, PLACES, shown } from './parts/project';
import { ensureEnvironment } from './parts/python';
import { runMain, SetupError, say } from './parts/talk';
import { torchPlan } from './parts/torch';

runMain(async () => {
  const args = process.argv.slice(2);
  const unknown = args.find((arg) => arg !== '--cuda' && arg !== '--cpu');
  if (unknown) throw new SetupError(`Unknown option ${unknown}: npm run setup:peers [-- --cuda | --cpu]`, 2);
  const cuda = args.includes('--cuda') || (existsSync('/dev/nvidiactl') && !args.includes('--cpu'));
  const plan = torchPlan({
    name: 'PyTorch',
    folder: PLACES.peersEnvironment,
    requirements: inProject('scripts', 'requirements-peers.txt'),
    cuda,
  });
  const python = await withLock(inProject('.setup-peers-lock'), () => ensureEnvironment(plan));
  const report = 'import torch; print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads")';
  const { stdout } = await runChild(python, ['-c', report]);
  say(`Ready: ${stdout.trim()} (${shown(python)}).`);
  return 0;
});
