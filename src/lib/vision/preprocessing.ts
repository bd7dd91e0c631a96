/**
 * @file What a trained vision network's pictures went through before it saw them: `preprocessor_config.json` of
 * Hugging Face, in this order: to RGB, resize with Pillow's filter, centre crop, and numbers
 *
 *     y = (level · rescale_factor − image_mean) / image_std.
 *
 * The last line is the network's own (`normalize-pixels.ts`), on level/255: its mean and deviation here are
 * image_mean/(255·rescale_factor) and image_std/(255·rescale_factor), so that any factor, or none, is the same
 * function. Transparency is composited on white, as those processors do. Left out: padding, `longest_edge`,
 * pictures cut in tiles, and processors whose keys mean something else; they are refused.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../errors';
import { readJsonObject } from '../hub';
import { type DecodeOptions, decodePixels, type Pixels } from './picture';
import { RESAMPLING_FILTERS, resample } from './resample';

const size = z.strictObject({ height: z.int().positive(), width: z.int().positive() });

export const preprocessingSchema = z.strictObject({
  /** To height and width, or the shorter edge to so many pixels; `null` leaves the picture's own size. */
  resize: z.union([size, z.strictObject({ shortestEdge: z.int().positive() })]).nullable(),
  filter: z.enum(RESAMPLING_FILTERS),
  /** Around the centre; black is added where the picture is smaller. */
  crop: size.nullable(),
});
export type Preprocessing = z.infer<typeof preprocessingSchema>;

/** A folder's preprocessing, and the normalization that the network is to do, on pixels in [0, 1]. */
export interface ReadPreprocessing {
  preprocessing: Preprocessing;
  imageMean: [number, number, number];
  imageStd: [number, number, number];
}

type Json = Readonly<Record<string, unknown>>;

/** What each processor does where its file leaves a key out. */
const square = (side: number) => ({ height: side, width: side });
const HALF = [0.5, 0.5, 0.5];
const common = { do_resize: true, do_rescale: true, rescale_factor: 1 / 255, do_normalize: true };
const plain = { ...common, do_center_crop: false, image_mean: HALF, image_std: HALF };
const DEFAULTS: Record<string, Json> = {
  ViT: { ...plain, size: square(224), resample: 2 },
  Siglip: { ...plain, size: square(224), resample: 3 },
  DeiT: { ...plain, size: square(256), resample: 3, do_center_crop: true, crop_size: square(224) },
  CLIP: {
    ...common,
    size: { shortest_edge: 224 },
    resample: 3,
    do_center_crop: true,
    crop_size: square(224),
    image_mean: [0.48145466, 0.4578275, 0.40821073],
    image_std: [0.26862954, 0.26130258, 0.27577711],
  },
};

/**
 * The preprocessing of a checkpoint folder: `preprocessor_config.json`, or the `image_processor` of
 * `processor_config.json`; `null` where it has neither. Throws an `InputError` naming file, key and value.
 */
export async function readPreprocessing(folder: string): Promise<ReadPreprocessing | null> {
  const own = join(folder, 'preprocessor_config.json');
  const json = await readJsonObject(own);
  if (json) return preprocessingFromHuggingFace(json, own);
  const shared = join(folder, 'processor_config.json');
  const part = (await readJsonObject(shared))?.image_processor;
  return typeof part === 'object' && part !== null
    ? preprocessingFromHuggingFace(part as Json, `${shared}: image_processor`)
    : null;
}

/** As `readPreprocessing`, of a parsed file; `source` names it in errors. */
export function preprocessingFromHuggingFace(
  json: Json,
  source = 'preprocessor_config.json',
): ReadPreprocessing {
  const kind = kindOf(json, source);
  const settings: Json = { ...DEFAULTS[kind], ...withoutNulls(json) };
  const refuse = (key: string, expected: string): never => {
    throw new InputError(`${source}: ${key}: expected ${expected}, found ${JSON.stringify(settings[key])}`);
  };
  const flag = (key: string): boolean => {
    const value = settings[key];
    return typeof value === 'boolean' ? value : refuse(key, 'true or false');
  };
  const channels = (key: string): [number, number, number] => {
    const value = typeof settings[key] === 'number' ? Array(3).fill(settings[key]) : settings[key];
    const fits = Array.isArray(value) && value.length === 3 && value.every((one) => typeof one === 'number');
    return fits ? (value as [number, number, number]) : refuse(key, 'a number a colour: red, green, blue');
  };
  const sides = (key: string, edge: 'shortest' | 'square'): NonNullable<Preprocessing['resize']> => {
    const given = settings[key];
    const named =
      typeof given === 'number' ? (edge === 'square' ? square(given) : { shortest_edge: given }) : given;
    const { shortest_edge: shortestEdge, ...rest } = (named ?? {}) as Json;
    const parsed = z
      .union([size, z.strictObject({ shortestEdge: z.int().positive() })])
      .safeParse(shortestEdge === undefined ? rest : { shortestEdge, ...rest });
    return parsed.success ? parsed.data : refuse(key, '{height, width} or {shortest_edge}, in pixels');
  };

  if (settings.do_pad === true) refuse('do_pad', 'false: padding is not done here');
  const filter = RESAMPLING_FILTERS[settings.resample as number];
  if (filter === undefined) refuse('resample', 'the number of a filter of Pillow, 0 to 5');
  const resize = flag('do_resize') ? sides('size', kind === 'CLIP' ? 'shortest' : 'square') : null;
  const crop = flag('do_center_crop') ? sides('crop_size', 'square') : null;
  if (crop && 'shortestEdge' in crop) refuse('crop_size', '{height, width}, in pixels');

  const factor = flag('do_rescale') ? settings.rescale_factor : 1;
  if (typeof factor !== 'number' || !(factor > 0)) return refuse('rescale_factor', 'a number above 0');
  const normalizes = flag('do_normalize');
  const perUnit = unitFactor(factor);
  const mean = normalizes ? channels('image_mean') : [0, 0, 0];
  const deviation = normalizes ? channels('image_std') : [1, 1, 1];
  if (!deviation.every((value) => value > 0)) refuse('image_std', 'numbers above 0');
  return {
    preprocessing: { resize, filter: filter as Preprocessing['filter'], crop: crop as Preprocessing['crop'] },
    imageMean: mean.map((value) => value / perUnit) as [number, number, number],
    imageStd: deviation.map((value) => value / perUnit) as [number, number, number],
  };
}

/** The object to write as `preprocessor_config.json`, with the processor that Python should make of it. */
export function preprocessingToHuggingFace(
  { preprocessing, imageMean, imageStd }: ReadPreprocessing,
  processor: 'CLIPImageProcessor' | 'ViTImageProcessor',
): Record<string, unknown> {
  const { resize, crop, filter } = preprocessing;
  const edges = resize && 'shortestEdge' in resize ? { shortest_edge: resize.shortestEdge } : resize;
  return {
    image_processor_type: processor,
    do_convert_rgb: true,
    do_resize: resize !== null,
    ...(edges ? { size: edges } : {}),
    resample: RESAMPLING_FILTERS.indexOf(filter),
    do_center_crop: crop !== null,
    ...(crop ? { crop_size: crop } : {}),
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: imageMean,
    image_std: imageStd,
  };
}

/** Height and width that every picture comes out with; `null` where they depend on the picture. */
export function preprocessedSize({ resize, crop }: Preprocessing): { height: number; width: number } | null {
  if (crop) return crop;
  return resize && 'height' in resize ? resize : null;
}

/** As `decodePixels`, through a preprocessing: uint8 RGB [height, width, 3]. Throws as `decodePixels`. */
export async function decodePreprocessed(
  source: string | Uint8Array,
  preprocessing: Preprocessing,
  options: Pick<DecodeOptions, 'background' | 'maximumPixels'> = {},
): Promise<Pixels> {
  const { background, maximumPixels } = options; // not a size, which another caller's options may have
  return preprocess(await decodePixels(source, { background, maximumPixels }), preprocessing);
}

/** Resizes and crops decoded pixels [H, W, 3] → [height, width, 3]. */
export function preprocess(picture: Pixels, { resize, filter, crop }: Preprocessing): Pixels {
  let out = picture;
  if (resize) {
    const { height, width } = 'height' in resize ? resize : shorterEdge(picture, resize.shortestEdge);
    out = resample(out, height, width, filter);
  }
  return crop ? centreCrop(out, crop.height, crop.width) : out;
}

/** The shorter edge becomes `edge`; the longer one keeps the proportion, cut to whole pixels. */
function shorterEdge({ height, width }: Pixels, edge: number): { height: number; width: number } {
  const longer = (long: number, short: number) => Math.trunc((edge * long) / short);
  return width <= height
    ? { height: longer(height, width), width: edge }
    : { height: edge, width: longer(width, height) };
}

function centreCrop(picture: Pixels, height: number, width: number): Pixels {
  const data = new Uint8Array(height * width * 3);
  // Where the picture is smaller, its middle comes half a pixel later, as in Hugging Face's `center_crop`.
  const offset = (from: number, to: number) =>
    from >= to ? Math.floor((from - to) / 2) : -Math.ceil((to - from) / 2);
  const [top, left] = [offset(picture.height, height), offset(picture.width, width)];
  const from = Math.max(0, left);
  const to = Math.min(picture.width, left + width);
  for (let y = Math.max(0, top); y < Math.min(picture.height, top + height); y++) {
    const row = y * picture.width;
    data.set(picture.data.subarray((row + from) * 3, (row + to) * 3), ((y - top) * width + from - left) * 3);
  }
  return { data, height, width };
}

/** 255·factor, and exactly 1 for the usual 1/255, whose decimals in a file do not always give it back. */
function unitFactor(factor: number): number {
  const value = factor * 255;
  return Math.abs(value - 1) < 1e-9 ? 1 : value;
}

/** `CLIPImageProcessor`, `CLIPFeatureExtractor`, `CLIPImageProcessorFast` → `CLIP`; a file of the first years: ViT. */
function kindOf(json: Json, source: string): string {
  const key = 'image_processor_type' in json ? 'image_processor_type' : 'feature_extractor_type';
  const name = json[key] ?? 'ViTImageProcessor';
  const kind = /^(\w+?)(ImageProcessor(Fast|Pil)?|FeatureExtractor)$/.exec(String(name))?.[1];
  if (kind === undefined || !Object.hasOwn(DEFAULTS, kind)) {
    const known = Object.keys(DEFAULTS).map((one) => `${one}ImageProcessor`);
    throw new InputError(
      `${source}: ${key}: ${JSON.stringify(name)} cannot be done here; known are ${known.join(', ')}`,
    );
  }
  return kind;
}

function withoutNulls(json: Json): Json {
  return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null));
}
