/**
 * @file Whether exported files answer as the model does: the same records through ONNX Runtime alone and through the kit,
 * the share that gets the same answer, and how far the logits are apart. Of 8-bit weights that is the quality lost.
 */
import { type RecordSet, readRecords } from '../../data';
import { InputError } from '../../errors';
import { isRecordTask, isWritingTask } from '../../tasks';
import { examplesFor } from '../evaluate';
import type { TrainedModel } from '../trained-model';
import { compareLogits } from './agreement-of-logits';
import { compareTexts } from './agreement-of-texts';
import { ONNX_PRECISIONS, type OnnxPrecision } from './export-onnx';

export interface OnnxAgreement {
  precision: OnnxPrecision;
  records: number;
  /** Share of the answers (of a text that is written: of whole texts; of entities: of tags) that are the kit's. */
  agreement: number;
  /** Of a logit, or of a value in deviations of the training values; `null` for texts that are written. */
  largestDifference: number | null;
  /** Milliseconds that ONNX Runtime took a record, in batches. */
  milliseconds: number;
}

export interface AgreementOptions {
  /** Of a file only the first so many are compared. */
  mostRecords?: number;
  batchSize?: number;
  onProgress?: (done: number) => void;
}

export type Compared = Pick<OnnxAgreement, 'agreement' | 'largestDifference' | 'milliseconds'>;

/**
 * How nearly the files in `folder`/onnx answer as the model on the records of `file`, one for each precision. Throws an
 * `InputError` where the model reads no records, and what ONNX Runtime throws where a file cannot be run.
 */
export async function onnxAgreements(
  trained: TrainedModel,
  folder: string,
  file: string,
  precisions: readonly OnnxPrecision[] = ONNX_PRECISIONS,
  options: AgreementOptions = {},
): Promise<OnnxAgreement[]> {
  const { task } = trained;
  if (!isRecordTask(task)) throw new InputError(`a ${task.name} model reads running text and no records`);
  const all = (await readRecords(file, task.name)) as RecordSet;
  const set = firstRecords(all, options.mostRecords ?? all.records.length);
  const examples = await examplesFor({ ...trained, task }, set);
  const compare = isWritingTask(task.name) ? compareTexts : compareLogits;
  const compared = await compare(trained, folder, examples, precisions, options);
  return compared.map((one, i) => ({
    precision: precisions[i] as OnnxPrecision,
    records: examples.count,
    ...one,
  }));
}

function firstRecords(set: RecordSet, most: number): RecordSet {
  const [records, lines, pictures] = [set.records, set.lines, set.pictures].map((all) => all.slice(0, most));
  return { ...set, records, lines, pictures } as RecordSet;
}
