/** @file Makes a grid's folder ready, by whoever begins: one process, or the one that starts the others. */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../errors';
import { writeJson } from './cell';
import { codeVersion } from './identity';
import { Ledger, type LedgerLine } from './ledger';
import type { AblationPlan } from './plan';

export interface BeginOptions {
  /** Go on with what is in the folder. */
  resume?: boolean;
  /** Use results of another version of the code. */
  allowMixed?: boolean;
  /** What the ledger says of the code; found out by default. */
  codeVersion?: string;
}

export interface BegunAblation {
  ledger: Ledger;
  /** What the ledger held. */
  before: Map<string, LedgerLine>;
  codeVersion: string;
}

/**
 * Throws an `InputError`, before anything is written, where the folder is in use, holds nothing to go on with, or holds
 * results of another version of the code that are not to be mixed in.
 */
export async function beginAblation(
  plan: AblationPlan,
  out: string,
  options: BeginOptions = {},
): Promise<BegunAblation> {
  await checkFolder(out, options.resume ?? false);
  const ledger = new Ledger(join(out, 'ledger.jsonl'));
  const before = await ledger.byId();
  const version = options.codeVersion ?? codeVersion();
  if (!options.allowMixed) refuseMixture(plan, before, version, out);
  await mkdir(join(out, 'cells'), { recursive: true });
  await writeJson(join(out, 'config.json'), plan.config, 2);
  return { ledger, before, codeVersion: version };
}

/** Throws an `InputError` where the folder is in use, or holds nothing to go on with. */
async function checkFolder(out: string, resume: boolean): Promise<void> {
  const present = await readdir(out).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw new InputError(`${out}: cannot be used for an ablation (${error.code}); name a folder`);
  });
  if (resume && present.length > 0 && !present.includes('config.json') && !present.includes('ledger.jsonl')) {
    throw new InputError(`${out}: holds no ablation to go on with; name its folder, or an empty one`);
  }
  if (!resume && present.length > 0) {
    throw new InputError(
      `${out}: is not empty; name another folder, or go on with what it holds by --resume`,
    );
  }
}

/** Results of another version of the code may differ for that alone. */
function refuseMixture(
  plan: AblationPlan,
  lines: ReadonlyMap<string, LedgerLine>,
  version: string,
  out: string,
): void {
  const used = plan.cells
    .map((cell) => lines.get(cell.id))
    .filter((line): line is LedgerLine => line?.status === 'finished');
  const others = [...new Set(used.map((line) => line.codeVersion))].filter((other) => other !== version);
  if (others.length === 0) return;
  const count = used.filter((line) => line.codeVersion !== version).length;
  throw new InputError(
    `${join(out, 'ledger.jsonl')}: ${count} finished cells were run by code version ${others.join(' and ')}, this is ${version}; ` +
      'go back to that version, begin in another folder, or mix them knowingly with --allow-mixed',
  );
}
