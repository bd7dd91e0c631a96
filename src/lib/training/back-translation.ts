/**
 * @file Back-translation (Sennrich et al. 2016; as augmentation Yu et al. 2018): a text translated by one trained model
 * and back by another says the same in other words. Both are runs of this kit that write (`translation`, say), and may
 * be one model that knows both directions. Left out: sampling; both write greedily.
 */
import { join } from 'node:path';
import type { AnyRecord, RecordSet, Task, TranslationRecord } from '../data';
import { InputError } from '../errors';
import { type FittedTask, isRecordTask, textFormat } from '../tasks';
import { examplesFor } from './evaluate';
import { loadTrainedModel, type TrainedModel } from './trained-model';

export interface BackTranslationOptions {
  /** Run folder of the model that translates the texts. */
  there: string;
  /** Run folder of the model that translates them back. */
  back: string;
  /** Absolute path of each text's picture, for models that look; all `null` unless given. */
  pictures?: readonly (string | null)[];
  batchSize?: number;
  onProgress?: (activity: string, done: number, total: number) => void;
  /** Hears of how many texts what the first model wrote is too long for the second, where any is: they have no text. */
  onTooLong?: (count: number) => void;
}

export interface BackTranslated {
  /** What the first model wrote. */
  through: string;
  /** What the second wrote of that; '' where it was too long to be read. */
  text: string;
}

/** Every text there and back, in order. Throws an `InputError` where a run is no translation model. */
export async function backTranslate(
  texts: readonly string[],
  options: BackTranslationOptions,
): Promise<BackTranslated[]> {
  const through = await translate(texts, options.there, 'translating', options);
  const back = await translate(through, options.back, 'translating back', options, true);
  return through.map((one, i) => ({ through: one, text: back[i] as string }));
}

/**
 * Records with `field` in the words of its back-translation, under new ids and in the groups of the old ones, so that no
 * split parts them. Those that came back as they were, or empty, or not at all (`onTooLong`) are left out; a record whose
 * answer is a part of its text is the caller's to check.
 */
export async function backTranslatedRecords<R extends AnyRecord & { id: string }>(
  records: readonly R[],
  field: keyof R & string,
  options: BackTranslationOptions,
): Promise<R[]> {
  const written = await backTranslate(
    records.map((record) => String(record[field])),
    options,
  );
  return records.flatMap((record, i) => {
    const { text } = written[i] as BackTranslated;
    if (text === '' || text === record[field]) return [];
    return [
      { ...record, id: `${record.id}-back-translated`, group: record.group ?? record.id, [field]: text },
    ];
  });
}

/** @param leavesOut whether a text that is too long has the translation ''; else it throws an `InputError`. */
async function translate(
  texts: readonly string[],
  directory: string,
  activity: string,
  { pictures, batchSize = 64, onProgress, onTooLong }: BackTranslationOptions,
  leavesOut = false,
): Promise<string[]> {
  const trained = await loadTrainedModel(join(directory, 'model'));
  const { model, task, tokenizer } = trained;
  try {
    if (task.name !== 'translation' || !isRecordTask(task)) {
      throw new InputError(
        `${directory}: is a ${task.name} model; back-translation wants two of the task translation`,
      );
    }
    const format = textFormat(tokenizer);
    const { maxLength } = model.network.text;
    const rows = [...texts.keys()].filter(
      (row) => !leavesOut || format.prompt(texts[row] as string).length <= maxLength,
    );
    if (rows.length < texts.length) onTooLong?.(texts.length - rows.length);
    if (rows.length === 0) return texts.map(() => '');
    const set: RecordSet<TranslationRecord> = {
      task: task.name as Task,
      file: directory,
      records: rows.map((row) => ({ id: String(row), source: texts[row] as string, target: '?' })),
      lines: rows.map((row) => row + 1),
      pictures: rows.map((row) => pictures?.[row] ?? null),
      sha256: '',
    };
    const fitted = task as FittedTask;
    const examples = await examplesFor(
      { ...trained, task: fitted } as TrainedModel & { task: FittedTask },
      set,
      {
        unlabelled: true,
      },
    );
    const outputs = await model.allOutputs(examples, {
      tokenizer,
      batchSize,
      onProgress: (done) => onProgress?.(activity, done, rows.length),
    });
    const written = texts.map(() => '');
    for (const [place, { prediction }] of fitted.predictions(outputs, examples).entries())
      written[rows[place] as number] = prediction;
    return written;
  } finally {
    model.dispose();
  }
}
