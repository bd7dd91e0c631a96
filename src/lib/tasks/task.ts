/**
 * @file What a task is: how its records become text and targets, which head and loss they want, how outputs become
 * predictions and scores. One file a task implements it; the trainer, evaluation and prediction know only this.
 */

import type { AnyRecord, RecordSet, Task as TaskName } from '../data';
import type { DecodingWay } from '../decoding';
import type { tf } from '../engine';
import type { FusionOutput } from '../fusion';
import type { ForwardOptions, ParameterScope, ParameterSpecification } from '../nn';
import type { TextConfig, Tokenizer } from '../text';
import type { ClassWeights } from './class-weights';
import type { Examples } from './examples';
import type { GuidedModel } from './guided-model';
import type { BatchSource } from './source';

/** Numbers of one kind for each record: int32 or float32 [records, ...rowShape]. */
export interface TargetArray {
  data: Int32Array | Float32Array;
  rowShape: number[];
}

/** Tensors of a batch, by the names under which `targets` gave the arrays. */
export type TargetTensors = { [name: string]: tf.Tensor };

/** Outputs of one record, as the graph gives them: row-major numbers [..] by name. */
export type OutputRows = { [name: string]: { data: Float32Array | Int32Array; rowShape: number[] } };

export interface Prediction {
  prediction: string;
  /** The likeliest of the record's `choices`, where it has any. */
  choice?: string;
  /** What a relevance gate says of the picture. */
  relevance?: number;
  probabilities?: Record<string, number>;
}

/** A named metric over any selection of records, so that it can be resampled. */
export interface TaskMetric {
  name: string;
  /** One number a record whose mean is the metric; the fast way, where there is one. */
  values?: Float64Array;
  /** Two numbers a record, where the metric is Σ sums / Σ counts, and 0 where Σ counts is 0. */
  ratio?: { sums: readonly number[]; counts: readonly number[] };
  /** The metric of the records at `indices` (which may repeat). */
  of(indices: Int32Array): number;
}

/** What a model is trained for: head, loss, outputs and metrics, on batches of some source. */
export interface Objective<S extends BatchSource = BatchSource> {
  readonly name: TaskName;
  /** What is needed to make this again: goes into the model folder as JSON. */
  readonly state: Record<string, unknown>;
  /** The metric that early stopping watches. */
  readonly mainMetric: { name: string; direction: 'larger' | 'smaller' };
  /** Head parameters over states of width `width`. */
  specifications(width: number): ParameterSpecification[];
  /** Mean loss []. */
  loss(
    params: ParameterScope,
    fused: FusionOutput,
    targets: TargetTensors,
    options: ForwardOptions,
  ): tf.Tensor;
  /** What is computed for each row when the model is used: first axis B. There may be no targets: for prediction. */
  outputs(params: ParameterScope, fused: FusionOutput, targets: TargetTensors): { [name: string]: tf.Tensor };
  /**
   * What an exported model gives: logits of classes [B, C], of tags [B, T, C]; or values [B, 1]. `targets` holds what
   * `spans` name.
   */
  logits?(params: ParameterScope, fused: FusionOutput, targets: TargetTensors): tf.Tensor;
  /** Masks of tokens [B, T] int32 that are told with the text. */
  readonly spans?: readonly string[];
  /** Metrics of the outputs of all rows; of what was written only where `write` has been asked. */
  metrics(outputs: OutputRows, source: S): TaskMetric[];
  /** What the model writes for each row: further outputs, of tasks whose answer is written. Too slow for every epoch. */
  write?(source: S, options: WriteOptions): Promise<OutputRows>;
}

/** How answers are decoded, where it is not greedily and plainly. */
export interface Decoding extends DecodingWay {
  /** Whether the model learned to do without a picture: what some rules contrast with. */
  knowsNoPicture: boolean;
  /** Of what a rule draws. */
  seed: number;
}

export interface WriteOptions {
  model: GuidedModel;
  tokenizer: Tokenizer;
  batchSize: number;
  decoding?: Decoding | null;
  /** Hears how many rows are done. */
  onProgress?: (done: number) => void;
  /** Hears what all that was written has taken. */
  onWritten?: (cost: WritingCost) => void;
}

/** What it took to write some answers, in batches. */
export interface WritingCost {
  /** Rows that the network read to choose a token; of plain decoding one a token. */
  passes: number;
  /** That were written, ends included. */
  tokens: number;
  /** Tokens written in a second; the first batch, which compiles, is left out where there are others. */
  tokensPerSecond: number;
}

/** Records as a network reads them: arrays of one row a record. */
export interface EncodedRecords {
  /** `ids`, `mask`, … of `GuidedTextInputs`, int32 [records, T]. */
  inputs: Record<string, TargetArray>;
  targets: Record<string, TargetArray>;
}

export interface EncodeOptions {
  tokenizer: Tokenizer;
  /** Longest text in tokens that the network takes. */
  maxLength: number;
  /** Without targets: for prediction. */
  unlabelled: boolean;
}

/** A task on records, with what it learned from its training records (the labels, say). */
export interface FittedTask<R extends AnyRecord = AnyRecord> extends Objective<Examples<R>> {
  /** Throws an `InputError` with file and line where a record cannot be encoded. */
  encode(set: RecordSet<R>, options: EncodeOptions): EncodedRecords;
  /** Predictions from the outputs of all records. */
  predictions(outputs: OutputRows, examples: Examples<R>): Prediction[];
}

export type HeadLoss = 'cross-entropy' | 'binary-cross-entropy' | 'mean-squared-error';

/** How a classification is put to a language model (prompted-classification.ts). */
export interface Prompt {
  /** With `{text}` and `{mask}`. */
  template: string;
  /** The word that stands for each label (the verbalizer). */
  words: Record<string, string>;
}

export interface TaskOptions {
  head: { loss: HeadLoss; dropout: number; prompt?: Prompt | null };
  labelSmoothing: number;
  /** Of tasks with labels, while they learn. */
  classWeights?: ClassWeights | null;
  /** Of the network that reads. */
  text: TextConfig;
  /** Of tasks with labels: all training records, where they learn from some of them. What is never seen is a label too. */
  whole?: readonly AnyRecord[];
}

export interface TaskDefinition<R extends AnyRecord = AnyRecord> {
  readonly name: TaskName;
  /** Whether it chooses among classes, which can be weighed (`training.classWeights`). */
  readonly hasClasses?: boolean;
  /** Every text of a record, targets too: what a tokenizer learns from. */
  texts(record: R): readonly string[];
  /** Learns what the task needs to know from the training records. Throws an `InputError` where they do not do. */
  fit(train: RecordSet<R>, options: TaskOptions & { tokenizer: Tokenizer }): FittedTask<R>;
  restore(state: Record<string, unknown>, options: TaskOptions): FittedTask<R>;
}
