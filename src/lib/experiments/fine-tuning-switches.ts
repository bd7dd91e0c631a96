/**
 * @file One fine-tuning, many ways: the same pretrained network, records, seed and steps; only what is named differs.
 * Each way is a set of dotted paths into the train config, as an ablation has them.
 */
import { join } from 'node:path';
import type { LearningRun } from '../figures';
import { type Prepared, type TrainConfigInput, train } from '../training';
import { metricValues } from '../training/evaluation';
import { type JsonObject, type JsonValue, withPath } from './ablation/paths';
import { CurveRecorder } from './curve-recorder';
import { type Forgetting, measureForgetting } from './forgetting';

export interface SwitchesPlan {
  /** The config that every way begins with; its `model.text` is the pretrained run. It names test records. */
  base: TrainConfigInput;
  /** For each way the dotted paths that differ: `{ 'training.lora': true }`. */
  ways: Readonly<Record<string, Readonly<Record<string, JsonValue>>>>;
  /** Run folders go to `out`/way. */
  out: string;
  /** To measure forgetting: the pretrained run and a text that it was not trained on. */
  pretrained: string;
  text: string;
}

export interface SwitchedRun {
  name: string;
  out: string;
  /** On the test records, before the first step. */
  accuracyBefore: number;
  /** On the test records, of the weights that were kept, with a 95 % interval. */
  accuracy: { value: number; low: number; high: number };
  seconds: number;
  run: LearningRun;
  /** `null` for a network that did not begin from the pretrained one. */
  forgetting: Forgetting | null;
}

/** Trains one after the other, in the order of `ways`. */
export async function fineTuneWith(plan: SwitchesPlan): Promise<SwitchedRun[]> {
  const runs: SwitchedRun[] = [];
  for (const [name, settings] of Object.entries(plan.ways)) {
    const config = Object.entries(settings).reduce(
      (made, [path, value]) => withPath(made, path, value),
      plan.base as unknown as JsonObject,
    ) as unknown as TrainConfigInput;
    const out = join(plan.out, name.replace(/[^\p{L}\p{N}.]+/gu, '-'));
    const recorder = new CurveRecorder(name, 'other', 'accuracy');
    let accuracyBefore = Number.NaN;
    const result = await train(config, out, {
      onPrepared: async (prepared) => {
        const [validation, test] = [
          await accuracyOf(prepared, 'validation'),
          await accuracyOf(prepared, 'test'),
        ];
        recorder.run.points.push({ step: 0, validation });
        accuracyBefore = test;
      },
      onEvent: (event) => recorder.note(event),
    });
    const began = config.model?.text === plan.base.model?.text;
    runs.push({
      name,
      out,
      accuracyBefore,
      accuracy: result.metrics.accuracy as SwitchedRun['accuracy'],
      seconds: result.seconds,
      run: recorder.run,
      forgetting: began ? await measureForgetting(plan.pretrained, out, plan.text) : null,
    });
  }
  return runs;
}

async function accuracyOf({ model, task, config, ...sets }: Prepared, part: 'validation' | 'test') {
  const source = sets[part] as Prepared['validation'];
  const outputs = await model.outputs(source, config.training.evaluationBatchSize);
  return metricValues(task, outputs, source).accuracy as number;
}
