/** @file Every subcommand, in the order in which `--help` lists them. */
import type { Command } from 'commander';
import { registerEvaluate, registerPredict } from './evaluate';
import { registerTrain } from './train';

export function registerCommands(program: Command): void {
  registerTrain(program);
  registerEvaluate(program);
  registerPredict(program);
}
