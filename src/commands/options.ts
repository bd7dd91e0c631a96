/** @file Options that several commands share. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { engine } from '../lib';

export interface DeviceOptions {
  device: engine.DeviceRequest;
  threads?: number;
}

/** `--device` and `--threads`. */
export function addDeviceOptions(command: Command): Command {
  return command
    .addOption(new Option('--device <name>', 'where to compute').choices([...engine.DEVICES]).default('auto'))
    .option('--threads <n>', 'threads within one operation on the CPU (default: all cores)', wholeNumber);
}

/** Chooses the device and says on stderr which, and why. */
export async function useDevice({ device, threads }: DeviceOptions): Promise<void> {
  const chosen = await engine.use({ device, threads });
  process.stderr.write(`device ${chosen.device}: ${chosen.reason}\n`);
}

/** A whole number of 0 or more. */
export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0) throw new InvalidArgumentError('expected a whole number');
  return number;
}
