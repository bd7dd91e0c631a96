/**
 * @file `npm run parity [-- name…]`: makes the reference values of `tests/parity/fixtures` anew with the Python
 * originals (PyTorch, transformers, safetensors, SciPy, …), in `.venv-parity` with pinned versions.
 * The fixtures are committed, so tests need no Python; run this after a change to a script of `tests/parity`. What the
 * scripts said goes to `docs/parity.md`.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runChild, tail } from './parts/child';
import { withLock } from './parts/lock';
import { type ParityOutcome, parityPage } from './parts/parity-page';
import { inProject, PLACES, shown } from './parts/project';
import { ensureEnvironment } from './parts/python';
import { runMain, SetupError, say, seconds } from './parts/talk';
import { torchPlan } from './parts/torch';

const FOLDER = inProject('tests', 'parity');
const PAGE = inProject('docs', 'parity.md');

runMain(async () => {
  // A script with `check` in its name tests something that its caller gives it.
  const all = readdirSync(FOLDER).filter((file) => file.endsWith('.py') && !/(^|_)check[_.]/.test(file));
  const asked = process.argv.slice(2).map((name) => `${basename(name, '.py')}.py`);
  const unknown = asked.find((file) => !all.includes(file));
  if (unknown)
    throw new SetupError(`tests/parity/${unknown}: no such script; there are: ${all.join(', ')}`, 2);
  const plan = torchPlan({
    name: 'the Python originals',
    folder: PLACES.parityEnvironment,
    requirements: inProject('scripts', 'requirements-parity.txt'),
  });
  const python = await withLock(inProject('.setup-parity-lock'), () => ensureEnvironment(plan));
  const output = inProject('runs', 'parity');
  mkdirSync(output, { recursive: true });
  let failed = 0;
  const outcomes: ParityOutcome[] = [];
  const day = new Date().toISOString().slice(0, 10);
  for (const file of asked.length > 0 ? asked : all.sort()) {
    const start = Date.now();
    // What a script prints is for reading, not a fixture: it is kept beside the runs.
    const { code, stdout, both } = await runChild(python, [join(FOLDER, file)]);
    if (code === 0) writeFileSync(join(output, file.replace(/\.py$/, '.txt')), stdout);
    else failed++;
    say(`${shown(join(FOLDER, file))}: ${code === 0 ? 'done' : 'FAILED'} (${seconds(start)})`);
    if (code !== 0) say(tail(both, 20));
    outcomes.push({ script: file, day, passed: code === 0, output: code === 0 ? stdout : both });
    // After each: a long run that is stopped has written what it has shown.
    writeFileSync(PAGE, parityPage(existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '', outcomes));
  }
  return failed > 0 ? 1 : 0;
});
