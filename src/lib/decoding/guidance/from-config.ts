/**
 * @file Guidance by its settings, as a config or a command line states them, put around a model and its pictures:
 *
 *     none            plain decoding
 *     cfg             scale=1.5                          classifier-free guidance with the text-only branch
 *     vcd             alpha=1, cutoff=0.1, step=500      against a noisy picture
 *     icd             disturbance="…", alpha=1, cutoff=0.1
 *     m3id            forgetting=0.02, sureness=0.3
 *     cutoff          cutoff=0.1                         a control: the plausibility cutoff alone
 *
 * Several are applied one around the other. Each branch has a cache of its own.
 */
import { z } from 'zod';
import { InputError } from '../../errors';
import { nearest } from '../../nn/nearest';
import { diffusionNoise } from '../../vision';
import type { LanguageModel, NetworkLogits } from '../network-logits';
import type { NextTokenLogits } from '../next-token-logits';
import type { ShownPictures } from '../seen-pictures';
import { classifierFreeGuidance } from './classifier-free';
import { cutoffOnly } from './controls';
import { type CountedLogits, counted } from './count';
import { instructionContrastiveDecoding } from './instruction-contrastive';
import { m3id } from './m3id';
import { visualContrastiveDecoding } from './visual-contrastive';

const share = z.number().gt(0).max(1);

export const guidanceConfigSchema = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('none') }),
  z.strictObject({
    rule: z.literal('cfg'),
    scale: z.number().min(1).default(1.5),
    cutoff: share.nullable().default(null),
  }),
  z.strictObject({
    rule: z.literal('vcd'),
    alpha: z.number().min(0).default(1),
    cutoff: share.nullable().default(0.1),
    step: z.int().min(0).max(999).default(500),
  }),
  z.strictObject({
    rule: z.literal('icd'),
    disturbance: z.string().min(1).default('You are a confused object detector.'),
    alpha: z.number().min(0).default(1),
    cutoff: share.nullable().default(0.1),
  }),
  z.strictObject({
    rule: z.literal('m3id'),
    forgetting: z.number().min(0).default(0.02),
    sureness: share.default(0.3),
  }),
  z.strictObject({ rule: z.literal('cutoff'), cutoff: share.default(0.1) }),
]);
export type GuidanceConfig = z.infer<typeof guidanceConfigSchema>;
export type GuidanceConfigInput = z.input<typeof guidanceConfigSchema>;

export const guidanceRules = ['none', 'cfg', 'vcd', 'icd', 'm3id', 'cutoff'] as const;

/** `cfg`, `cfg:1.5`, `vcd:alpha=1,step=700`: the first number without a name is the rule's first setting. Throws an `InputError`. */
export function parseGuidance(text: string): GuidanceConfig {
  const [rule = '', settings = ''] = text.split(/:(.*)/s);
  if (!(guidanceRules as readonly string[]).includes(rule)) {
    throw new InputError(
      `guidance ${JSON.stringify(text)}: there is no rule ${JSON.stringify(rule)}; did you mean ${nearest(rule, guidanceRules)}? (${guidanceRules.join(', ')})`,
    );
  }
  const first = {
    none: '',
    cfg: 'scale',
    vcd: 'alpha',
    icd: 'alpha',
    m3id: 'forgetting',
    cutoff: 'cutoff',
  };
  const fields: Record<string, unknown> = { rule };
  for (const part of settings === '' ? [] : settings.split(',')) {
    const [name, value] = part.includes('=')
      ? [part.slice(0, part.indexOf('=')).trim(), part.slice(part.indexOf('=') + 1).trim()]
      : [first[rule as keyof typeof first], part.trim()];
    fields[name] =
      value === 'none' ? null : value !== '' && Number.isFinite(Number(value)) ? Number(value) : value;
  }
  return checkGuidance(fields, `guidance ${JSON.stringify(text)}`);
}

/** The settings with their defaults. Throws an `InputError`. */
export function checkGuidance(settings: unknown, source = 'guidance'): GuidanceConfig {
  const result = guidanceConfigSchema.safeParse(settings);
  if (result.success) return result.data;
  throw new InputError(`${source}: ${z.prettifyError(result.error)}`);
}

/** `cfg 1.5`: for tables and figures. */
export function guidanceName(config: GuidanceConfig): string {
  switch (config.rule) {
    case 'none':
      return 'plain';
    case 'cfg':
      return `cfg ${config.scale}`;
    case 'vcd':
      return `vcd ${config.alpha}`;
    case 'icd':
      return `icd ${config.alpha}`;
    case 'm3id':
      return `m3id ${config.forgetting}`;
    case 'cutoff':
      return `cutoff ${config.cutoff}`;
  }
}

export interface GuidedLogits extends NextTokenLogits {
  /** Rows that were read so far, over all branches: what guidance costs. */
  readonly passes: number;
  /** Those of one prompt's rows. */
  passesOf(source: number): number;
  dispose(): void;
}

export interface GuideOptions {
  seed?: number;
  /** What each picture is named for its noise; its index by default. */
  keys?: readonly (number | string)[];
  /** 0 or 1 in place of what a relevance gate says. */
  relevance?: 0 | 1 | null;
  /** That no picture is shown is no error: there are others beside these. */
  mayLackPictures?: boolean;
}

/**
 * The model under guidance, looking at `pictures`. `base` is the model's `NetworkLogits`, which stays its caller's.
 * Throws an `InputError` where a rule needs what the model lacks.
 */
export function guide(
  model: LanguageModel,
  base: NetworkLogits,
  pictures: ShownPictures,
  rules: readonly GuidanceConfig[],
  { seed = 1, keys, relevance, mayLackPictures = false }: GuideOptions = {},
): GuidedLogits {
  const shows = mayLackPictures || pictures.some((picture) => picture !== null);
  for (const rule of rules) checkGuides(model, rule, shows);
  const looks = Boolean(model.guided?.vision);
  const branches: { logits: NetworkLogits; count: CountedLogits }[] = [];
  const branch = (shown: ShownPictures): NextTokenLogits => {
    const logits = base.withPictures(looks ? shown : [], { relevance });
    const count = counted(logits);
    branches.push({ logits, count });
    return count;
  };
  let guided: NextTokenLogits = branch(pictures);
  for (const rule of rules) {
    switch (rule.rule) {
      case 'none':
        break;
      case 'cfg':
        guided = classifierFreeGuidance(guided, branch(pictures.map(() => null)), {
          scale: rule.scale,
          cutoff: rule.cutoff ?? undefined,
        });
        break;
      case 'vcd': {
        const { imageMean: mean, imageStd: deviation } = normalizationOf(model);
        const noisy = pictures.map(
          (picture, i) =>
            picture &&
            diffusionNoise(picture, { step: rule.step, seed, key: keys?.[i] ?? i, mean, deviation }),
        );
        guided = visualContrastiveDecoding(guided, branch(noisy), rule);
        break;
      }
      case 'icd': {
        const { ids } = model.tokenizer.encode(`${rule.disturbance} `, null, { addSpecialTokens: false });
        guided = instructionContrastiveDecoding(guided, branch(pictures), ids, rule);
        break;
      }
      case 'm3id':
        guided = m3id(guided, branch(pictures.map(() => null)), rule);
        break;
      case 'cutoff':
        guided = cutoffOnly(guided, rule.cutoff);
    }
  }
  const { vocabularySize, maxLength, slides, longestPrompt, next, nextWithStates } = guided;
  return {
    vocabularySize,
    maxLength,
    slides,
    longestPrompt,
    next: next.bind(guided),
    ...(nextWithStates ? { nextWithStates: nextWithStates.bind(guided) } : {}),
    get passes() {
      return branches.reduce((sum, { count }) => sum + count.passes, 0);
    },
    passesOf: (source) => branches.reduce((sum, { count }) => sum + count.passesOf(source), 0),
    dispose: () => {
      for (const { logits } of branches) logits.dispose();
    },
  };
}

/** Throws an `InputError` where the model lacks what the rule needs of it, or it is shown no picture. */
export function checkGuides(
  model: Pick<LanguageModel, 'guided' | 'knowsNoPicture'>,
  { rule }: GuidanceConfig,
  shows = true,
): void {
  if (rule === 'none' || rule === 'cutoff') return;
  if (!model.guided?.vision) {
    throw new InputError(
      `guidance ${rule}: the model was trained on text alone, so there is no picture to be guided by; train with a fusion other than none`,
    );
  }
  if (!shows) {
    throw new InputError(
      `guidance ${rule}: no picture was given; name one (--image), or records that have one`,
    );
  }
  if ((rule === 'cfg' || rule === 'm3id') && !model.knowsNoPicture) {
    throw new InputError(
      `guidance ${rule}: contrasts with the model's text-only branch, and this model never learned to do without a picture; train it with training.pictureDropout above 0 (0.1, say)`,
    );
  }
  if (rule === 'vcd' && model.guided.config.vision?.modelType === 'features') {
    throw new InputError(
      'guidance vcd: disturbs pixels, and this model takes features computed before; use cfg or m3id, or a vision network that is part of the model',
    );
  }
}

function normalizationOf({ guided }: LanguageModel): {
  imageMean?: readonly number[];
  imageStd?: readonly number[];
} {
  return (guided?.config.vision ?? {}) as { imageMean?: readonly number[]; imageStd?: readonly number[] };
}
