/** @file `npm run setup`: Jupyter, the TypeScript kernel and its figures, all inside the project. */
import { ensureJupyter } from './parts/jupyter';
import { shown } from './parts/project';
import { runMain, say } from './parts/talk';

runMain(async () => {
  const jupyter = await ensureJupyter();
  const name = jupyter.interface === 'lab' ? 'JupyterLab' : 'the classic Notebook';
  say(`Set up: ${name} (${shown(jupyter.python)}) with the TypeScript kernel.`);
  if (jupyter.from === 'system')
    say('To try JupyterLab from PyPI again: SIGHTLINE_JUPYTER=environment npm run setup');
  return 0;
});
