/** @file What a run that goes on from a finished one begins with: its weights, its labels, its tokenizer, its network. */
import { join, resolve } from 'node:path';
import type { AnyRecord, RecordSet } from '../data';
import { InputError } from '../errors';
import type { GuidedNetworkConfig } from '../fusion';
import { type FittedTask, isWritingTask, type TaskDefinition, type TaskOptions } from '../tasks';
import type { Tokenizer } from '../text';
import type { TrainConfig } from './config';
import type { PrepareOptions } from './prepared';
import type { PretrainedText } from './pretrained-text';
import { loadTrainedModel } from './trained-model';

export interface ContinuedModel {
  /** All of the model's weights, and its tokenizer. */
  text: PretrainedText;
  networks: GuidedNetworkConfig;
  knowsNoPicture: boolean;
  /** The task as the earlier run fitted it. Labels that it does not know are refused where records are encoded. */
  task(
    definition: TaskDefinition,
    train: RecordSet<AnyRecord>,
    options: TaskOptions & { tokenizer: Tokenizer },
  ): FittedTask;
}

/** The model of the run `config.from`. Throws an `InputError` where it is of another task, or classes would be weighed anew. */
export async function continuedModel(
  config: TrainConfig,
  { folder }: PrepareOptions,
): Promise<ContinuedModel> {
  const place = join(resolve(folder, config.from as string), 'model');
  if (config.training.classWeights) {
    throw new InputError(
      'training.classWeights: a run that is gone on from keeps its labels, and weighs none of them; set it to null',
    );
  }
  const { model, task, tokenizer, knowsNoPicture } = await loadTrainedModel(place);
  try {
    if (task.name !== config.task) {
      throw new InputError(`${place}: is a ${task.name} model, and the config's task is ${config.task}`);
    }
    const arrays = await model.parameters.toArrays();
    return {
      text: { folder: place, config: model.config.text, tokenizer, arrays },
      networks: model.config,
      knowsNoPicture,
      task: (definition, train, options) =>
        definition.restore(stateAfter(task.name, task.state, definition, train, options), options),
    };
  } finally {
    model.dispose();
  }
}

/** A model that writes or finds answers may meet longer ones than before; all else is as it was learned. */
function stateAfter(
  name: string,
  state: Record<string, unknown>,
  definition: TaskDefinition,
  train: RecordSet<AnyRecord>,
  options: TaskOptions & { tokenizer: Tokenizer },
): Record<string, unknown> {
  if (!isWritingTask(name)) return state;
  const anew = definition.fit(train, options).state; // lengths, all of them
  return Object.fromEntries(
    Object.entries(state).map(([key, length]) => [key, Math.max(length as number, anew[key] as number)]),
  );
}
