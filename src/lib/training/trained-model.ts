/**
 * @file The `model/` folder of a run: the best weights, the tokenizer, and what the task learned from its training
 * records; enough to evaluate, predict and export. Written whole or not at all, with checksums.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseConfig } from '../config-issues';
import { TASKS, type Task as TaskName } from '../data';
import { InputError } from '../errors';
import { readSafetensors } from '../export/safetensors-sharded';
import { writeSafetensors } from '../export/safetensors-write';
import { loadWeights, saveWeights } from '../export/weights';
import { fusionConfigSchema, gateConfigSchema, promptConfigSchema } from '../fusion';
import { type Objective, restoreObjective } from '../tasks';
import { GuidedModel } from '../tasks/guided-model';
import { Tokenizer, textConfigSchema } from '../text';
import { type PictureStatistics, visionConfigSchema } from '../vision';
import { hasWholeFolder, readFolder, writeFolderAtomically } from './atomic-folder';
import { headConfigSchema } from './config';

const WEIGHTS = 'model.safetensors';
const DESCRIPTION = 'sightline.json';
const STATISTICS = 'picture-statistics.safetensors';
const FORMAT = 'sightline-model-1';

const descriptionSchema = z.strictObject({
  format: z.literal(FORMAT),
  task: z.enum(TASKS as [string, ...string[]]),
  taskState: z.record(z.string(), z.unknown()),
  head: headConfigSchema,
  knowsNoPicture: z.boolean().default(false),
  network: z.strictObject({
    text: textConfigSchema,
    vision: visionConfigSchema.nullable(),
    fusion: fusionConfigSchema,
    pooling: z.enum(['mean', 'network']),
    gate: gateConfigSchema.nullable().default(null),
    prompt: promptConfigSchema.optional(),
  }),
});

/** What stands in a `model/` folder. */
export interface TrainedModel {
  model: GuidedModel;
  task: Objective;
  tokenizer: Tokenizer;
  /** Of the training pictures; `null` for a text-only model. */
  statistics: PictureStatistics | null;
  /** Whether it has also learned from texts without a picture. */
  knowsNoPicture: boolean;
  head: z.infer<typeof headConfigSchema>;
}

/** Writes `folder`, replacing what stood there only when the new one is whole. */
export async function saveTrainedModel(folder: string, trained: TrainedModel): Promise<void> {
  const { model, task, tokenizer, statistics, knowsNoPicture, head } = trained;
  const weights = await model.parameters.toArrays();
  const description = {
    format: FORMAT,
    task: task.name,
    taskState: task.state,
    head,
    knowsNoPicture,
    network: model.config,
  };
  await writeFolderAtomically(folder, async (empty) => {
    await saveWeights(join(empty, WEIGHTS), weights);
    for (const [name, text] of tokenizer.toFiles()) await writeFile(join(empty, name), text);
    if (statistics) await writeSafetensors(join(empty, STATISTICS), statisticsTensors(statistics));
    await writeFile(join(empty, DESCRIPTION), `${JSON.stringify(description, null, 2)}\n`);
  });
}

/** Reads and verifies `folder`. Throws an `InputError` where it is absent, damaged, or not a model of this kit. */
export async function loadTrainedModel(folder: string): Promise<TrainedModel> {
  if (!(await hasWholeFolder(folder))) {
    throw new InputError(
      `${folder}: there is no finished model here; train one with sightline train CONFIG --out DIR`,
    );
  }
  return readFolder(folder, async (place) => {
    const path = join(place, DESCRIPTION);
    const description = parseConfig(descriptionSchema, JSON.parse(await readFile(path, 'utf8')), path);
    const { head, knowsNoPicture, network, taskState } = description;
    const task = restoreObjective(description.task as TaskName, taskState, {
      head,
      labelSmoothing: 0,
      text: network.text,
    });
    const tokenizer = await Tokenizer.fromFolder(place);
    const model = new GuidedModel(network, task, 0);
    const expected = new Map(model.specifications().map(({ name, shape }) => [name, shape]));
    const weights = await loadWeights(join(place, WEIGHTS), { expected });
    model.parameters.load(
      new Map([...weights].map(([name, { shape, data }]) => [name, { shape: [...shape], data }])),
    );
    const statistics = network.vision ? await readStatistics(join(place, STATISTICS)) : null;
    return { model, task, tokenizer, statistics, knowsNoPicture, head };
  });
}

function statisticsTensors({ height, width, mean, channelMean, channelDeviation }: PictureStatistics) {
  return new Map([
    ['mean', { dtype: 'F32' as const, shape: [height, width, 3], data: mean }],
    ['channelMean', { dtype: 'F64' as const, shape: [3], data: Float64Array.from(channelMean) }],
    ['channelDeviation', { dtype: 'F64' as const, shape: [3], data: Float64Array.from(channelDeviation) }],
  ]);
}

async function readStatistics(path: string): Promise<PictureStatistics> {
  const { tensors } = await readSafetensors(path);
  const tensor = (name: string) => {
    const found = tensors.get(name);
    if (!found) throw new InputError(`${path}: the tensor ${name} is missing`);
    return found;
  };
  const [height, width] = tensor('mean').shape as [number, number];
  const triple = (name: string) => [...(tensor(name).data as Float64Array)] as [number, number, number];
  return {
    height,
    width,
    mean: tensor('mean').data as Float32Array,
    channelMean: triple('channelMean'),
    channelDeviation: triple('channelDeviation'),
  };
}
