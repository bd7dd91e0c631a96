/**
 * @file The train config of CONTRACT.md: only `task` and `data` are needed; every default is filled in, so that
 * the `config.json` of a run folder is complete and says what was done.
 */
import { z } from 'zod';
import { augmentationConfigSchema } from '../augmentation/config';
import { TASKS } from '../data';
import { fusionConfigSchema, gateConfigSchema, promptConfigSchema } from '../fusion';
import { textPresets } from '../text/presets';
import { visionPresets } from '../vision/presets';

/** A preset by name, a folder of weights, or the network's own settings. */
const networkSchema = (presets: Record<string, unknown>, fallback: string) =>
  z
    .union([z.string(), z.looseObject({ modelType: z.string() })], {
      message: `expected a preset (${Object.keys(presets).join(', ')}), a folder of weights, or { "modelType": … }`,
    })
    .default(fallback);

export const tokenizerConfigSchema = z.strictObject({
  /**
   * Folder of a run, or of a Hugging Face checkpoint, whose tokenizer is taken as it is; the other fields then count for
   * nothing. Pretrained weights (`model.text`) bring their own, and no other may be named beside them.
   */
  from: z.string().nullable().default(null),
  /** `characters` are those of the training text, one byte of UTF-8 each, and no others. */
  kind: z.enum(['word-piece', 'byte-level-bpe', 'characters']).default('word-piece'),
  /** Ids at most, special tokens included. */
  vocabularySize: z.int().min(6).default(4000),
  lowercase: z.boolean().default(true),
  /** A pair seen less often is not merged. */
  minimumFrequency: z.int().positive().default(2),
});

export const headConfigSchema = z.strictObject({
  /**
   * `binary-cross-entropy` has one logit and wants two labels; `mean-squared-error` is of probabilities (one logit where
   * there are two labels), and the one loss of a regression, whose default it is.
   */
  loss: z.enum(['cross-entropy', 'binary-cross-entropy', 'mean-squared-error']).default('cross-entropy'),
  dropout: z.number().min(0).lt(1).default(0.1),
  /**
   * Of a classification: in place of a head of its own the language model's, asked for a word a label. `template` has
   * `{text}` and, where the word belongs, `{mask}` (at its end for a causal network).
   */
  prompt: z
    .strictObject({
      template: z
        .string()
        .refine(
          (template) => ['{text}', '{mask}'].every((slot) => template.split(slot).length === 2),
          'must have {text} and {mask} once each',
        ),
      words: z.record(z.string(), z.string().min(1)).refine((words) => Object.keys(words).length > 1, {
        message: 'must give a word for each of two labels or more',
      }),
    })
    .nullable()
    .default(null),
});

/** λ of L2 in the gradient, g + λθ, which goes through the moments; not of biases and norms. `weightDecay` does not. */
const l2Schema = z.number().min(0).default(0);

export const optimizerConfigSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('adamw'),
    beta1: z.number().min(0).lt(1).default(0.9),
    beta2: z.number().min(0).lt(1).default(0.999),
    epsilon: z.number().positive().default(1e-8),
    l2: l2Schema,
  }),
  z.strictObject({
    kind: z.literal('sgd'),
    momentum: z.number().min(0).lt(1).default(0.9),
    l2: l2Schema,
  }),
]);
export type OptimizerConfig = z.infer<typeof optimizerConfigSchema>;

export const languageModelConfigSchema = z.strictObject({
  /** Tokens T of a block; the longest that the network takes, unless given. */
  blockLength: z.int().min(2).nullable().default(null),
  /** Attend and predict across the borders of documents that stand in one block. */
  acrossDocuments: z.boolean().default(false),
  /** `masked-lm`: share of the tokens to guess. */
  maskedShare: z.number().gt(0).lt(1).default(0.15),
  /** `masked-lm`: mask all pieces of a word together. */
  wholeWords: z.boolean().default(false),
  /** `masked-lm`: also whether one sentence follows the other (`next`), or they are swapped (`order`). */
  sentencePairs: z.enum(['none', 'next', 'order']).default('none'),
});

export const adversarialConfigSchema = z.strictObject({
  kind: z.enum(['fgm', 'pgd', 'freelb']).default('fgm'),
  /** Of the text network's words, or of the pictures. */
  on: z.enum(['embeddings', 'pixels']).default('embeddings'),
  /** Radius of the ball around each record, in the norm. */
  epsilon: z.number().positive(),
  /** Gradients that `pgd` and `freelb` take. */
  steps: z.int().positive().default(3),
  /** Length of such a step; 2.5·epsilon/steps unless given. */
  stepSize: z.number().positive().nullable().default(null),
  /** `l2` over all that belongs to a record, or `max`; for embeddings and pixels in this order, unless given. */
  norm: z.enum(['l2', 'max']).nullable().default(null),
});
export type AdversarialConfig = z.infer<typeof adversarialConfigSchema>;

export const trainingConfigSchema = z.strictObject({
  epochs: z.number().positive().default(10),
  /** Stops after this many steps, whatever `epochs` says. */
  maxSteps: z.int().positive().nullable().default(null),
  batchSize: z.int().positive().default(64),
  /** Batches whose mean gradient makes one step: a larger batch than fits into memory. */
  accumulation: z.int().positive().default(1),
  /**
   * So many records of one picture stand together in a batch, which looks at the picture once for them: faster where looking
   * costs most and pictures have many records (training/records-per-picture.ts).
   */
  recordsPerPicture: z.int().min(2).nullable().optional(),
  evaluationBatchSize: z.int().positive().default(256),
  learningRate: z.number().positive().default(1e-3),
  schedule: z.enum(['constant', 'linear', 'cosine']).default('cosine'),
  /** Where `linear` and `cosine` end, as a share of the learning rate. */
  finalLearningRate: z.number().min(0).max(1).default(0),
  /** Share of all steps over which the learning rate rises from 0. */
  warmup: z.number().min(0).max(1).default(0.05),
  optimizer: z
    .preprocess((value) => (typeof value === 'string' ? { kind: value } : value), optimizerConfigSchema)
    .default({ kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, l2: 0 }),
  /** Decoupled; not applied to biases and norms. */
  weightDecay: z.number().min(0).default(0.01),
  /**
   * Share of the records that are shown no picture, drawn anew each epoch, so that the model also learns to do without:
   * guidance at decoding time contrasts with that. 0.1 for tasks whose answer is written, 0 for others.
   */
  pictureDropout: z.number().min(0).lt(1).default(0),
  /** Largest global norm of the gradient; `null` cuts nothing. */
  gradientClipping: z.number().positive().nullable().default(1),
  labelSmoothing: z.number().min(0).lt(1).default(0),
  /**
   * How much each label counts in the loss of classification, relation and ner (whose labels are tags): `balanced` for
   * N / (C·n_c), as scikit-learn; or weights by label, 1 for those that are not named.
   */
  classWeights: z
    .union([z.literal('balanced'), z.record(z.string(), z.number().positive())], {
      message: 'expected "balanced", or an object of positive weights by label',
    })
    .nullable()
    .default(null),
  /** What does not learn: `text`, `vision`, `fusion`, `head`, or names of parameters in which * stands for anything. */
  frozen: z.array(z.string()).default([]),
  /** Only the top k layers of the text network learn, and what stands above them; or of each: `{ "text": k, "vision": k }`. */
  trainableLayers: z
    .preprocess(
      (value) => (typeof value === 'number' ? { text: value } : value),
      z
        .strictObject({
          text: z.int().nonnegative().nullable().default(null),
          vision: z.int().nonnegative().nullable().default(null),
        })
        .nullable(),
    )
    .default(null),
  /** Only the task's head learns. */
  headOnly: z.boolean().default(false),
  /** Epochs after which one more layer learns, from the top; first only what stands above the layers. */
  gradualUnfreezing: z.number().positive().nullable().default(null),
  /** Learning rates of parts or patterns of names, as in `frozen`; the last that means a parameter counts. */
  learningRates: z.record(z.string(), z.number().positive()).default({}),
  /** Factor on the learning rate from each layer of a network to the one below it. */
  layerDecay: z.number().gt(0).max(1).nullable().default(null),
  /**
   * Low-rank adapters learn in the place of the text network (lora.ts); `true` for the defaults. `targets`: endings of
   * projections' names (`query`) or patterns; by default queries and values.
   */
  lora: z
    .preprocess(
      (value) => (value === true ? {} : value === false ? null : value),
      z
        .strictObject({
          rank: z.int().positive().default(8),
          alpha: z.number().positive().default(16),
          dropout: z.number().min(0).lt(1).default(0),
          targets: z.array(z.string()).min(1).nullable().default(null),
        })
        .nullable(),
    )
    .default(null),
  /** Learn from inputs that are perturbed against the model (adversarial/attack.ts). */
  adversarial: adversarialConfigSchema.nullable().default(null),
  /** Decay of an exponential moving average of the weights, by step; the average is what is evaluated and kept. */
  ema: z.number().gt(0).lt(1).nullable().default(null),
  /** Evaluations in a row without a better score after which training stops; `null` never stops early. */
  patience: z.int().positive().nullable().default(5),
  /** Steps between evaluations; `null` means once an epoch. */
  evaluationSteps: z.int().positive().nullable().default(null),
  /** Steps between checkpoints; `null` means at each evaluation and once a minute. */
  checkpointSteps: z.int().positive().nullable().default(null),
});
export type TrainingConfig = z.infer<typeof trainingConfigSchema>;

export const trainConfigSchema = z.strictObject({
  task: z.enum(TASKS as [string, ...string[]]),
  data: z.strictObject({
    train: z.string(),
    validation: z.string().nullable().default(null),
    test: z.string().nullable().default(null),
    /**
     * Learn from so many of the training records, whole groups as far as the count allows; `null` for all. They are drawn
     * by the `split` seed, of one seed the fewer among the more; validation is split off before, the same for all sizes.
     * An epoch is as much shorter, and patience counts evaluations, one an epoch by default: for as many steps at every
     * size set `training.maxSteps` and `evaluationSteps`, `patience` to null, and `epochs` high.
     */
    limit: z.int().positive().nullable().default(null),
    /** Train although groups stand in more than one of the files. */
    allowLeak: z.boolean().default(false),
    /** What is changed in the training records, anew each epoch; `null` changes nothing. */
    augmentation: augmentationConfigSchema.nullable().default(null),
  }),
  model: z
    .strictObject({
      text: networkSchema(textPresets, 'small'),
      vision: networkSchema(visionPresets, 'cnn-small'),
      fusion: fusionConfigSchema.default({ kind: 'concat', hiddenSize: null, dropout: 0.1 }),
      /** How far the picture is let in, by a classifier of its own: `true`, or its settings. */
      gate: z
        .preprocess(
          (value) => (value === true ? {} : value === false ? null : value),
          gateConfigSchema.nullable(),
        )
        .default(null),
      /** Learned states that are read beside each text, while the text network stays as it is (fusion/learned-prompt.ts). */
      prompt: promptConfigSchema.nullable().default(null),
      /** How a text becomes one state: the mean of its tokens', or the text network's own pooler. */
      pooling: z.enum(['mean', 'network']).default('mean'),
      head: headConfigSchema.prefault({}),
      tokenizer: tokenizerConfigSchema.prefault({}),
    })
    .prefault({}),
  /** Pretraining on text (`causal-lm`, `masked-lm`); `null` for other tasks. */
  languageModel: languageModelConfigSchema.nullable().default(null),
  training: trainingConfigSchema.prefault({}),
  /** Folder of a finished run whose weights, labels and tokenizer are gone on from: what `sightline train --from` names. */
  from: z.string().optional(),
  /** Every random choice follows from it, but for those that `seeds` gives a seed of their own. */
  seed: z.int().nonnegative().default(1),
  seeds: z
    .strictObject({
      initialization: z.int().nonnegative().optional(),
      order: z.int().nonnegative().optional(),
      dropout: z.int().nonnegative().optional(),
      split: z.int().nonnegative().optional(),
      augmentation: z.int().nonnegative().optional(),
    })
    .default({}),
});

/** A checked train config with every default. */
export type TrainConfig = z.infer<typeof trainConfigSchema>;
/** As a user writes it. */
export type TrainConfigInput = z.input<typeof trainConfigSchema>;

export type SeedPurpose = keyof TrainConfig['seeds'];

/** The seed of one purpose. */
export function seedFor(config: Pick<TrainConfig, 'seed' | 'seeds'>, purpose: SeedPurpose): number {
  return config.seeds[purpose] ?? config.seed;
}
