/**
 * @file A trained model as a Hugging Face folder. A text-only model is the folder itself; of one that looks, the parts
 * stand in `text/` and `vision/`, and the whole (with fusion, gate and head) in `model.safetensors` under this kit's
 * names, with a `config.json` whose `model_type` Python `transformers` does not know, and says so.
 *
 * What a class of `transformers` cannot hold stands in the block `sightline` of `config.json`: the task, how a text
 * becomes one state, the file of the head, the ids around a prompt.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { saveWeights } from '../export/weights';
import type { ParameterArrays } from '../nn';
import { architectureOf, labelKeys, textCheckpointFiller } from '../text';
import { preprocessorConfig } from '../vision';
import { HEAD_FILE, labelsOf, promptIds, textPartOf } from './export-text';
import { visionClass, visionPartFiller } from './export-vision';
import type { TrainedModel } from './trained-model';

export type ExportDtype = 'F32' | 'F16' | 'BF16';

/** What of an export can be loaded, and by which class. */
export interface LoadablePart {
  /** Folder below the export; '' is the export itself. */
  folder: string;
  /** The Python class; `sightline-…` where there is none. */
  architecture: string;
}

export interface HuggingFaceExport {
  /** Fills an empty folder. */
  fill(place: string): Promise<void>;
  parts: LoadablePart[];
  /** Whether the head stands beside the network, because no Python class has it. */
  headBeside: boolean;
}

/** `name` names the folder in errors. Throws an `InputError` where the weights do not fit, before anything is written. */
export async function huggingFaceExport(
  trained: TrainedModel,
  { dtype = 'F32', name }: { dtype?: ExportDtype; name: string },
): Promise<HuggingFaceExport> {
  const weights = await trained.model.parameters.toArrays();
  return trained.model.network.vision
    ? guidedExport(trained, weights, { dtype, name })
    : textExport(trained, weights, { dtype, name });
}

interface Settings {
  dtype: ExportDtype;
  name: string;
}

function textExport(trained: TrainedModel, weights: ParameterArrays, settings: Settings): HuggingFaceExport {
  const { checkpoint, rest } = textPartOf(trained, weights);
  const headBeside = rest.size > 0;
  const head = headBeside ? { file: HEAD_FILE, tensors: shapesOf(rest), loss: trained.head.loss } : null;
  const moreConfig = {
    ...problemType(trained),
    sightline: { ...describe(trained), ...(head ? { head } : {}) },
  };
  const fillText = textCheckpointFiller({ ...checkpoint, moreConfig }, settings);
  return {
    parts: [{ folder: '', architecture: architectureOf(checkpoint.config, new Set(checkpoint.heads)) }],
    headBeside,
    fill: async (place) => {
      await fillText(place);
      if (headBeside) await saveWeights(join(place, HEAD_FILE), rest, { dtype: settings.dtype });
    },
  };
}

function guidedExport(
  trained: TrainedModel,
  weights: ParameterArrays,
  settings: Settings,
): HuggingFaceExport {
  const { network, config } = trained.model;
  const { checkpoint } = textPartOf(trained, weights);
  const vision = network.vision as NonNullable<typeof network.vision>;
  const { name, dtype } = settings;
  const fillText = textCheckpointFiller(checkpoint, { dtype, name: join(name, 'text') });
  const fillVision = visionPartFiller(vision, weights, { dtype, name: join(name, 'vision') });
  const json = {
    model_type: 'sightline-guided',
    architectures: ['GuidedNetwork'],
    dtype: { F32: 'float32', F16: 'float16', BF16: 'bfloat16' }[dtype],
    ...labelKeys(labelsOf(trained) ?? undefined),
    sightline: {
      ...describe(trained),
      taskState: trained.task.state,
      head: trained.head,
      knowsNoPicture: trained.knowsNoPicture,
      network: config,
    },
  };
  const text = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  return {
    parts: [
      { folder: 'text', architecture: architectureOf(checkpoint.config, new Set(checkpoint.heads)) },
      { folder: 'vision', architecture: visionClass(vision) },
    ],
    headBeside: false,
    fill: async (place) => {
      await mkdir(join(place, 'text'));
      await fillText(join(place, 'text'));
      await mkdir(join(place, 'vision'));
      await fillVision(join(place, 'vision'));
      await saveWeights(join(place, 'model.safetensors'), weights, { dtype });
      for (const [file, content] of trained.tokenizer.toFiles({ modelMaxLength: network.text.maxLength }))
        await writeFile(join(place, file), content, { flush: true });
      await writeFile(join(place, 'config.json'), text(json), { flush: true });
      if (vision.config.modelType !== 'features') {
        // The ONNX graphs normalize by themselves; what stands in `vision/` is for the bare network, which does not.
        const bare = { do_normalize: false, image_mean: [0, 0, 0], image_std: [1, 1, 1] };
        const preprocessor = text({ ...preprocessorConfig(vision.config), ...bare });
        await writeFile(join(place, 'preprocessor_config.json'), preprocessor, { flush: true });
      }
    },
  };
}

function describe(trained: TrainedModel): Record<string, unknown> {
  const { task, model } = trained;
  const prompt = promptIds(trained);
  return { task: task.name, pooling: model.config.pooling, ...(prompt ? { prompt } : {}) };
}

/** What Python's losses and pipelines make of the logits. */
function problemType({ task }: TrainedModel): Record<string, unknown> {
  if (task.name === 'regression') return { problem_type: 'regression' };
  return task.name === 'classification' ? { problem_type: 'single_label_classification' } : {};
}

function shapesOf(arrays: ParameterArrays): Record<string, readonly number[]> {
  return Object.fromEntries([...arrays].map(([name, { shape }]) => [name, shape]));
}
