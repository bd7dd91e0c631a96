/** @file How nearly the graphs of an export answer as the model does, on records of the run's own test, for its card. */
import { existsSync } from 'node:fs';
import { isRecordTask } from '../tasks';
import type { ControlsOptions } from './export-controls';
import { type FinishedRun, runFiles } from './finished-run';
import { type OnnxAgreement, onnxAgreementOn } from './onnx/agreement';
import type { OnnxFile } from './onnx/export-onnx';
import type { TrainedModel } from './trained-model';

/** Records that are compared: enough to see a loss of a few answers in a hundred, and quick. */
export const COMPARED_RECORDS = 200;

/**
 * One a precision of the graphs in `folder`. Nothing for a model that reads no records, and where the records that the
 * run was measured on are not there any more.
 */
export async function agreementsOf(
  run: FinishedRun,
  trained: TrainedModel,
  folder: string,
  graphs: readonly OnnxFile[],
  options: ControlsOptions = {},
): Promise<OnnxAgreement[]> {
  const files = runFiles(run);
  const file = options.data ?? (run.result.split === 'test' ? files.test : files.validation)?.path;
  if (!isRecordTask(trained.task) || !file || !existsSync(file)) return [];
  const agreements: OnnxAgreement[] = [];
  for (const precision of new Set(graphs.map((graph) => graph.precision))) {
    agreements.push(
      await onnxAgreementOn(trained, folder, file, precision, {
        mostRecords: COMPARED_RECORDS,
        onProgress: (done) => options.onProgress?.(`comparing ${precision}`, done, COMPARED_RECORDS),
      }),
    );
  }
  return agreements;
}
