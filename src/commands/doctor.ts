/** @file `sightline doctor`: what the kit finds on this machine, and whether it can train: it tries. Exit 0 if so, else 1. */
import type { Command } from 'commander';
import type { engine } from '../lib';
import { printed } from './doctor/print';
import { examine } from './doctor/report';
import { addDeviceOptions } from './options';

interface Options extends engine.UseOptions {
  json?: boolean;
}

export function registerDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description('engine, devices, versions, notebooks and data here; what is missing and how to get it')
    .option('--json', 'the report as one line of JSON');
  addDeviceOptions(command).action(async ({ json, device, threads }: Options) => {
    const report = await examine({ device, threads });
    const colored = process.stdout.isTTY === true && !process.env.NO_COLOR;
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : printed(report, colored));
    if (!report.canTrain) process.exitCode = 1;
  });
}
