/**
 * @file `npm run notebooks [-- file or folder…]`: executes notebooks headless by the TypeScript kernel.
 * Executed copies and HTML go to `runs/notebooks/`. Fails (exit code 1) on any error that a cell prints.
 */
import { InvalidArgumentError, Option } from 'commander';
import { findNotebooks, PROFILES, type Profile, runNotebooks } from './notebooks/run';
import { ensureJupyter, type Jupyter } from './parts/jupyter';
import { ensureKernel } from './parts/kernel-spec';
import { PLACES } from './parts/project';
import { scriptCommand } from './parts/script-command';
import { runMain, say } from './parts/talk';

function positive(text: string): number {
  if (!(Number(text) > 0)) throw new InvalidArgumentError('expected a number of seconds above 0');
  return Number(text);
}

runMain(async () => {
  const command = scriptCommand('npm run notebooks --', 'execute notebooks without a browser')
    .argument('[path...]', 'notebooks, or folders of them (default: notebooks/)')
    .addOption(
      new Option('--profile <name>', 'what their configuration reads').choices(PROFILES).default('fast'),
    )
    .option('--limit <seconds>', 'for each notebook', positive, 1800)
    .option('--no-html', 'leave executed notebooks, and no pages')
    .parse();
  const { profile, html, limit } = command.opts<{ profile: Profile; html: boolean; limit: number }>();
  const files = findNotebooks(command.args.length > 0 ? command.args : [PLACES.notebooks]);
  let jupyter: Jupyter | null = null;
  if (html) jupyter = await ensureJupyter();
  else ensureKernel(null);
  const executions = await runNotebooks({ files, profile, limitSeconds: limit, jupyter });
  const failed = executions.filter((execution) => execution.errors.length > 0).length;
  say(`${executions.length - failed} notebooks passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
});
