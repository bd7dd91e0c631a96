/**
 * @file `npm run notebooks`: executes notebooks headless by the TypeScript kernel.
 *
 *     npm run notebooks [-- --profile fast|full] [--limit SECONDS] [--no-html] [file or folder…]
 *
 * Executed copies and HTML go to `runs/notebooks/`. Fails (exit code 1) on any error that a cell prints.
 */
import { parseArgs } from 'node:util';
import { findNotebooks, isProfile, runNotebooks } from './notebooks/run';
import { ensureJupyter, type Jupyter } from './parts/jupyter';
import { ensureKernel } from './parts/kernel-spec';
import { PLACES } from './parts/project';
import { runMain, SetupError, say } from './parts/talk';

runMain(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      profile: { type: 'string', default: 'fast' },
      limit: { type: 'string', default: '1800' },
      html: { type: 'boolean', default: true },
    },
    allowNegative: true,
  });
  const { profile, html } = values;
  const limitSeconds = Number(values.limit);
  if (!isProfile(profile)) throw new SetupError(`--profile ${profile}: must be fast or full`, 2);
  if (!(limitSeconds > 0)) throw new SetupError(`--limit ${values.limit}: must be a number of seconds`, 2);
  const files = findNotebooks(positionals.length > 0 ? positionals : [PLACES.notebooks]);
  let jupyter: Jupyter | null = null;
  if (html) jupyter = await ensureJupyter();
  else ensureKernel(null);
  const executions = await runNotebooks({ files, profile, limitSeconds, jupyter });
  const failed = executions.filter((execution) => execution.errors.length > 0).length;
  say(`${executions.length - failed} notebooks passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
});
