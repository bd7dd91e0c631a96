/** @file The command line of an npm script: `--help`, and a plain word and exit code 2 for what it does not know. */
import { Command } from 'commander';

/** @param call how it is called: `npm start --`. */
export const scriptCommand = (call: string, description: string): Command =>
  new Command(call)
    .description(description)
    .showHelpAfterError()
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
