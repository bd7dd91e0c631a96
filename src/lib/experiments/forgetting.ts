/**
 * @file What fine-tuning did to what pretraining had taught. The fine-tuned text network is put back into the pretrained
 * language model, which keeps its own head, and the pretraining question is asked again of the same text: the loss
 * now, less `pretrainingLoss` of the pretrained run, is what was forgotten, in nats a token. Beside it how far the weights have gone,
 *
 *     ‖θ − θ₀‖ / ‖θ₀‖   over the text network, and the share of its numbers that moved at all.
 */
import { join } from 'node:path';
import { InputError } from '../errors';
import type { ParameterArrays } from '../nn';
import { isLanguageModelTask } from '../tasks/language-model';
import { evaluateModel, loadTrainedModel, saveTrainedModel } from '../training';

/** Loss of the pretraining objective in nats a token, with a 95 % interval. */
export type PretrainingLoss = { value: number; low: number; high: number };

export interface Forgetting {
  /** Of the network with its fine-tuned weights. */
  loss: PretrainingLoss;
  /** ‖θ − θ₀‖ / ‖θ₀‖ of the text network. */
  distance: number;
  /** Share of the text network's numbers that are not to the bit what they were, in [0, 1]. */
  moved: number;
}

/**
 * Compares the run `fineTuned` with the run `pretrained` from which it began, on the text in `file`. The language model
 * with the fine-tuned network is left in `fineTuned`/as-language-model and can be loaded like a run. Throws an
 * `InputError` where `pretrained` is no language model, or the two networks differ in their parameters.
 */
export async function measureForgetting(
  pretrained: string,
  fineTuned: string,
  file: string,
): Promise<Forgetting> {
  const [language, tuned] = [
    await loadTrainedModel(join(pretrained, 'model')),
    await loadTrainedModel(join(fineTuned, 'model')),
  ];
  try {
    if (!isLanguageModelTask(language.task.name)) {
      throw new InputError(
        `${pretrained}: a ${language.task.name} model was not pretrained on text; give the run of a causal-lm or masked-lm`,
      );
    }
    const names = language.model.network.text.specifications().map(({ name }) => name);
    const only = (arrays: ParameterArrays) =>
      new Map([...arrays].filter(([name]) => names.includes(name))) as ParameterArrays;
    const first = only(await language.model.parameters.toArrays());
    const last = only(await tuned.model.parameters.toArrays());
    const change = changeOf(first, last, fineTuned);
    language.model.parameters.load(last, { allowMissing: true });
    const again = join(fineTuned, 'as-language-model');
    await saveTrainedModel(join(again, 'model'), language);
    return { loss: await pretrainingLoss(again, file), ...change };
  } finally {
    language.model.dispose();
    tuned.model.dispose();
  }
}

/** What a language model's run loses on the text in `file`: what `measureForgetting` is compared with. */
export async function pretrainingLoss(run: string, file: string): Promise<PretrainingLoss> {
  return (await evaluateModel(run, file)).metrics.loss as PretrainingLoss;
}

/** How far, and how many numbers, two sets of parameters are apart. */
function changeOf(
  first: ParameterArrays,
  last: ParameterArrays,
  fineTuned: string,
): Pick<Forgetting, 'distance' | 'moved'> {
  let [squares, norm, moved, count] = [0, 0, 0, 0];
  for (const [name, { data }] of first) {
    const other = last.get(name);
    if (!other || other.data.length !== data.length) {
      throw new InputError(
        `${fineTuned}: ${name} is ${other ? 'of another size' : 'missing'}; give a run that began from the pretrained one`,
      );
    }
    for (let i = 0; i < data.length; i++) {
      const [was, is] = [data[i] as number, other.data[i] as number];
      squares += (is - was) ** 2;
      norm += was ** 2;
      moved += Number(is !== was);
    }
    count += data.length;
  }
  return { distance: Math.sqrt(squares / norm), moved: moved / count };
}
