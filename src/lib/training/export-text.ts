/** @file A trained text-only model as a Hugging Face folder: its text network, its language-model head, its tokenizer. */
import { join } from 'node:path';
import { InputError } from '../errors';
import { type SaveCheckpointOptions, saveTextCheckpoint, type TextHead } from '../text';
import { loadTrainedModel } from './trained-model';

/**
 * Writes the language model of the run in `directory` to `folder`, for `AutoModelForCausalLM` or
 * `AutoModelForMaskedLM` of Python `transformers`. Throws an `InputError` where the run is of another task, or the
 * folder holds something already.
 */
export async function exportLanguageModel(
  directory: string,
  folder: string,
  options: SaveCheckpointOptions = {},
): Promise<void> {
  const { model, task, tokenizer } = await loadTrainedModel(join(directory, 'model'));
  try {
    if (task.name !== 'causal-lm' && task.name !== 'masked-lm') {
      throw new InputError(
        `${directory}: is a ${task.name} model; causal-lm and masked-lm models can be exported so`,
      );
    }
    const weights = await model.parameters.toArrays();
    const heads: TextHead[] = [task.name];
    if (weights.has('cls.seq_relationship.weight')) heads.push('next-sentence', 'pooler');
    await saveTextCheckpoint(folder, { config: model.config.text, weights, tokenizer, heads }, options);
  } finally {
    model.dispose();
  }
}
