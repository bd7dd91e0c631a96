/** @file A trained classifier on sentences and picture files that stand in no record file. */
import type { ClassificationRecord, RecordSet } from '../data';
import { InputError } from '../errors';
import { isRecordTask, type Prediction } from '../tasks';
import { Examples } from '../tasks/examples';
import { pictureStoreFor } from '../vision';
import type { TrainedModel } from './trained-model';

export interface Sample {
  text: string;
  /** Path of a picture file, or `null` for none. */
  picture: string | null;
}

/** One prediction a sample, in order. Throws an `InputError` where the model is no classifier of texts. */
export async function answerSamples(
  trained: TrainedModel,
  samples: readonly Sample[],
): Promise<Prediction[]> {
  const { task, model, tokenizer } = trained;
  if (!isRecordTask(task) || task.name !== 'classification') {
    throw new InputError(`a ${task.name} model; only a classifier answers sentences without a record file`);
  }
  const set: RecordSet<ClassificationRecord> = {
    task: 'classification',
    file: 'samples',
    records: samples.map(({ text }, i) => ({ id: String(i), text, label: '' })),
    lines: samples.map((_, i) => i + 1),
    pictures: samples.map(({ picture }) => picture),
    sha256: '',
  };
  // Pictures may stand anywhere: these are no records whose file somebody else wrote.
  const { vision, text } = model.network;
  const examples = new Examples(set as unknown as RecordSet, {
    task,
    tokenizer,
    maxLength: text.maxLength,
    imageSize: vision?.imageSize ?? null,
    store: vision ? pictureStoreFor(vision) : undefined,
    unlabelled: true,
  });
  return task.predictions(await model.outputs(examples, samples.length), examples);
}
