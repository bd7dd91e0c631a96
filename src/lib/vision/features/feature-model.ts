/**
 * @file A published vision network as ONNX, laid out as on the hub (`config.json`, `preprocessor_config.json` and
 * `onnx/vision_model.onnx` or `onnx/model.onnx`), run by transformers.js: CLIP's and SigLIP's vision tower, ViT. Its
 * pictures are prepared by this kit (`preprocessing.ts`), which agrees with the Python processors to the level. Where the
 * file gives no state of patches (many a CLIP on the hub gives `image_embeds` alone), that one vector is pooled and patch.
 * Left out: quantized variants, and weights outside the file (`.onnx_data`).
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InputError } from '../../errors';
import { readJsonObject } from '../../hub';
import { resolveCheckpoint } from '../../hub/download';
import { ONNX_VISION_FILES } from '../../hub/files';
import {
  preprocessedSize,
  preprocessingFromHuggingFace,
  type ReadPreprocessing,
  readPreprocessing,
} from '../preprocessing';
import type { FeaturesConfig } from './features-network';

const HUB = 'hub:';

/** By `model_type`: the class of transformers.js, the states before those of the patches, and the usual processor. */
const KINDS = {
  clip: { model: 'CLIPVisionModel', leading: 1, processor: 'CLIPImageProcessor' },
  clip_vision_model: { model: 'CLIPVisionModel', leading: 1, processor: 'CLIPImageProcessor' },
  siglip: { model: 'SiglipVisionModel', leading: 0, processor: 'SiglipImageProcessor' },
  siglip_vision_model: { model: 'SiglipVisionModel', leading: 0, processor: 'SiglipImageProcessor' },
  vit: { model: 'ViTModel', leading: 1, processor: 'ViTImageProcessor' },
} as const;
type Kind = (typeof KINDS)[keyof typeof KINDS];

/** Where a model stands, and what its files say. */
interface Source {
  folder: string;
  /** Path and name of its weights. */
  file: string;
  name: string;
  /** As it is named in a config. */
  model: string;
  kind: Kind;
  imageSize: number;
  settings: ReadPreprocessing;
}

/** What a run gives back, by output name. */
type Outputs = Record<string, { dims: number[]; data: unknown } | undefined>;

export interface FeatureModelOptions {
  /** Bytes that have come of a model on the hub. */
  onProgress?: (receivedBytes: number, totalBytes: number) => void;
}

/** A loaded network. `config` says all that a store of its features has to know. */
export class FeatureModel {
  private constructor(
    readonly config: FeaturesConfig,
    private readonly settings: ReadPreprocessing,
    private readonly leading: number,
    private readonly call: (pixels: Float32Array, side: number) => Promise<Outputs>,
  ) {}

  /**
   * Loads `model`, a folder (relative paths start at `start`) or `hub:NAME@REVISION`. Throws an `InputError` for a
   * network that cannot be run here, naming the file, and what it gives where that is no state of patches.
   */
  static async load(
    model: string,
    start = '.',
    { onProgress }: FeatureModelOptions = {},
  ): Promise<FeatureModel> {
    const isHub = model.startsWith(HUB);
    const folder = isHub
      ? await resolveCheckpoint(model.slice(HUB.length), {
          files: ONNX_VISION_FILES,
          onProgress: ({ receivedBytes, totalBytes }) => onProgress?.(receivedBytes, totalBytes),
        })
      : resolve(start, model);
    const { file, name, written } = await weightsFile(folder);
    const { kind, imageSize } = await kindOf(folder);
    const settings = await settingsOf(folder, kind, imageSize);
    const source = { folder, file, name, model: isHub ? model : folder, kind, imageSize, settings };
    const version = JSON.stringify([source, written]);
    if (latest?.version !== version) {
      const loading = FeatureModel.fromFolder(source);
      latest = { version, loading };
      loading.catch(() => {
        if (latest?.loading === loading) latest = null;
      });
    }
    return latest.loading;
  }

  private static async fromFolder(source: Source): Promise<FeatureModel> {
    const { folder, file, name, model, kind, imageSize, settings } = source;
    const { preprocessing } = settings;
    const call = await session(folder, name, kind);
    const config = {
      modelType: 'features',
      model,
      modelHash: await hashOf(file, settings),
      imageSize,
      preprocessing,
      patchCount: 1,
      width: 1,
    } as const;
    // What it says of a black picture tells how many patches there are, and how wide.
    const probe = new FeatureModel(config, settings, kind.leading, call);
    const { patches, width } = await probe.states(new Float32Array(imageSize * imageSize * 3), file);
    const whole = { ...config, patchCount: patches.length / width, width };
    return new FeatureModel(whole, settings, kind.leading, call);
  }

  /** Picture [S, S, 3] in [0, 1] → [1 + P, D]: the pooled state, then the patches. */
  async features(picture: Float32Array): Promise<Float32Array> {
    const { patches, pooled } = await this.states(picture, this.config.model);
    const out = new Float32Array(pooled.length + patches.length);
    out.set(pooled);
    out.set(patches, pooled.length);
    return out;
  }

  private async states(
    picture: Float32Array,
    where: string,
  ): Promise<{ patches: Float32Array; pooled: Float32Array; width: number }> {
    const { imageSize: side } = this.config;
    const outputs = await this.call(channelsFirst(picture, side, this.settings), side);
    const last = outputs.last_hidden_state;
    const [pooler, embeds] = [vectorOf(outputs.pooler_output), vectorOf(outputs.image_embeds)];
    if (last?.dims.length !== 3) {
      const only = pooler ?? embeds;
      if (only) return { patches: only, pooled: only, width: only.length };
      throw new InputError(
        `${where}: its outputs are ${Object.keys(outputs).join(', ')}; expected last_hidden_state, a state for each patch, or image_embeds: export the network without its head (optimum-cli export onnx --task feature-extraction)`,
      );
    }
    const width = last.dims[2] as number;
    const data = last.data as Float32Array;
    // SigLIP has no first state. CLIP's `image_embeds` is of another width than its patches and is not taken.
    const own = this.leading > 0 ? data.slice(0, width) : meanOf(data, width);
    return {
      patches: data.slice(this.leading * width),
      pooled: pooler?.length === width ? pooler : own,
      width,
    };
  }
}

/** A copy of an output [1, D]; `null` where there is none. */
function vectorOf(output: Outputs[string]): Float32Array | null {
  return output?.dims.length === 2 ? (output.data as Float32Array).slice() : null;
}

/** The last model loaded, while its files are the same: training and its evaluation ask for one after the other. */
let latest: { version: string; loading: Promise<FeatureModel> } | null = null;

async function weightsFile(folder: string): Promise<{ file: string; name: string; written: string }> {
  for (const name of ['vision_model', 'model']) {
    const file = join(folder, 'onnx', `${name}.onnx`);
    const status = await stat(file).catch(() => null);
    if (status?.isFile()) return { file, name, written: `${status.mtimeMs} ${status.size}` };
  }
  throw new InputError(
    `${folder}: expected onnx/vision_model.onnx or onnx/model.onnx, as the hub lays ONNX checkpoints`,
  );
}

async function kindOf(folder: string): Promise<{ kind: Kind; imageSize: number }> {
  const path = join(folder, 'config.json');
  const json = await readJsonObject(path);
  if (!json) throw new InputError(`${path}: missing`);
  const type = String(json.model_type);
  if (!Object.hasOwn(KINDS, type)) {
    throw new InputError(
      `${path}: model_type is ${JSON.stringify(json.model_type)}; features can be had of ${Object.keys(KINDS).join(', ')}`,
    );
  }
  const tower = (json.vision_config ?? json) as { image_size?: unknown };
  const { image_size: side = 224 } = tower;
  if (!Number.isInteger(side))
    throw new InputError(`${path}: image_size: expected pixels, found ${JSON.stringify(side)}`);
  return { kind: KINDS[type as keyof typeof KINDS], imageSize: side as number };
}

async function settingsOf(folder: string, { processor }: Kind, side: number): Promise<ReadPreprocessing> {
  const square = { height: side, width: side };
  const usual = {
    image_processor_type: processor,
    size: processor === 'CLIPImageProcessor' ? { shortest_edge: side } : square,
    crop_size: square,
  };
  const settings = (await readPreprocessing(folder)) ?? preprocessingFromHuggingFace(usual);
  const size = preprocessedSize(settings.preprocessing);
  if (size && (size.height !== side || size.width !== side)) {
    throw new InputError(
      `${folder}: image_size is ${side}, but the preprocessing gives ${size.height} × ${size.width} pixels: they are not of one model`,
    );
  }
  return settings;
}

/** The network in transformers.js: pixels [3, S, S] → its outputs. */
async function session(folder: string, name: string, { model }: Kind): Promise<FeatureModel['call']> {
  const transformers = await import('@xenova/transformers');
  const options = { model_file_name: name, dtype: 'fp32', device: 'cpu', local_files_only: true } as const;
  const { env, LogLevel } = transformers;
  const { logLevel } = env;
  env.logLevel = LogLevel.ERROR; // it warns of the tower of a CLIP, whose class it does not list
  const network = await transformers[model]
    .from_pretrained(folder, options)
    .catch((cause: Error) => {
      throw new InputError(`${folder}: transformers.js cannot load it: ${cause.message.split('\n')[0]}`, {
        cause,
      });
    })
    .finally(() => {
      env.logLevel = logLevel;
    });
  // One after the other: a run uses all cores by itself.
  let last: Promise<unknown> = Promise.resolve();
  return (pixels, side) => {
    const run = async () =>
      (await network({
        pixel_values: new transformers.Tensor('float32', pixels, [1, 3, side, side]),
      })) as Outputs;
    const result = last.then(run);
    last = result.catch(() => {});
    return result;
  };
}

async function hashOf(file: string, settings: ReadPreprocessing): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(settings));
  for await (const bytes of createReadStream(file)) hash.update(bytes as Buffer);
  return hash.digest('hex');
}

/** [S, S, 3] in [0, 1] → [3, S, S], normalized. */
function channelsFirst(
  picture: Float32Array,
  side: number,
  { imageMean, imageStd }: ReadPreprocessing,
): Float32Array {
  const plane = side * side;
  const out = new Float32Array(plane * 3);
  for (const c of [0, 1, 2] as const) {
    for (let i = 0; i < plane; i++)
      out[c * plane + i] = ((picture[i * 3 + c] as number) - imageMean[c]) / imageStd[c];
  }
  return out;
}

function meanOf(states: Float32Array, width: number): Float32Array {
  const count = states.length / width;
  const mean = new Float32Array(width);
  for (const [i, value] of states.entries()) mean[i % width] = (mean[i % width] as number) + value / count;
  return mean;
}
