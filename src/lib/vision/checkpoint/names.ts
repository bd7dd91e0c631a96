/**
 * @file From the names in a published file of weights to those of this kit's specifications. The bare network's file
 * lacks the prefix (`vit.`, and `vision_model.` since transformers 5); what stands on the network or beside it (a
 * classifier, the pooler, CLIP's text tower and projections, buffers) is passed over.
 */
import type { HuggingFaceVisionConfig } from '../huggingface';

interface Rules {
  prefix: string;
  /** Names that the bare network's file begins with, where the prefix is to be put. */
  bare: RegExp;
  /** Our names of what is no part of the network. */
  passedOver: RegExp;
}

const RULES: Record<HuggingFaceVisionConfig['modelType'], Rules> = {
  vit: {
    prefix: 'vit.',
    bare: /^(embeddings|encoder|layernorm|pooler)\./,
    passedOver: /^(classifier\.|decoder\.|vit\.pooler\.|vit\.embeddings\.mask_token$)/,
  },
  'clip-vision': {
    prefix: 'vision_model.',
    bare: /^(embeddings|encoder|pre_layrnorm|post_layernorm)\./,
    passedOver:
      /^(text_model\.|text_projection\.|visual_projection\.|classifier\.|logit_scale$|vision_model\.embeddings\.position_ids$)/,
  },
};

/** Where each parameter stands in a file. */
export interface StoredNames {
  /** Our name → the file's name. */
  stored: Map<string, string>;
  passedOver: string[];
  /** Our names that two names of the file claim. */
  clashes: [name: string, first: string, second: string][];
}

export function readNames(names: Iterable<string>, { modelType }: HuggingFaceVisionConfig): StoredNames {
  const { prefix, bare, passedOver } = RULES[modelType];
  const out: StoredNames = { stored: new Map(), passedOver: [], clashes: [] };
  for (const name of names) {
    const ours = bare.test(name) ? prefix + name : name;
    const before = out.stored.get(ours);
    if (passedOver.test(ours)) out.passedOver.push(name);
    else if (before !== undefined) out.clashes.push([ours, before, name]);
    else out.stored.set(ours, name);
  }
  return out;
}

/** The name in a file of `ViTModel` (bare in every version) or `CLIPVisionModel` (with its prefix: old and new read it). */
export function writtenName(name: string, { modelType }: HuggingFaceVisionConfig): string {
  return modelType === 'vit' ? name.replace(/^vit\./, '') : name;
}
