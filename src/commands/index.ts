/** @file Every subcommand, in the order in which `--help` lists them. */
import type { Command } from 'commander';

export function registerCommands(_program: Command): void {}
