/**
 * @file From the names in a published file to the names of this kit's specifications. A checkpoint of the bare
 * network lacks the prefix (`h.0.…` for `transformer.h.0.…`, as `gpt2` on the hub); BERTs converted from
 * TensorFlow say `LayerNorm.gamma` and `LayerNorm.beta`; older versions wrote buffers that are computed here
 * (causal masks, position numbers, rotary frequencies), and a tied head a second time.
 */
import type { TextConfig } from '../network';

/** Where each parameter stands in a file. */
export interface StoredNames {
  /** Our name → the file's name. */
  stored: Map<string, string>;
  /** Second copies of tied parameters: our name → the file's name of the copy. */
  copies: Map<string, string>;
  /** The file's names of buffers that are computed here. */
  buffers: string[];
  /** Our names that two names of the file claim. */
  clashes: [name: string, first: string, second: string][];
}

interface Rules {
  prefix: string;
  /** Names that the bare network's file begins with, where the prefix is to be put. */
  bare: RegExp;
  buffers: RegExp;
  tied: Readonly<Record<string, string>>;
}

function rulesOf(config: TextConfig): Rules {
  switch (config.modelType) {
    case 'bert':
      return {
        prefix: 'bert.',
        bare: /^(embeddings|encoder|pooler)\./,
        buffers: /^bert\.embeddings\.(position_ids|token_type_ids)$/,
        tied: {
          'cls.predictions.decoder.weight': 'bert.embeddings.word_embeddings.weight',
          'cls.predictions.decoder.bias': 'cls.predictions.bias',
        },
      };
    case 'gpt2':
      return {
        prefix: 'transformer.',
        bare: /^(wte|wpe|h\.\d+|ln_f)\./,
        buffers: /^transformer\.h\.\d+\.attn\.(bias|masked_bias)$/,
        tied: { 'lm_head.weight': 'transformer.wte.weight' },
      };
    case 'bart':
      return {
        prefix: 'model.',
        bare: /^(shared|encoder|decoder)\./,
        buffers: /^$/,
        tied: Object.fromEntries(
          ['model.encoder.embed_tokens.weight', 'model.decoder.embed_tokens.weight', 'lm_head.weight'].map(
            (copy) => [copy, 'model.shared.weight'],
          ),
        ),
      };
    case 'llama':
      return {
        prefix: 'model.',
        bare: /^(embed_tokens|layers\.\d+|norm)\./,
        buffers: /^model\.(layers\.\d+\.self_attn\.)?rotary_emb\.inv_freq$/,
        tied: config.tieWordEmbeddings ? { 'lm_head.weight': 'model.embed_tokens.weight' } : {},
      };
  }
}

/** Reads a file's names. */
export function readNames(names: Iterable<string>, config: TextConfig): StoredNames {
  const { prefix, bare, buffers, tied } = rulesOf(config);
  const out: StoredNames = { stored: new Map(), copies: new Map(), buffers: [], clashes: [] };
  for (const name of names) {
    const whole = bare.test(name) ? prefix + name : name;
    const ours = whole
      .replace(/LayerNorm\.gamma$/, 'LayerNorm.weight')
      .replace(/LayerNorm\.beta$/, 'LayerNorm.bias');
    const original = Object.hasOwn(tied, ours) ? tied[ours] : undefined;
    const before = out.stored.get(ours);
    if (buffers.test(ours)) out.buffers.push(name);
    else if (original !== undefined) out.copies.set(original, name);
    else if (before !== undefined) out.clashes.push([ours, before, name]);
    else out.stored.set(ours, name);
  }
  // Where only the copy was written, it is the parameter.
  for (const [original, name] of out.copies) {
    if (out.stored.has(original)) continue;
    out.stored.set(original, name);
    out.copies.delete(original);
  }
  return out;
}

/** The file's name of a parameter of ours in a checkpoint of the bare network (`BertModel`, `GPT2Model`, …). */
export function bareName(name: string, config: TextConfig): string {
  const { prefix } = rulesOf(config);
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}
