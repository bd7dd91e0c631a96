/**
 * @file A text network, with its heads and its tokenizer, as a folder that Python `transformers` loads by
 * `AutoModelFor….from_pretrained`, and this kit by `loadTextCheckpoint`. A tied head is written once, as the token
 * table; the bare network is written without the prefix of its names: both as `transformers` does.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../errors';
import { saveWeights } from '../../export';
import { writeOutputFolder } from '../../export/output-folder';
import type { ParameterArrays, ParameterSpecification } from '../../nn';
import { textConfigToHuggingFace } from '../huggingface';
import type { TextConfig } from '../network';
import type { Tokenizer } from '../tokenizer';
import { generationConfig } from './generation';
import { architectureOf, parameterGroups, type TextHead } from './heads';
import { checkTokenizerFits } from './load';
import { bareName } from './names';

export interface SavedCheckpoint {
  config: TextConfig;
  /** Parameters by name. Those that belong to no named head (the parts of a larger model) are left out. */
  weights: ParameterArrays;
  tokenizer: Tokenizer;
  /** Heads to write; they decide which class Python makes of the folder. */
  heads: readonly TextHead[];
  /** Ids at which generation ends, where they are other than the configuration's. */
  endTokenIds?: readonly number[];
  /** Names of a classifier's classes, in the order of its rows: `id2label` and `label2id`. */
  labels?: readonly string[];
  /** Further keys of `config.json`, which Python keeps and does not read. */
  moreConfig?: Readonly<Record<string, unknown>>;
  /** Further keys of `generation_config.json`. */
  moreGeneration?: Readonly<Record<string, unknown>>;
}

export interface SaveCheckpointOptions {
  /** Numbers of the file; F16 and BF16 round to nearest even. */
  dtype?: 'F32' | 'F16' | 'BF16';
  /** Replace an earlier checkpoint in `folder`; a folder that holds anything else is never replaced. */
  overwrite?: boolean;
}

/** The files that a saved checkpoint may consist of. */
export const CHECKPOINT_FILES = [
  'config.json',
  'generation_config.json',
  'model.safetensors',
  'special_tokens_map.json',
  'tokenizer.json',
  'tokenizer_config.json',
] as const;

const DTYPES = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

/**
 * Writes `folder`, all or nothing. Throws an `InputError` that lists parameters that are missing or of a wrong
 * shape, where the tokenizer does not fit, and where `folder` holds something already; nothing is written then.
 */
export async function saveTextCheckpoint(
  folder: string,
  checkpoint: SavedCheckpoint,
  { dtype, overwrite = false }: SaveCheckpointOptions = {},
): Promise<void> {
  const fill = textCheckpointFiller(checkpoint, { dtype, name: folder });
  await writeOutputFolder(folder, fill, overwrite ? { replaceable: CHECKPOINT_FILES } : {});
}

/**
 * What fills an empty folder with the files of a checkpoint: for folders that hold more than that. Throws as
 * `saveTextCheckpoint` does, `name` naming the folder, before anything is written.
 */
export function textCheckpointFiller(
  checkpoint: SavedCheckpoint,
  { dtype = 'F32', name: folder }: Pick<SaveCheckpointOptions, 'dtype'> & { name: string },
): (place: string) => Promise<void> {
  const { tokenizer, weights } = checkpoint;
  const config = withKnownTokens(checkpoint.config, tokenizer);
  const heads = new Set(checkpoint.heads);
  const chosen = choose(config, weights, heads, folder, checkpoint.labels?.length ?? 0);
  checkTokenizerFits(tokenizer, config, folder);
  const architecture = architectureOf(config, heads);
  const isBare = architecture.endsWith('Model') && !architecture.endsWith('LMHeadModel');
  const named = new Map([...chosen].map(([name, array]) => [isBare ? bareName(name, config) : name, array]));

  const text = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  const modelMaxLength = config.modelType === 'gpt2' ? config.nPositions : config.maxPositionEmbeddings;
  const files = tokenizer.toFiles({ modelMaxLength });
  const json = {
    ...textConfigToHuggingFace(config, architecture),
    dtype: DTYPES[dtype],
    ...labelKeys(checkpoint.labels),
    ...checkpoint.moreConfig,
  };
  files.set('config.json', text(json));
  if (config.modelType !== 'bert' && (heads.has('causal-lm') || heads.has('seq2seq-lm'))) {
    const ends = checkpoint.endTokenIds ?? [];
    const generation = { ...generationConfig(config, tokenizer, ends), ...checkpoint.moreGeneration };
    files.set('generation_config.json', text(generation));
  }
  return async (place) => {
    await saveWeights(join(place, 'model.safetensors'), named, { dtype, metadata: { format: 'pt' } });
    for (const [name, content] of files) await writeFile(join(place, name), content, { flush: true });
  };
}

/** `id2label` and `label2id`, as Hugging Face's `config.json` has them. */
export function labelKeys(labels: readonly string[] | undefined): Record<string, unknown> {
  if (!labels) return {};
  return {
    id2label: Object.fromEntries(labels.map((label, id) => [id, label])),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
  };
}

/** The parameters of the network and of `heads`, each of the right shape. */
function choose(
  config: TextConfig,
  weights: ParameterArrays,
  heads: ReadonlySet<TextHead>,
  folder: string,
  classes: number,
): ParameterArrays {
  const groups = parameterGroups(config, classes);
  const faults: string[] = [];
  const expected: ParameterSpecification[] = [...groups.body];
  for (const head of heads) {
    const parameters = groups.heads.get(head);
    if (parameters) expected.push(...parameters);
    else faults.push(`a ${config.modelType} has no ${head} head`);
  }
  const chosen: ParameterArrays = new Map();
  for (const { name, shape } of expected) {
    const array = weights.get(name);
    if (!array) faults.push(`missing: ${name}, expected [${shape}]`);
    else if (array.shape.length !== shape.length || array.shape.some((axis, i) => axis !== shape[i])) {
      faults.push(`wrong shape: ${name}, expected [${shape}], found [${array.shape}]`);
    } else chosen.set(name, array);
  }
  if (faults.length > 0) {
    throw new InputError(
      `${folder}: the weights do not fit the network (${faults.length}), nothing was written:\n  ${faults.join('\n  ')}`,
    );
  }
  return chosen;
}

/** A beginning or end that the vocabulary does not have (a default, left over) becomes the tokenizer's own. */
function withKnownTokens(config: TextConfig, tokenizer: Tokenizer): TextConfig {
  if (config.modelType === 'bert') return config;
  const known = (id: number | null, own: number | null) => (id !== null && id >= config.vocabSize ? own : id);
  return {
    ...config,
    bosTokenId: known(config.bosTokenId, tokenizer.bosId),
    eosTokenId: known(config.eosTokenId, tokenizer.eosId),
  };
}
