/** @file Runs a subcommand in this process and catches what it says. */
import { Command } from 'commander';
import { vi } from 'vitest';

export interface CommandResult {
  stdout: string;
  stderr: string;
  /** As the `sightline` command would exit: that of the error, else process.exitCode, else 0. */
  exitCode: number;
}

/** `run(register, 'data', 'scene', '--out', …)`. */
export async function run(register: (program: Command) => void, ...words: string[]): Promise<CommandResult> {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text);
      return true;
    }),
  );
  const program = new Command('sightline').exitOverride().configureOutput({
    writeOut: (text) => process.stdout.write(text),
    writeErr: (text) => process.stderr.write(text),
  });
  register(program);
  for (const command of everyCommand(program)) command.exitOverride().copyInheritedSettings(program);
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    await program.parseAsync(['node', 'sightline', ...words]);
    return { ...written, exitCode: Number(process.exitCode ?? 0) };
  } catch (error) {
    const { code, exitCode, message } = error as { code?: string; exitCode?: number; message: string };
    if (code?.startsWith('commander.')) return { ...written, exitCode: exitCode === 0 ? 0 : 2 };
    return { ...written, stderr: `${written.stderr}${message}\n`, exitCode: exitCode ?? 1 };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}

function everyCommand(command: Command): Command[] {
  return [...command.commands, ...command.commands.flatMap(everyCommand)];
}
