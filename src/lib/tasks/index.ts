/** @file Tasks: records → batches → head and loss → metric; one file a task. */
import type { AnyRecord, Task as TaskName } from '../data';
import { InputError } from '../errors';
import { classification } from './classification';
import type { TaskDefinition } from './task';

export { type GuidedInputs, GuidedNetwork, type GuidedNetworkConfig } from './guided-network';
export * as metrics from './metrics';
export type {
  FittedTask,
  OutputRows,
  Prediction,
  TargetArray,
  TargetTensors,
  TaskDefinition,
  TaskMetric,
  TaskOptions,
} from './task';

const definitions: readonly TaskDefinition[] = [classification as unknown as TaskDefinition];

/** The task of that name. Throws an `InputError` that lists those there are. */
export function taskNamed(name: TaskName): TaskDefinition<AnyRecord> {
  const found = definitions.find((task) => task.name === name);
  if (found) return found;
  throw new InputError(
    `task ${name}: cannot be trained yet; these can: ${definitions.map((task) => task.name).join(', ')}`,
  );
}
