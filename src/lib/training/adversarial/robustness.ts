/**
 * @file Robustness: the metrics of a trained model on records perturbed against it, over the radius ε of the ball. At
 * ε = 0 they are those of the records as they are. The attack knows the model and the right answers (white box).
 */
import { join } from 'node:path';
import { parseConfig } from '../../config-issues';
import { type RecordSet, readRecords } from '../../data';
import { compile } from '../../engine';
import { InputError } from '../../errors';
import { isRecordTask } from '../../tasks';
import { outputsOf } from '../../tasks/guided-model';
import type { Batch } from '../../tasks/source';
import { type AdversarialConfig, adversarialConfigSchema } from '../config';
import { type AnswerOptions, examplesFor } from '../evaluate';
import { type Metrics, metricIntervals } from '../evaluation';
import { loadTrainedModel } from '../trained-model';
import { attackOf, worstDelta } from './attack';
import { checkPerturbed, lossAt, perturbed, perturbedShape } from './perturbed-loss';

export interface RobustnessOptions extends AnswerOptions {
  /** Field of the records whose equal values make a cluster of the intervals; the group by default. */
  cluster?: string;
  /** How the records are perturbed; ε comes from the list. */
  attack?: Partial<Omit<AdversarialConfig, 'epsilon'>>;
}

export interface RobustnessPoint {
  epsilon: number;
  /** With 95 % intervals, as `evaluateModel` has them. */
  metrics: Metrics;
}

/**
 * The metrics of the run in `directory` on the records of `file`, for each radius of `epsilons` (0 and more). The
 * perturbation begins at 0, so that nothing is drawn. Throws an `InputError` where the model has no records, or the
 * attack does not fit it.
 */
export async function robustnessCurve(
  directory: string,
  file: string,
  epsilons: readonly number[],
  options: RobustnessOptions = {},
): Promise<RobustnessPoint[]> {
  const { attack = {}, seed = 1, batchSize = 256, cluster, onProgress } = options;
  const trained = await loadTrainedModel(join(directory, 'model'));
  const { model, task } = trained;
  try {
    if (!isRecordTask(task)) {
      throw new InputError(
        `${directory}: a ${task.name} model reads no records; there is nothing to perturb`,
      );
    }
    checkPerturbed(model, attack.on ?? 'embeddings');
    const set = (await readRecords(file, task.name)) as RecordSet;
    const examples = await examplesFor({ ...trained, task }, set, { ...options, seed });
    const points: RobustnessPoint[] = [];
    for (const epsilon of epsilons) {
      const compute = epsilon === 0 ? null : { ...attack, epsilon };
      const outputs = compute
        ? await attackedOutputs(
            model,
            examples,
            batchSize,
            parseConfig(adversarialConfigSchema, compute, 'attack'),
          )
        : await model.outputs(examples, batchSize);
      points.push({ epsilon, metrics: metricIntervals(task, outputs, examples, { seed, cluster }) });
      onProgress?.('perturbing', points.length, epsilons.length);
    }
    return points;
  } finally {
    model.dispose();
  }
}

async function attackedOutputs(
  model: Awaited<ReturnType<typeof loadTrainedModel>>['model'],
  examples: Awaited<ReturnType<typeof examplesFor>>,
  batchSize: number,
  config: AdversarialConfig,
) {
  const scope = () => model.parameters;
  const step = compile(
    (inputs: Batch['inputs'], targets: Batch['targets']) => {
      const loss = lossAt(model, { inputs, targets }, scope, config.on);
      const delta = worstDelta(loss, perturbedShape(model, inputs, config.on), attackOf(config));
      const read = perturbed(model, inputs, scope(), config.on, delta);
      return model.outputTensors(read.inputs, targets, read.params);
    },
    { state: model.parameters.variables(), name: 'outputs under attack' },
  );
  try {
    return await outputsOf(examples, batchSize, step);
  } finally {
    step.dispose();
  }
}
