/**
 * @file The life after training: a finished run goes on learning from new records, in a run folder of its own; then both
 * models answer the frozen test records, and the new one takes the place of the old one where it is not worse by its
 * paired interval. Both are kept (`versions/`), with what changed (`history.json`).
 */

import { InputError } from '../errors';
import type { TrainConfig } from './config';
import { type ComparisonOptions, compareModels, type ModelComparison } from './continue-comparison';
import { changes, continuedConfig } from './continue-config';
import { readFinishedRun, runFiles } from './finished-run';
import { RunFolder, type RunResult } from './run-folder';
import { type TrainCall, train } from './train';
import { addVersion, type RunHistory, settleVersions } from './versions-of-run';

export interface ContinueCall extends TrainCall, Pick<ComparisonOptions, 'margin'> {}

export interface ContinuedRun {
  result: RunResult;
  comparison: ModelComparison;
  history: RunHistory;
}

/**
 * Goes on from the finished run in `from`, by the config `written` (its paths start at `options.folder`), in the run
 * folder `out`. Throws as `train` does, and an `InputError` where `from` is not finished, the config wants another model,
 * or the test records are not those that `from` was tested on.
 */
export async function continueRun(
  written: unknown,
  from: string,
  out: string,
  options: ContinueCall = {},
): Promise<ContinuedRun> {
  const { folder = process.cwd(), configName: name = 'the config', margin, ...call } = options;
  await settleVersions(new RunFolder(from));
  const old = await readFinishedRun(from);
  const { config, test } = continuedConfig(written, old, { folder, name });
  const result = await train(config, out, {
    ...call,
    folder,
    configName: name,
    onPrepared: async (prepared) => {
      refuseOtherTest(prepared.dataHashes[test.path], test, old.folder.path);
      await options.onPrepared?.(prepared);
    },
  });
  const done = await readFinishedRun(out);
  const comparison = await compareModels(from, out, test.path, {
    margin,
    batchSize: done.config.training.evaluationBatchSize,
    onProgress: options.onProgress,
  });
  const history = await addVersion(old.folder, done.folder, {
    decision: comparison.notWorse ? 'taken' : 'refused',
    changed: { ...changesOf(old.config, done.config), ...changes(hashesOf(old), hashesOf(done), 'files') },
    comparison,
    testSha256: done.result.dataHashes[test.path] ?? null,
  });
  // Told a second time, it is what was decided that counts: by now the run may hold the new model itself.
  return { result, comparison: history.versions.at(-1)?.comparison ?? comparison, history };
}

function refuseOtherTest(
  found: string | undefined,
  test: { path: string; sha256: string | null },
  run: string,
): void {
  if (test.sha256 === null || found === test.sha256) return;
  throw new InputError(
    `${test.path}: not the test records that ${run} was tested on (SHA-256 ${found?.slice(0, 12)}…, expected ${test.sha256.slice(0, 12)}…): ` +
      'old and new are compared on the same; leave data.test out, or bring the file back',
  );
}

/** Settings that differ, but for where the run came from. */
function changesOf(before: TrainConfig, after: TrainConfig): Record<string, [unknown, unknown]> {
  const { from: _, ...was } = before;
  const { from: __, ...is } = after;
  return changes(was, is);
}

const hashesOf = (run: Parameters<typeof runFiles>[0]) =>
  Object.fromEntries(Object.entries(runFiles(run)).map(([part, file]) => [part, file?.sha256 ?? null]));
