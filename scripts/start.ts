/**
 * @file `npm start [-- --full]`: set-up, then the main job: runs every notebook headless, leaves figures, executed
 * notebooks, pages and weights, and prints the table text-only against vision-guided.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findNotebooks, runNotebooks } from './notebooks/run';
import { ensureJupyter, type Jupyter } from './parts/jupyter';
import { inProject, PLACES, shown } from './parts/project';
import { formatTable, readSummary } from './parts/results-table';
import { scriptCommand } from './parts/script-command';
import { runMain, SetupError, say, seconds } from './parts/talk';

/** The notebooks run without Jupyter too; only the pages need it. */
async function jupyterOrNone(): Promise<Jupyter | null> {
  try {
    return await ensureJupyter();
  } catch (error) {
    if (!(error instanceof SetupError) || error.exitCode === 130) throw error;
    say(
      `${error.message}\nGoing on without Jupyter: no HTML pages will be made, and \`npm run lab\` will not work.\n`,
    );
    return null;
  }
}

runMain(async () => {
  const start = Date.now();
  const { full = false } = scriptCommand('npm start --', 'set up, run every notebook, print the table')
    .option('--full', 'train to the end: hours on two cores, in place of minutes')
    .parse()
    .opts<{ full?: boolean }>();
  const jupyter = await jupyterOrNone();
  const summaryFile = inProject('runs', 'main-job', 'summary.json');
  // The table must be of this run.
  rmSync(summaryFile, { force: true });
  mkdirSync(PLACES.figures, { recursive: true });
  const executions = await runNotebooks({
    files: findNotebooks([PLACES.notebooks]),
    profile: full ? 'full' : 'fast',
    limitSeconds: full ? 6 * 3600 : 1800,
    jupyter,
  });
  const failed = executions.filter((execution) => execution.errors.length > 0);
  if (failed.length > 0) {
    say(`\n${failed.length} of ${executions.length} notebooks failed: see the errors above.`);
    return 1;
  }
  const summary = readSummary(summaryFile);
  const figures = summary?.figures ?? readdirSync(PLACES.figures).filter((name) => name.endsWith('.png'));
  say('');
  if (summary) process.stdout.write(`${formatTable(summary)}\n`);
  say('');
  say(`Notebooks and pages: ${shown(PLACES.executed)}`);
  for (const figure of figures)
    say(`Figure:  ${figure.includes('/') ? figure : shown(join(PLACES.figures, figure))}`);
  for (const weights of summary?.weights ?? []) say(`Weights: ${weights}`);
  say(`Done in ${seconds(start)}. Read and change the notebooks: npm run lab`);
  return 0;
});
