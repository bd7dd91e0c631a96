#!/usr/bin/env node
/** @file The `sightline` command: a thin door. Each subcommand stands in `commands/` and registers itself. */
import { Command } from 'commander';
import { registerCommands } from './commands';

const program = new Command('sightline')
  .description('Train, evaluate and export language models that look at a picture while they read and write.')
  .showHelpAfterError()
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

// A reader that has seen enough (`| head`) is no fault, and does not stop what is being trained.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

registerCommands(program);
program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`sightline: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit((error as { exitCode?: number }).exitCode ?? 1);
});
