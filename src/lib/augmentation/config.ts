/** @file `data.augmentation` of a train config: what is changed in training records, drawn anew each epoch. All is off by default. */
import { z } from 'zod';

const share = z.number().min(0).max(1);

export const pictureAugmentationSchema = z.strictObject({
  /** Smallest share of a picture's area that a crop keeps, before it is brought to size again; `null` crops nothing. */
  crop: z.number().gt(0).max(1).nullable().default(null),
  /** How often a picture is mirrored, left to right. */
  flip: share.default(0),
  /** Where a record names sides: it is not mirrored (`refuse`), or its words are too: left for right (`swap`). */
  sideWords: z.enum(['refuse', 'swap']).default('refuse'),
  /** Brightness and saturation change by up to this share, the hue by up to 18° times it; not where a record names colours. */
  colour: share.default(0),
  /** Side of a square that is painted over, as a share of the picture's. */
  cutout: z.number().min(0).max(0.5).default(0),
  /** Most degrees by which a picture is turned. */
  rotation: z.number().min(0).max(30).default(0),
});
export type PictureAugmentation = z.infer<typeof pictureAugmentationSchema>;

/** Whether any picture can come out changed. */
export function changesPictures({ crop, flip, colour, cutout, rotation }: PictureAugmentation): boolean {
  return crop !== null || flip > 0 || colour > 0 || cutout > 0 || rotation > 0;
}

export const textAugmentationSchema = z.strictObject({
  /** How often a word is left out, where the answer cannot depend on it. */
  wordDropout: z.number().min(0).lt(1).default(0),
  /** Words and phrases that stand for each other: `built-in`, or a JSON file `{ "phrase": ["another", …] }`. */
  synonyms: z.string().nullable().default(null),
  /** How often such a word or phrase is replaced. */
  synonymShare: share.default(0.3),
  /** How often an entity of a text alone is exchanged for another of its type in the training records; task `ner`. */
  entityExchange: share.default(0),
});
export type TextAugmentation = z.infer<typeof textAugmentationSchema>;

export const augmentationConfigSchema = z.strictObject({
  pictures: pictureAugmentationSchema.prefault({}),
  text: textAugmentationSchema.prefault({}),
});
export type AugmentationConfig = z.infer<typeof augmentationConfigSchema>;
