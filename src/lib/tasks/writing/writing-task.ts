/**
 * @file A task whose answer is written: a causal network reads prompt and target in one row, an encoder–decoder network
 * the prompt in its encoder and the target in its decoder, and learns the target,
 *
 *     L = −(1/n)·Σ_t log p(y_t | prompt, picture, y_<t)        n: tokens of all targets, ends included
 *
 * (negative log-likelihood, the source document's loss for generation). While it trains the loss on validation records
 * is watched; at the end, and in `evaluate` and `predict`, it writes. Records with `choices` are also asked which of
 * them the model finds likeliest: the total log-probability of each, its end included, decides.
 */
import type { AnyRecord, RecordSet, Task as TaskName } from '../../data';
import { rightAnswers } from '../../data/right-answers';
import { tf } from '../../engine';
import { InputError } from '../../errors';
import { createTextNetwork, type TextConfig } from '../../text';
import type { Examples } from '../examples';
import { nextTokenObjective } from '../language-model/objective';
import type { FittedTask, OutputRows, TaskDefinition, TaskMetric, TaskOptions, WriteOptions } from '../task';
import { encodeWriting } from './encode';
import { type WrittenMetric, writtenMetrics } from './metrics';
import { textFormat } from './text-format';
import { writeAnswers, writtenIds } from './write';

export interface WritingTask<R extends AnyRecord> {
  name: TaskName;
  /** What the model is told in words. */
  prompt(record: R): string;
  /** The field that it learns to write. */
  target: keyof R & string;
  metrics: readonly WrittenMetric[];
}

interface WritingState extends Record<string, unknown> {
  /** Tokens of the longest training target, its end included. */
  longestTarget: number;
}

/** Whether a text network writes token by token. */
export function canWrite(text: TextConfig): boolean {
  const { causal, decoder } = createTextNetwork(text);
  return causal || decoder !== undefined;
}

/** Room for answers somewhat longer than any that was learned from. */
const LONGER = 1.5;

/** Tokens that a finished model writes at most, from the state of its task. */
export function mostTokens(state: Record<string, unknown>): number {
  return Math.ceil(LONGER * (state as WritingState).longestTarget);
}

/** A task definition that also says what it tells the model and what it wants written. */
export interface WritingDefinition<R extends AnyRecord = AnyRecord> extends TaskDefinition<R> {
  prompt(record: R): string;
  target(record: R): string;
}

export function writingTask<R extends AnyRecord>(task: WritingTask<R>): WritingDefinition<R> {
  const targetOf = (record: R): string | null => (record[task.target] as string | undefined) ?? null;
  return {
    name: task.name,
    prompt: task.prompt,
    target: (record) => targetOf(record) ?? '',
    texts: (record) => [task.prompt(record), targetOf(record) ?? ''],
    fit(train, options) {
      const { target } = textFormat(options.tokenizer);
      const longestTarget = train.records.reduce(
        (most, record) => Math.max(most, target(targetOf(record) ?? '').length),
        1,
      );
      return fitted(task, targetOf, { longestTarget }, options);
    },
    restore: (state, options) => fitted(task, targetOf, state as WritingState, options),
  };
}

function fitted<R extends AnyRecord>(
  task: WritingTask<R>,
  targetOf: (record: R) => string | null,
  state: WritingState,
  { text, labelSmoothing }: TaskOptions,
): FittedTask<R> {
  const network = createTextNetwork(text);
  if (!canWrite(text)) {
    throw new InputError(
      `model.text: ${task.name} is written token by token, and a ${text.modelType} sees both sides of a token; use "gpt-small" or "bart-small", or a folder of a network that writes`,
    );
  }
  const objective = nextTokenObjective(task.name, network, labelSmoothing);
  const decode = (examples: Examples<R>, outputs: OutputRows): string[] =>
    writtenIds(outputs.written as OutputRows[string]).map((ids) => examples.tokenizer.decode(ids).trim());

  return {
    ...objective,
    state,
    // Of records without a target nothing is asked.
    outputs: (params, fused, targets) =>
      targets.labels
        ? objective.outputs(params, fused, targets)
        : { count: tf.zeros([fused.pooled.shape[0] as number]) },
    encode: (set, options) =>
      encodeWriting(
        set,
        (record) => ({ prompt: task.prompt(record), target: targetOf(record) }),
        options,
        network.decoder ?? null,
      ),

    async write(examples, options) {
      const prompts = examples.set.records.map((record) => task.prompt(record));
      const maximumTokens = mostTokens(state);
      const written = await writeAnswers(examples as unknown as Examples, {
        ...options,
        prompts,
        maximumTokens,
      });
      return options.decoding ? written : { ...written, ...(await choose(task, examples, options)) };
    },

    predictions: (outputs, examples) =>
      decode(examples, outputs).map((prediction, row) => {
        const choices = choicesOf(examples.set.records[row] as R);
        const chosen = outputs.choice?.data[row] ?? -1;
        return { prediction, ...(chosen >= 0 && choices ? { choice: choices[chosen] as string } : {}) };
      }),

    metrics: (outputs, examples) => [
      ...(outputs.loss ? objective.metrics(outputs) : []),
      ...(outputs.written ? scores(task, examples, decode(examples, outputs), targetOf) : []),
      ...(outputs.choice ? [choiceAccuracy(outputs.choice, examples, targetOf)] : []),
      ...passesPerToken(outputs),
    ],
  };
}

function scores<R extends AnyRecord>(
  { metrics }: WritingTask<R>,
  { set }: Examples<R>,
  predictions: readonly string[],
  targetOf: (record: R) => string | null,
): TaskMetric[] {
  const references = set.records.map((record) => rightAnswers(record, targetOf(record) ?? ''));
  return metrics.flatMap((name) => writtenMetrics(name, predictions, references));
}

function choicesOf(record: AnyRecord): readonly string[] | null {
  const { choices } = record as { choices?: unknown };
  return Array.isArray(choices) && choices.length > 1 ? (choices as string[]) : null;
}

/** `choice` [records] int32: the likeliest of a record's choices, −1 where it has none; nothing where no record has any. */
async function choose<R extends AnyRecord>(
  task: WritingTask<R>,
  examples: Examples<R>,
  { model, batchSize }: WriteOptions,
): Promise<OutputRows> {
  const { set } = examples;
  const asked = set.records.flatMap((record, row) =>
    (choicesOf(record) ?? []).map((choice, index) => ({ row, choice, index })),
  );
  if (asked.length === 0) return {};
  const expanded: RecordSet<R> = {
    ...set,
    records: asked.map(({ row, choice }) => ({ ...(set.records[row] as R), [task.target]: choice })),
    lines: asked.map(({ row }) => set.lines[row] as number),
    pictures: asked.map(({ row }) => set.pictures[row] as string | null),
  };
  const source = examples.like(
    expanded,
    asked.map(({ row }) => row),
  );
  const { loss } = await model.outputs(source, batchSize);
  const data = new Int32Array(set.records.length).fill(-1);
  const least = new Float64Array(set.records.length).fill(Number.POSITIVE_INFINITY);
  for (const [place, { row, index }] of asked.entries()) {
    const value = loss?.data[place] as number;
    if (value >= (least[row] as number)) continue;
    least[row] = value;
    data[row] = index;
  }
  return { choice: { data, rowShape: [] } };
}

/** Rows read for each token written, its end included: what a way of decoding costs. */
function passesPerToken({ passes, tokens }: OutputRows): TaskMetric[] {
  if (!passes || !tokens) return [];
  const [sums, counts] = [Array.from(passes.data), Array.from(tokens.data)];
  const of = (indices: Int32Array) => {
    const total = (values: readonly number[]) =>
      indices.reduce((sum, row) => sum + (values[row] as number), 0);
    return total(sums) / (total(counts) || 1);
  };
  return [{ name: 'passesPerToken', ratio: { sums, counts }, of }];
}

/** Over the records that have choices. */
function choiceAccuracy<R extends AnyRecord>(
  { data }: OutputRows[string],
  { set }: Examples<R>,
  targetOf: (record: R) => string | null,
): TaskMetric {
  const right = set.records.map((record, row) =>
    Number(choicesOf(record)?.[data[row] as number] === targetOf(record)),
  );
  return {
    name: 'choiceAccuracy',
    of(indices) {
      let [sum, count] = [0, 0];
      for (const row of indices) {
        if ((data[row] as number) < 0) continue;
        sum += right[row] as number;
        count += 1;
      }
      return count === 0 ? 0 : sum / count;
    },
  };
}
