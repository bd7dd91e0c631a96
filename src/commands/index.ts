/** @file Every subcommand, in the order in which `--help` lists them. */
import type { Command } from 'commander';
import { registerAblate } from './ablate';
import { registerData } from './data';
import { registerDoctor } from './doctor';
import { registerEvaluate, registerPredict } from './evaluate';
import { registerExport } from './export';
import { registerGenerate } from './generate';
import { registerTrain } from './train';
import { registerVerify } from './verify';

export function registerCommands(program: Command): void {
  registerData(program);
  registerTrain(program);
  registerEvaluate(program);
  registerPredict(program);
  registerGenerate(program);
  registerAblate(program);
  registerExport(program);
  registerVerify(program);
  registerDoctor(program);
}
