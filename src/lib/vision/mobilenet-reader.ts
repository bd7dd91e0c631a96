/**
 * @file A published MobileNet from a folder with `manifest.json` and `weights.bin`: what a TFLite file of eight bits
 * holds, copied out. A weight is (level − zeroPoint)·scale, a bias integer·scale. The manifest's layers follow each
 * other by tensor numbers; after the last map come the mean over places and the classifier.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseConfig, readJsonFile } from '../config-issues';
import { InputError } from '../errors';
import type { ParameterArray, ParameterArrays } from '../nn';
import { type MobilenetConfig, type MobilenetLayer, mobilenetConfigSchema } from './mobilenet';

const quantization = z.object({ scale: z.number().positive(), zeroPoint: z.int() });
const stored = z.object({
  offset: z.int().nonnegative(),
  shape: z.array(z.int().positive()),
  scale: z.number().positive(),
});
const manifestSchema = z.object({
  input: z.object({
    tensor: z.int(),
    size: z.int().positive(),
    channels: z.literal('RGB'),
    formula: z.literal('(u8-128)/128'),
  }),
  classes: z.int().positive(),
  layers: z.array(
    z.object({
      op: z.enum(['CONV', 'DWCONV', 'ADD', 'AVG_POOL', 'RESHAPE', 'SOFTMAX']),
      inputs: z.array(z.int()),
      output: z.int(),
      outQuant: quantization,
      outShape: z.array(z.int()),
      weight: stored
        .extend({ dtype: z.literal('uint8'), layout: z.enum(['OHWI', '1HWO']), zeroPoint: z.int() })
        .optional(),
      bias: stored.extend({ dtype: z.literal('int32') }).optional(),
      stride: z.int().positive().optional(),
      padding: z.literal('SAME').optional(),
      fusedActivation: z.enum(['relu6', 'none']).optional(),
    }),
  ),
});
type ManifestLayer = z.infer<typeof manifestSchema>['layers'][number];

/** The classifier over the pooled state: logits = clip(W·pooled + b, low, high). */
export interface MobilenetClassifier {
  /** [classes, D] */
  weight: ParameterArray;
  /** [classes] */
  bias: ParameterArray;
  low: number;
  high: number;
}

export interface PublishedMobilenet {
  config: MobilenetConfig;
  /** By the names of `mobilenetSpecifications`. */
  weights: ParameterArrays;
  classifier: MobilenetClassifier;
}

/** Reads `folder`. Throws an `InputError` naming file, layer and value where it is not such a network. */
export async function readMobilenet(folder: string): Promise<PublishedMobilenet> {
  const path = join(folder, 'manifest.json');
  const manifest = parseConfig(manifestSchema, await readJsonFile(path), path);
  const bytes = await readFile(join(folder, 'weights.bin')).catch((cause: NodeJS.ErrnoException) => {
    throw new InputError(`${join(folder, 'weights.bin')}: cannot be read (${cause.code})`, { cause });
  });
  const layers: MobilenetLayer[] = [];
  const weights: ParameterArrays = new Map();
  /** Tensor number → layer. */
  const made = new Map<number, number>([[manifest.input.tensor, -1]]);
  let classifier: MobilenetClassifier | null = null;
  let pooled: number | null = null;
  for (const [i, layer] of manifest.layers.entries()) {
    const where = `${path}: layers.${i} (${layer.op})`;
    if (layer.op === 'AVG_POOL') pooled = layer.output;
    else if (layer.op === 'CONV' && layer.inputs[0] === pooled) {
      const { weight, bias } = arraysOf(layer, bytes, where);
      const [classes, width] = weight.shape as [number, number];
      classifier = { weight: { shape: [classes, width], data: weight.data }, bias, ...rangeOf(layer) };
    } else if (layer.op === 'CONV' || layer.op === 'DWCONV' || layer.op === 'ADD') {
      const inputs = layer.inputs.map((tensor) => {
        const found = made.get(tensor);
        if (found === undefined) throw new InputError(`${where}: inputs: no layer makes tensor ${tensor}`);
        return found;
      });
      const channels = layer.outShape.at(-1) as number;
      const kind = layer.op === 'CONV' ? 'convolution' : layer.op === 'DWCONV' ? 'depthwise' : 'add';
      const { stride = 1 } = layer;
      let kernel = 1;
      if (kind !== 'add') {
        const { weight, bias } = arraysOf(layer, bytes, where);
        kernel = weight.shape[2] as number;
        weights.set(`mobilenet.layers.${layers.length}.weight`, weight);
        weights.set(`mobilenet.layers.${layers.length}.bias`, bias);
      }
      made.set(layer.output, layers.length);
      layers.push({ kind, inputs, channels, kernel, stride, ...rangeOf(layer) });
    }
  }
  if (!classifier)
    throw new InputError(`${path}: layers: expected AVG_POOL and a CONV on it, the classifier`);
  const { size } = manifest.input;
  const half = 128 / 255; // (u8 − 128)/128 on pixels in [0, 1]
  const config = parseConfig(
    mobilenetConfigSchema,
    {
      modelType: 'mobilenet',
      imageSize: size,
      layers,
      imageMean: [half, half, half],
      imageStd: [half, half, half],
      preprocessing: { resize: { height: size, width: size }, filter: 'bilinear', crop: null },
    },
    path,
  );
  return { config, weights, classifier };
}

/** What eight bits can hold of a layer's output, and relu6 where it has one. */
function rangeOf({ outQuant: { scale, zeroPoint }, fusedActivation }: ManifestLayer): {
  low: number;
  high: number;
} {
  const [low, high] = [-zeroPoint * scale, (255 - zeroPoint) * scale];
  return fusedActivation === 'relu6' ? { low: Math.max(0, low), high: Math.min(6, high) } : { low, high };
}

/** Weight as OIHW (depthwise [C, 1, k, k]) and bias [C], in float32. */
function arraysOf(
  { weight, bias }: ManifestLayer,
  bytes: Buffer,
  where: string,
): { weight: ParameterArray; bias: ParameterArray } {
  if (!weight || !bias) throw new InputError(`${where}: expected weight and bias`);
  const depthwise = weight.layout === '1HWO';
  const [outputs, height, width, inputs] = (
    depthwise ? [weight.shape[3], weight.shape[1], weight.shape[2], 1] : weight.shape
  ) as [number, number, number, number];
  const size = outputs * height * width * inputs;
  if (height !== width || weight.offset + size > bytes.length || bias.offset + 4 * outputs > bytes.length) {
    throw new InputError(
      `${where}: weight [${weight.shape}] at ${weight.offset} and bias at ${bias.offset} do not fit into weights.bin of ${bytes.length} bytes, or its filters are not square`,
    );
  }
  const data = new Float32Array(size);
  for (let o = 0, target = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      for (let place = 0; place < height * width; place++, target++) {
        const from = depthwise ? place * outputs + o : (o * height * width + place) * inputs + i;
        data[target] = ((bytes[weight.offset + from] as number) - weight.zeroPoint) * weight.scale;
      }
    }
  }
  const biases = Float32Array.from(
    { length: outputs },
    (_, o) => bytes.readInt32LE(bias.offset + 4 * o) * bias.scale,
  );
  return {
    weight: { shape: [outputs, inputs, height, width], data },
    bias: { shape: [outputs], data: biases },
  };
}
