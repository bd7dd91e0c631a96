/**
 * @file A text checkpoint from a folder as the Hugging Face hub has them: `config.json`, `model.safetensors` (or
 * shards with their index) and a tokenizer. Left out: pickled weights, adapters, quantized weights, and custom
 * code (`auto_map`), which are refused or not looked at.
 */
import { join } from 'node:path';
import { InputError } from '../../errors';
import { openSafetensors, type SafetensorsFile, tensorToFloat32 } from '../../export';
import { listFolder, pythonLine, readJsonObject, refuseOtherFormats, refusePointers } from '../../hub';
import type { ParameterArrays } from '../../nn';
import { textConfigFromHuggingFace } from '../huggingface';
import type { TextConfig } from '../network';
import { Tokenizer } from '../tokenizer';
import { endTokenIds } from './generation';
import type { TextHead } from './heads';
import { planWeights } from './plan';

/** A text network with its weights and its tokenizer. */
export interface TextCheckpoint {
  config: TextConfig;
  /** By the names of the network's and its heads' specifications; only of heads that were found. */
  weights: ParameterArrays;
  tokenizer: Tokenizer;
  /** Heads that were found whole. `bert()` asks for the pooler: where it is not here, it has to be made anew. */
  heads: TextHead[];
  /** Ids at which generation ends; a chat model may have several. */
  endTokenIds: number[];
  /** Tensors of the files that were not taken: buffers, and what `allowExtra` let pass. */
  ignored: string[];
}

export interface LoadCheckpointOptions {
  /** Heads that have to be there; those that the folder's `architectures` names always have to. */
  requires?: readonly TextHead[];
  /** Tensors that no part of the network asks for (a classifier's) are listed in `ignored` instead of refused. */
  allowExtra?: boolean;
}

/**
 * Reads a checkpoint folder. Throws an `InputError` that lists every tensor that is missing, extra, or of another
 * shape or kind than `config.json` says; for weights in another format, saying how to convert them; and for a
 * tokenizer with more ids than the embedding has rows.
 */
export async function loadTextCheckpoint(
  folder: string,
  options: LoadCheckpointOptions = {},
): Promise<TextCheckpoint> {
  const names = await listFolder(folder);
  const json = await readJsonObject(join(folder, 'config.json'));
  if (json === null) {
    refuseAdapter(folder, names);
    throw new InputError(
      `${join(folder, 'config.json')}: missing; the folder holds ${names.slice(0, 8).join(', ') || 'nothing'}`,
    );
  }
  const architecture = Array.isArray(json.architectures) ? json.architectures[0] : undefined;
  refuseOtherFormats(names, folder, { architecture });
  await refusePointers(folder, names);
  const config = textConfigFromHuggingFace(json, join(folder, 'config.json'));
  const tokenizer = await readTokenizer(folder, names, config);
  const generation = await readJsonObject(join(folder, 'generation_config.json'));
  const file = await openSafetensors(folder);
  try {
    const plan = planWeights(file.tensors, config, { ...options, architecture });
    const weights: ParameterArrays = new Map();
    if (plan.faults.length === 0) {
      for (const [name, inFile] of plan.read) weights.set(name, await readArray(file, inFile));
      for (const [name, inFile] of plan.compare) {
        const copy = await readArray(file, inFile);
        const different = firstDifference(weights.get(name)?.data as Float32Array, copy.data);
        if (different < 0) continue;
        plan.faults.push(
          `not tied: ${inFile} differs from ${name} (number ${different}); only a tied head can be run here`,
        );
      }
    }
    if (plan.faults.length > 0) {
      throw new InputError(
        `${file.path}: the weights do not fit ${join(folder, 'config.json')} (${plan.faults.length}):\n  ` +
          plan.faults.join('\n  '),
      );
    }
    const { heads, ignored } = plan;
    return { config, weights, tokenizer, heads, ignored, endTokenIds: endTokenIds(json, generation) };
  } finally {
    await file.close();
  }
}

/** Throws an `InputError` where a tokenizer has ids that the embedding has no row for. Fewer ids are fine. */
export function checkTokenizerFits(tokenizer: Tokenizer, config: TextConfig, source: string): void {
  if (tokenizer.vocabularySize <= config.vocabSize) return;
  throw new InputError(
    `${source}: the tokenizer has ${tokenizer.vocabularySize} ids, but the embedding has ${config.vocabSize} rows ` +
      '(vocab_size): they are not of one model',
  );
}

async function readTokenizer(
  folder: string,
  names: readonly string[],
  config: TextConfig,
): Promise<Tokenizer> {
  const isThere = ['tokenizer.json', 'vocab.txt', 'vocab.json'].some((name) => names.includes(name));
  if (!isThere && names.includes('tokenizer.model')) {
    throw new InputError(
      `${join(folder, 'tokenizer.model')}: a SentencePiece model cannot be read here, only tokenizer.json. Make it in ` +
        'Python (pip install transformers sentencepiece):\n  ' +
        pythonLine(folder, 't.AutoTokenizer.from_pretrained(s).save_pretrained(s)'),
    );
  }
  const tokenizer = await Tokenizer.fromFolder(folder);
  checkTokenizerFits(tokenizer, config, folder);
  return tokenizer;
}

async function readArray(file: SafetensorsFile, name: string) {
  const tensor = await file.read(name);
  const data = tensorToFloat32(tensor, `${file.path}: tensor ${JSON.stringify(name)}`);
  return { shape: [...tensor.shape], data };
}

/** Index of the first number that differs; -1 where there is none. */
function firstDifference(a: Float32Array, b: Float32Array): number {
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i]) && a[i] !== b[i]) return i;
  return -1;
}

function refuseAdapter(folder: string, names: readonly string[]): void {
  if (names.includes('adapter_config.json')) refuseOtherFormats(names, folder);
}
