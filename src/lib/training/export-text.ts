/**
 * @file A trained model's text network, its head and its tokenizer as a Hugging Face checkpoint: which Python class it
 * becomes, and what has no class and leaves beside it.
 *
 *     causal-lm, and what is written by GPT-2, Llama, BART      GPT2LMHeadModel, LlamaForCausalLM, BartForConditionalGeneration
 *     masked-lm                                                 BertForMaskedLM, BertForPreTraining
 *     classification and regression by BERT's own pooler        BertForSequenceClassification
 *     ner by BERT                                               BertForTokenClassification
 *     any other head (on the mean of the states, on spans)      BertModel, GPT2Model, … and `head.safetensors`
 *
 * What reads the folder need not know how the head was trained: `plainHead` brings it to rows of logits, or to a value.
 */
import { join } from 'node:path';
import { InputError } from '../errors';
import type { ParameterArrays } from '../nn';
import { isWritingTask, mostTokens, textFormat } from '../tasks';
import {
  type SaveCheckpointOptions,
  type SavedCheckpoint,
  saveTextCheckpoint,
  type TextHead,
  type Tokenizer,
} from '../text';
import { loadTrainedModel, type TrainedModel } from './trained-model';

/** File of a head that has no Python class. */
export const HEAD_FILE = 'head.safetensors';

export interface TextPart {
  checkpoint: SavedCheckpoint;
  /** Parameters of the model that are not in the checkpoint, by name. */
  rest: ParameterArrays;
}

/** The ids around a text that a model is told, and the one that ends what it writes. */
export interface PromptIds {
  before: number[];
  after: number[];
  end: number;
}

/** What becomes of a model's text network. `weights`: all of the model's, as `parameters.toArrays` gives them. */
export function textPartOf(trained: TrainedModel, weights: ParameterArrays): TextPart {
  const { model, task, tokenizer } = trained;
  const guided = model.network.vision !== null;
  const all = plainHead(weights, trained);
  const heads = headsOf(trained, all);
  const isClassifier = heads.some((head) => head.endsWith('-classification'));
  const kept = new Set(model.network.text.specifications().map(({ name }) => name));
  const inHead = (name: string) => (isClassifier ? name.startsWith('classifier.') : name.startsWith('cls.'));
  const writes = isWritingTask(task.name);
  return {
    checkpoint: {
      config: model.config.text,
      weights: all,
      tokenizer,
      heads,
      endTokenIds: writes ? [textFormat(tokenizer).endId] : [],
      labels: guided ? undefined : (labelsOf(trained) ?? (isClassifier ? ['value'] : undefined)),
      moreGeneration: writes
        ? { do_sample: false, num_beams: 1, max_new_tokens: mostTokens(task.state) }
        : {},
    },
    rest: new Map([...all].filter(([name]) => !kept.has(name) && !inHead(name))),
  };
}

/** The heads that a Python class has. */
function headsOf({ model, task }: TrainedModel, weights: ParameterArrays): TextHead[] {
  const { text, pooling, vision } = model.config;
  const isBert = text.modelType === 'bert';
  if (task.name === 'causal-lm' || task.name === 'masked-lm') {
    return weights.has('cls.seq_relationship.weight') ? [task.name, 'next-sentence', 'pooler'] : [task.name];
  }
  if (isWritingTask(task.name)) return [text.modelType === 'bart' ? 'seq2seq-lm' : 'causal-lm'];
  const isPooled = task.name === 'classification' || task.name === 'regression';
  if (isBert && !vision && isPooled && pooling === 'network') return ['pooler', 'sequence-classification'];
  if (isBert && !vision && task.name === 'ner') return ['token-classification'];
  return isBert ? ['pooler'] : [];
}

/** Names of the classes, where the task has some. */
export function labelsOf({ task }: Pick<TrainedModel, 'task'>): string[] | null {
  const { labels, tags } = task.state as { labels?: unknown; tags?: unknown };
  const found = labels ?? tags;
  return Array.isArray(found) && found.every((one) => typeof one === 'string') ? (found as string[]) : null;
}

/** `null` for a model that is told nothing. */
export function promptIds({
  task,
  tokenizer,
}: {
  task: { name: string };
  tokenizer: Tokenizer;
}): PromptIds | null {
  if (!isWritingTask(task.name)) return null;
  const { beginning, endId, prompt } = textFormat(tokenizer);
  return { before: [...beginning], after: prompt('').slice(beginning.length), end: endId };
}

/**
 * The weights with a plain head. One logit z of two labels becomes the two rows 0 and z, of which the softmax is the
 * sigmoid of z; a regression's units are taken into its weights, m + s·(w·h + b) = (s·w)·h + (m + s·b).
 */
function plainHead(weights: ParameterArrays, { task }: TrainedModel): ParameterArrays {
  const weight = weights.get('classifier.weight');
  const bias = weights.get('classifier.bias');
  if (weight?.shape[0] !== 1 || !bias) return weights;
  const width = weight.shape[1] as number;
  const changed = (rows: number, w: Float32Array, b: Float32Array) =>
    new Map(weights)
      .set('classifier.weight', { shape: [rows, width], data: w })
      .set('classifier.bias', { shape: [rows], data: b });
  if (task.name === 'regression') {
    const { mean, deviation } = task.state as { mean: number; deviation: number };
    const b = mean + deviation * (bias.data[0] as number);
    return changed(
      1,
      weight.data.map((w) => deviation * w),
      Float32Array.of(b),
    );
  }
  if (labelsOf({ task })?.length !== 2) return weights;
  const rows = new Float32Array(2 * width);
  rows.set(weight.data, width);
  return changed(2, rows, Float32Array.of(0, bias.data[0] as number));
}

/**
 * Writes the language model of the run in `directory` to `folder`, for `AutoModelForCausalLM` or
 * `AutoModelForMaskedLM` of Python `transformers`. Throws an `InputError` where the run is of another task, or the
 * folder holds something already.
 */
export async function exportLanguageModel(
  directory: string,
  folder: string,
  options: SaveCheckpointOptions = {},
): Promise<void> {
  const trained = await loadTrainedModel(join(directory, 'model'));
  try {
    const { model, task } = trained;
    if (task.name !== 'causal-lm' && task.name !== 'masked-lm') {
      throw new InputError(
        `${directory}: is a ${task.name} model; causal-lm and masked-lm models can be exported so`,
      );
    }
    await saveTextCheckpoint(
      folder,
      textPartOf(trained, await model.parameters.toArrays()).checkpoint,
      options,
    );
  } finally {
    trained.model.dispose();
  }
}
