/** @file A trained model on a record file: metrics under a picture condition, or predictions. */
import { join } from 'node:path';
import {
  type AnyRecord,
  type Condition,
  checkRecords,
  type RecordSet,
  readRecords,
  readUnlabelledRecords,
} from '../data';
import { type DecodingWay, decodingText } from '../decoding';
import { InputError } from '../errors';
import {
  type FittedTask,
  isRecordTask,
  type LanguageModelSettings,
  type LanguageModelTask,
  languageModelBlocks,
  type Objective,
  type OutputRows,
  type Prediction,
  type WritingCost,
} from '../tasks';
import { Examples } from '../tasks/examples';
import type { BatchSource, OwnedSource } from '../tasks/source';
import { pictureStoreFor } from '../vision';
import { type Metrics, metricIntervals } from './evaluation';
import { tokenStream } from './prepare-language-model';
import { loadTrainedModel, type TrainedModel } from './trained-model';

/** What a model is shown of records, and how it is run. */
export interface AnswerOptions {
  condition?: Condition;
  /** For conditions that draw lots, and for the bootstrap. */
  seed?: number;
  batchSize?: number;
  /** 0 or 1 in place of what a relevance gate says. */
  forcedRelevance?: 0 | 1 | null;
  onProgress?: (activity: string, done: number, total: number | null) => void;
}

export interface EvaluateOptions extends AnswerOptions {
  /** How answers are decoded, of tasks that write; greedily and plainly by default. Only what is written is measured then. */
  decoding?: DecodingWay | null;
  /** Changes what the model reads of each record, for controls; its answer must stay. Refused for tasks without records. */
  changed?: (record: AnyRecord) => AnyRecord;
  /** Field of the records whose equal values make a cluster of the intervals; the group by default. */
  cluster?: string;
}

export interface Evaluation {
  task: string;
  records: number;
  condition: Condition;
  /** How answers were decoded, as `decodingText` writes it; absent where that was not asked for. */
  decoding?: string;
  metrics: Metrics;
}

/** What a model answers on records under one condition. */
export interface Answered {
  task: Objective;
  source: BatchSource;
  outputs: OutputRows;
  condition: Condition;
  /** While it is scored; its caller's afterwards. */
  trained: TrainedModel;
  /** `null` where nothing was written. */
  writing: WritingCost | null;
}

/** Metrics with 95 % intervals of the run in `directory` on the records of `file`. */
export async function evaluateModel(
  directory: string,
  file: string,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { seed = 1, cluster, decoding } = options;
  const way = decoding ? { decoding: decodingText(decoding) } : {};
  const score = ({ task, source, outputs, condition }: Answered): Evaluation => {
    const metrics = metricIntervals(task, outputs, source, { seed, cluster });
    return { task: task.name, records: source.count, condition, ...way, metrics };
  };
  return (await answerUnder([options], directory, file, score, options))[0] as Evaluation;
}

/** Asks one loaded model under several conditions in turn, and gives what `score` makes of its answers. */
export async function answerUnder<T>(
  conditions: readonly Pick<EvaluateOptions, 'condition' | 'forcedRelevance' | 'changed' | 'decoding'>[],
  directory: string,
  file: string,
  score: (answered: Answered, index: number) => T | Promise<T>,
  options: EvaluateOptions & { signal?: AbortSignal; onLoaded?: (trained: TrainedModel) => void } = {},
): Promise<T[]> {
  const { seed = 1, batchSize = 256, onProgress } = options;
  const trained = await loadTrainedModel(join(directory, 'model'));
  try {
    options.onLoaded?.(trained);
    const results: T[] = [];
    for (const [index, { condition = 'right', forcedRelevance, changed, decoding }] of conditions.entries()) {
      options.signal?.throwIfAborted();
      const { source, dispose } = await sourceFor(trained, file, {
        ...options,
        condition,
        forcedRelevance,
        changed,
        seed,
      });
      try {
        let writing: WritingCost | null = null;
        const outputs = await trained.model.allOutputs(source, {
          tokenizer: trained.tokenizer,
          batchSize,
          onWritten: (cost) => {
            writing = cost;
          },
          decoding: decoding && { ...decoding, seed, knowsNoPicture: trained.knowsNoPicture },
          onProgress: (done) => onProgress?.('evaluating', done, source.count),
        });
        results.push(
          await score({ task: trained.task, source, outputs, condition, trained, writing }, index),
        );
      } finally {
        dispose();
      }
    }
    return results;
  } finally {
    trained.model.dispose();
  }
}

/** One prediction a record, in order; the records may lack their target. */
export async function predictRecords(
  directory: string,
  file: string,
  options: AnswerOptions = {},
): Promise<({ id: string } & Prediction)[]> {
  const { condition = 'right', seed = 1, batchSize = 256, onProgress } = options;
  const trained = await loadTrainedModel(join(directory, 'model'));
  try {
    const { task } = trained;
    if (!isRecordTask(task)) {
      throw new InputError(
        `${directory}: a ${task.name} model gives no prediction a record; evaluate it instead`,
      );
    }
    const set = (await readUnlabelledRecords(file, task.name)) as RecordSet;
    const examples = await examplesFor({ ...trained, task }, set, {
      ...options,
      condition,
      seed,
      unlabelled: true,
    });
    const outputs = await trained.model.allOutputs(examples, {
      tokenizer: trained.tokenizer,
      batchSize,
      onProgress: (done) => onProgress?.('predicting', done, examples.count),
    });
    const { relevance } = outputs;
    return task.predictions(outputs, examples).map((prediction, row) => ({
      id: (set.records[row] as AnyRecord & { id: string }).id,
      ...prediction,
      ...(relevance && set.pictures[row] !== null ? { relevance: relevance.data[row] as number } : {}),
    }));
  } finally {
    trained.model.dispose();
  }
}

/** The file as the model's task reads it: records, or text in blocks. */
async function sourceFor(
  trained: TrainedModel,
  file: string,
  options: EvaluateOptions,
): Promise<OwnedSource> {
  const { task, tokenizer } = trained;
  if (isRecordTask(task)) {
    const read = (await readRecords(file, task.name)) as RecordSet;
    const set = options.changed ? { ...read, records: read.records.map(options.changed) } : read;
    return { source: await examplesFor({ ...trained, task }, set, options), dispose: () => {} };
  }
  if ((options.condition ?? 'right') !== 'right' || (options.forcedRelevance ?? null) !== null) {
    throw new InputError(
      `${file}: ${task.name} reads plain text, and no picture; leave the condition and the gate out`,
    );
  }
  if (options.changed) {
    throw new InputError(`${file}: ${task.name} reads plain text; there is no record that could be changed`);
  }
  const settings = task.state as unknown as LanguageModelSettings;
  const stream = await tokenStream(file, tokenizer, {
    sentences: settings.sentencePairs !== 'none',
    onProgress: (tokens) => options.onProgress?.('tokens', tokens, null),
  });
  const source = languageModelBlocks(task.name as LanguageModelTask, stream, settings, {
    tokenizer,
    learns: false,
  });
  return { source, dispose: () => stream.dispose() };
}

/** Records as the model of a run takes them. */
export async function examplesFor(
  { model, task, tokenizer, statistics }: TrainedModel & { task: FittedTask },
  set: RecordSet,
  options: AnswerOptions & { unlabelled?: boolean } = {},
): Promise<Examples> {
  const imageSize = model.network.vision?.imageSize ?? null;
  const { contentKeys } = await checkRecords(set, {
    onProgress: (done, total) => options.onProgress?.('checking pictures', done, total),
  });
  return new Examples(set, {
    task,
    tokenizer,
    maxLength: model.network.text.maxLength,
    imageSize,
    store: model.network.vision ? pictureStoreFor(model.network.vision) : undefined,
    contentKeys,
    statistics,
    condition: options.condition,
    seed: options.seed,
    unlabelled: options.unlabelled,
    forcedRelevance: options.forcedRelevance,
  });
}
