/** @file How nearly the graphs of an export answer as the model does, on records of the run's own test, for its card. */
import { isRecordTask } from '../tasks';
import { type ControlsOptions, measuredRecords } from './export-controls';
import type { FinishedRun } from './finished-run';
import { type OnnxAgreement, onnxAgreements } from './onnx/agreement';
import type { OnnxFile } from './onnx/export-onnx';
import type { TrainedModel } from './trained-model';

/** Records that are compared: enough to see a loss of a few answers in a hundred, and quick. */
export const COMPARED_RECORDS = 200;

/**
 * One a precision of the graphs in `folder`. Nothing for a model that reads no records, and where it was measured on a
 * part of its training file. Throws as `measuredRecords` does.
 */
export async function agreementsOf(
  run: FinishedRun,
  trained: TrainedModel,
  folder: string,
  graphs: readonly OnnxFile[],
  options: ControlsOptions = {},
): Promise<OnnxAgreement[]> {
  if (graphs.length === 0 || !isRecordTask(trained.task)) return [];
  const file = await measuredRecords(run, options);
  if (file === null) return [];
  const precisions = [...new Set(graphs.map(({ precision }) => precision))];
  return onnxAgreements(trained, folder, file, precisions, {
    mostRecords: COMPARED_RECORDS,
    onProgress: (done) => options.onProgress?.('comparing', done, COMPARED_RECORDS),
  });
}
