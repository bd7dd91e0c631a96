/**
 * @file The versions of a run: `versions/1`, `versions/2`, … each with the model, config and result of that version,
 * whether it was taken or not, and `history.json`, which says where each came from, what changed, how it compared, and
 * which one stands in the run folder itself (`current`).
 *
 * The version is kept whole before history names it, and history names it before it is put in place; a run that is
 * killed in between is put in order by `settleVersions`. One process at a time may change the versions of a run.
 */
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readJsonFile } from '../config-issues';
import { writeAll, writeFileAtomically } from '../export/atomic-file';
import { writeOutputFolder } from '../export/output-folder';
import { verifyFolder, writeFolderAtomically } from './atomic-folder';
import type { ModelComparison } from './continue-comparison';
import { HISTORY_FILE, type RunFolder } from './run-folder';

export interface RunVersion {
  version: number;
  /** Below the run folder. */
  folder: string;
  /** `taken`: it stands, or stood, in the run folder; `refused`: it was not shown to be no worse. */
  decision: 'first' | 'taken' | 'refused';
  decidedAt: string;
  /** The version that it went on from, and the run folder in which it was trained. */
  from: number | null;
  trainedIn: string | null;
  /** Settings and files that differ from those of the version before: by dotted path, before and after. */
  changed: Record<string, [unknown, unknown]>;
  comparison: ModelComparison | null;
  /** SHA-256 of the frozen test records that the comparison speaks of. */
  testSha256: string | null;
}

export interface RunHistory {
  format: 'sightline-history-1';
  current: number;
  versions: RunVersion[];
}

const PARTS = ['config.json', 'result.json'] as const;
const CHECKSUMS = 'checksums.json';

/** The history of a run; `null` where it has had one version only. */
export async function readHistory(run: RunFolder): Promise<RunHistory | null> {
  const path = join(run.path, HISTORY_FILE);
  return existsSync(path) ? ((await readJsonFile(path)) as RunHistory) : null;
}

/**
 * Adds a version that was trained in `trained`, unless it is the last one already; the first time, what stands in the run
 * becomes version 1.
 */
export async function addVersion(
  run: RunFolder,
  trained: RunFolder,
  entry: Pick<RunVersion, 'decision' | 'changed' | 'comparison' | 'testSha256'>,
  now = new Date(),
): Promise<RunHistory> {
  const history: RunHistory = (await readHistory(run)) ?? {
    format: 'sightline-history-1',
    current: 1,
    versions: [await first(run, now)],
  };
  if (await isLast(history, run, trained)) return history;
  const version = history.versions.length + 1;
  const folder = await keep(run, trained, version);
  history.versions.push({
    version,
    folder,
    decidedAt: now.toISOString(),
    from: history.current,
    trainedIn: trained.path,
    ...entry,
  });
  const before = history.current;
  if (entry.decision === 'taken') history.current = version;
  await writeFileAtomically(join(run.path, HISTORY_FILE), (file) =>
    writeAll(file, Buffer.from(`${JSON.stringify(history, null, 2)}\n`)),
  );
  if (entry.decision === 'taken') await putInPlace(run, version, before);
  return history;
}

/** Puts in place the version that history calls current, all of it, where a killed process has not come to it. */
export async function settleVersions(run: RunFolder): Promise<void> {
  const history = await readHistory(run);
  if (!history) return;
  const before = history.versions.find(({ version }) => version === history.current)?.from ?? null;
  const kept = join(run.path, 'versions', String(history.current));
  const same = async (part: string) =>
    (await readFile(join(kept, part), 'utf8')) ===
    (await readFile(join(run.path, part), 'utf8').catch(() => null));
  const isInPlace =
    (await sheet(join(kept, 'model'))) === (await sheet(run.model)) &&
    (await Promise.all(PARTS.map(same))).every(Boolean);
  if (!isInPlace) await putInPlace(run, history.current, before);
  else await moveSteps(run, before);
}

/** Where the one that trained it is told a second time (`--resume`), the model is in the history. */
async function isLast(history: RunHistory, run: RunFolder, trained: RunFolder): Promise<boolean> {
  const last = history.versions.at(-1);
  if (!last?.trainedIn || resolve(last.trainedIn) !== resolve(trained.path)) return false;
  const known = await sheet(join(run.path, last.folder, 'model'));
  return known !== null && known === (await sheet(trained.model));
}

/** The checksums of a model folder; `null` where it has none. */
function sheet(model: string): Promise<string | null> {
  return readFile(join(model, CHECKSUMS), 'utf8').catch(() => null);
}

async function first(run: RunFolder, now: Date): Promise<RunVersion> {
  return {
    version: 1,
    folder: await keep(run, run, 1),
    decision: 'first',
    decidedAt: now.toISOString(),
    from: null,
    trainedIn: null,
    changed: {},
    comparison: null,
    testSha256: null,
  };
}

/** A whole copy of `source`'s model, config and result. What a killed process left there is not in the history yet. */
async function keep(run: RunFolder, source: RunFolder, version: number): Promise<string> {
  const folder = join(run.path, 'versions', String(version));
  await rm(folder, { recursive: true, force: true });
  await writeOutputFolder(folder, async (place) => {
    await cp(source.model, join(place, 'model'), { recursive: true });
    await verifyFolder(join(place, 'model'));
    for (const part of PARTS) await cp(join(source.path, part), join(place, part));
  });
  return `versions/${version}`;
}

/** The kept version becomes what the run folder holds; checkpoint and steps of the one before go with that one. */
async function putInPlace(run: RunFolder, version: number, before: number | null): Promise<void> {
  const kept = join(run.path, 'versions', String(version));
  await writeFolderAtomically(run.model, async (empty) => {
    for (const name of await readdir(join(kept, 'model'))) {
      if (name !== CHECKSUMS) await cp(join(kept, 'model', name), join(empty, name), { recursive: true });
    }
  });
  for (const part of PARTS) {
    const bytes = await readFile(join(kept, part));
    await writeFileAtomically(join(run.path, part), (file) => writeAll(file, bytes));
  }
  await moveSteps(run, before);
}

async function moveSteps(run: RunFolder, before: number | null): Promise<void> {
  if (before === null) return;
  const last = join(run.path, 'versions', String(before));
  await mkdir(last, { recursive: true });
  for (const own of [run.checkpoint, run.metrics]) {
    const name = own.slice(run.path.length + 1);
    if (existsSync(own) && !existsSync(join(last, name))) await rename(own, join(last, name));
  }
}
