/** @file Tasks: records → batches → head and loss → metric; one file a task. */
import type { AnyRecord, Task as TaskName } from '../data';
import { InputError } from '../errors';
import { createTextNetwork } from '../text';
import { classification } from './classification';
import { isLanguageModelTask, type LanguageModelSettings, languageModelObjective } from './language-model';
import { ner } from './ner';
import { regression } from './regression';
import { relation } from './relation';
import type { FittedTask, Objective, TaskDefinition, TaskOptions } from './task';
import { writingTasks } from './writing';

export type { ClassWeights } from './class-weights';
export * from './language-model';
export * as metrics from './metrics';
export type { Batch, BatchSource } from './source';
export type {
  FittedTask,
  HeadLoss,
  Objective,
  OutputRows,
  Prediction,
  TargetArray,
  TargetTensors,
  TaskDefinition,
  TaskMetric,
  TaskOptions,
  WriteOptions,
  WritingCost,
} from './task';
export {
  isWritingTask,
  mostTokens,
  type TextFormat,
  textFormat,
  type WritingDefinition,
  writingTaskNamed,
} from './writing';

const definitions = [
  classification,
  ner,
  relation,
  regression,
  ...writingTasks,
] as unknown as readonly TaskDefinition[];

/** Whether a task reads records, as `taskNamed` gives them; pretraining reads running text. */
export function isRecordTask(task: Objective): task is FittedTask {
  return 'predictions' in task;
}

/** The objective of a saved model: a record task from its state, or a language model over the text network. */
export function restoreObjective(
  name: TaskName,
  state: Record<string, unknown>,
  options: TaskOptions,
): Objective {
  if (!isLanguageModelTask(name)) return taskNamed(name).restore(state, options);
  const settings = state as unknown as LanguageModelSettings;
  return languageModelObjective(name, createTextNetwork(options.text), settings);
}

/** The task of that name. Throws an `InputError` that lists those there are. */
export function taskNamed(name: TaskName): TaskDefinition<AnyRecord> {
  const found = definitions.find((task) => task.name === name);
  if (found) return found;
  throw new InputError(
    `task ${name}: cannot be trained yet; these can: ${[...definitions.map((task) => task.name), 'causal-lm', 'masked-lm'].join(', ')}`,
  );
}
