/**
 * @file The light half of Python for `npm test`: safetensors, tokenizers, onnx and onnxruntime, which open exports of this
 * kit, in an environment of their own (260 MB). Where PyPI cannot be reached they are done without, and that is said.
 */
import { withLock } from './lock';
import { inProject, PLACES } from './project';
import { type EnvironmentPlan, ensureEnvironment, pipInstall } from './python';
import { SetupError, say } from './talk';

const REQUIREMENTS = inProject('scripts', 'requirements-exports.txt');

export const exportsPlan: EnvironmentPlan = {
  name: 'the Python that opens exports',
  folder: PLACES.exportsEnvironment,
  inputs: [REQUIREMENTS],
  minimumPython: [3, 11],
  install: (folder) => pipInstall(folder, ['--no-deps', '-r', REQUIREMENTS]),
};

/** Makes the environment where it can be made; else says why not, and the tests that want it are skipped. */
export async function ensureExportsPython(): Promise<void> {
  try {
    await withLock(inProject('.setup-exports-lock'), () => ensureEnvironment(exportsPlan));
  } catch (error) {
    if (!(error instanceof SetupError) || error.exitCode === 130) throw error;
    say(`${error.message.split('\n')[0]}\nExports are not opened in Python.`);
  }
}
