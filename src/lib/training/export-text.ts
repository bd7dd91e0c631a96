/**
 * @file A trained model's text network, its head and its tokenizer as a Hugging Face checkpoint: which Python class it
 * becomes, and what has no class and leaves beside it.
 *
 *     causal-lm, and what is written by GPT-2, Llama, BART    GPT2LMHeadModel, LlamaForCausalLM, BartForConditionalGeneration
 *     masked-lm                                               BertForMaskedLM, BertForPreTraining
 *     classification by BERT's own pooler                     BertForSequenceClassification
 *     ner by BERT                                             BertForTokenClassification
 *     any other head (that on the mean of the states, say)    BertModel, GPT2Model, … and `head.safetensors`
 *
 * A binary head of one logit z becomes the two rows 0 and z, of which the softmax is the sigmoid of z: what reads the
 * folder need not know how it was trained.
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
  const { text, pooling, vision } = model.config;
  const labels = labelsOf(trained) ?? undefined;
  const all = withTwoRows(weights, trained);
  const guided = vision !== null;
  const hasClassifier = all.has('classifier.weight') && text.modelType === 'bert' && !guided;
  let heads: TextHead[] = text.modelType === 'bert' ? ['pooler'] : [];
  if (task.name === 'causal-lm' || task.name === 'masked-lm') heads = languageModelHeads(task.name, all);
  else if (isWritingTask(task.name)) heads = [text.modelType === 'bart' ? 'seq2seq-lm' : 'causal-lm'];
  else if (labels && hasClassifier && task.name === 'classification' && pooling === 'network')
    heads = ['pooler', 'sequence-classification'];
  else if (labels && hasClassifier && task.name === 'ner' && isAloneIn(all, 'classifier.', trained))
    heads = ['token-classification'];
  const isClassifier = heads.some((head) => head.endsWith('-classification'));
  const kept = new Set(model.network.text.specifications().map(({ name }) => name));
  const inHead = (name: string) => (isClassifier ? name.startsWith('classifier.') : name.startsWith('cls.'));
  return {
    checkpoint: {
      config: text,
      weights: all,
      tokenizer,
      heads,
      labels: guided ? undefined : labels,
      endTokenIds: isWritingTask(task.name) ? [textFormat(tokenizer).endId] : [],
      moreGeneration: isWritingTask(task.name)
        ? { do_sample: false, num_beams: 1, max_new_tokens: mostTokens(task.state) }
        : {},
    },
    rest: new Map([...all].filter(([name]) => !kept.has(name) && !inHead(name))),
  };
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
  const { endId, prompt } = textFormat(tokenizer);
  const { bosId, eosId } = tokenizer;
  const before = bosId !== null && bosId !== eosId ? [bosId] : [];
  return { before, after: prompt('').slice(before.length), end: endId };
}

/** `classifier` of one logit as two rows, the first of them 0. */
function withTwoRows(weights: ParameterArrays, { task, head }: TrainedModel): ParameterArrays {
  const weight = weights.get('classifier.weight');
  const bias = weights.get('classifier.bias');
  const isBinary = task.name === 'classification' && head.loss === 'binary-cross-entropy';
  if (!isBinary || weight?.shape[0] !== 1 || !bias) return weights;
  const width = weight.shape[1] as number;
  const both = (data: Float32Array, row: number) => {
    const two = new Float32Array(2 * row);
    two.set(data, row);
    return two;
  };
  return new Map(weights)
    .set('classifier.weight', { shape: [2, width], data: both(weight.data, width) })
    .set('classifier.bias', { shape: [2], data: both(bias.data, 1) });
}

/** Whether the task's own parameters are those of that prefix and no others (no transitions of a CRF, say). */
function isAloneIn(weights: ParameterArrays, prefix: string, { model }: TrainedModel): boolean {
  const network = new Set(model.network.specifications().map(({ name }) => name));
  return [...weights.keys()].every((name) => network.has(name) || name.startsWith(prefix));
}

function languageModelHeads(task: 'causal-lm' | 'masked-lm', weights: ParameterArrays): TextHead[] {
  return weights.has('cls.seq_relationship.weight') ? [task, 'next-sentence', 'pooler'] : [task];
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
