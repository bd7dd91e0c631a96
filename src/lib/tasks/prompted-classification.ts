/**
 * @file Classification as a language model's question (Schick and Schütze 2021): a template puts the text before it with
 * a gap, and each label has a word (the verbalizer),
 *
 *     p(label | text) = softmax over the labels of the logit of its word in the gap
 *
 * A masked network reads `{text} It was {mask}.` with its mask token in the gap; a causal one `{text} It was {mask}`, and
 * is asked what comes next. No parameter is new: a pretrained network answers untrained (train one step at a rate of
 * next to nothing), and learns from few records. Left out: words of several tokens, several words a label.
 */
import { type ClassificationRecord, encodeLabels, labelNames, type RecordSet } from '../data';
import { tf } from '../engine';
import { InputError } from '../errors';
import { createTextNetwork, type Tokenizer } from '../text';
import { classWeightsOf } from './class-weights';
import { encodeTexts } from './encode-texts';
import { labelClassifier } from './label-classifier';
import type { EncodeOptions, FittedTask, Prompt, TargetArray, TaskOptions } from './task';

interface PromptedState extends Record<string, unknown> {
  labels: string[];
  /** Token of each label's word. */
  wordIds: number[];
}

/** Throws an `InputError` where a label has no word, a word is not one token, or the network cannot be asked so. */
export function fitPrompted(
  train: RecordSet<ClassificationRecord>,
  prompt: Prompt,
  options: TaskOptions & { tokenizer: Tokenizer },
): FittedTask<ClassificationRecord> {
  checkAsked(prompt, options);
  const labels = Object.keys(prompt.words).sort();
  const without = labelNames(
    (options.whole as readonly ClassificationRecord[] | undefined) ?? train.records,
  ).find((label) => !labels.includes(label));
  if (without !== undefined) {
    throw new InputError(
      `model.head.prompt.words: ${train.file} has the label ${JSON.stringify(without)}, for which there is no word; the words are for ${labels.join(', ')}`,
    );
  }
  const counts = new Int32Array(labels.length);
  for (const label of encodeLabels(train, labels)) counts[label] = (counts[label] as number) + 1;
  const weights = classWeightsOf(options.classWeights, labels, counts);
  const wordIds = labels.map((label) => wordId(prompt, label, options));
  return fitted({ labels, wordIds }, weights, prompt, options);
}

export function restorePrompted(
  state: Record<string, unknown>,
  prompt: Prompt,
  options: TaskOptions,
): FittedTask<ClassificationRecord> {
  return fitted(state as PromptedState, null, prompt, options);
}

function fitted(
  state: PromptedState,
  weights: readonly number[] | null,
  prompt: Prompt,
  options: TaskOptions,
): FittedTask<ClassificationRecord> {
  const { languageModel, width, causal } = createTextNetwork(options.text);
  return {
    ...labelClassifier<ClassificationRecord>(state.labels, weights, options, {
      width(fused) {
        if (fused === width) return width;
        throw new InputError(
          `model.fusion: its states have the width ${fused}, and the language model reads ${width}; use none, prefix or cross-attention`,
        );
      },
      of({ states }, targets) {
        const time = states.shape[1] as number;
        const gap = tf.oneHot(targets.gap as tf.Tensor1D, time); // [B, T]
        return tf.sum(tf.mul(states, tf.expandDims(tf.cast(gap, 'float32'), 2)), 1); // [B, D]
      },
      scorer: {
        specifications: () => languageModel.specifications(),
        logits: (params, states) =>
          tf.gather(languageModel.logits(params, states), tf.tensor1d(state.wordIds, 'int32'), 1),
      },
    }),
    state,
    name: 'classification',
    encode(set, encodeOptions) {
      const inputs = encodeTexts(
        set,
        ({ text }) => filled(prompt, text, causal, encodeOptions),
        encodeOptions,
      );
      const targets: Record<string, TargetArray> = {
        gap: { data: gaps(set, inputs.ids, inputs.mask, causal, encodeOptions), rowShape: [] },
      };
      if (!encodeOptions.unlabelled) targets.labels = { data: encodeLabels(set, state.labels), rowShape: [] };
      return { inputs, targets };
    },
  };
}

/** Throws an `InputError` where the network cannot be asked so. */
function checkAsked(prompt: Prompt, options: TaskOptions): void {
  const { causal, decoder } = createTextNetwork(options.text);
  if (decoder || (causal && !prompt.template.endsWith('{mask}'))) {
    throw new InputError(
      decoder
        ? 'model.head.prompt: an encoder–decoder network cannot be asked so; use a masked or a causal one'
        : 'model.head.prompt.template: a causal network is asked what comes next, so {mask} must stand at its end',
    );
  }
  if (options.head.loss !== 'cross-entropy') {
    throw new InputError(
      `model.head.loss: ${options.head.loss}, but words are scored by cross-entropy; leave it out`,
    );
  }
}

type Reader = Pick<EncodeOptions, 'tokenizer'>;

/** The text in its template; a causal network reads it up to the gap. */
function filled({ template }: Prompt, text: string, causal: boolean, { tokenizer }: Reader): string {
  const [before, after] = template.split('{mask}') as [string, string];
  // A function, because a text may have $ in it.
  const put = (part: string) => part.replace('{text}', () => text);
  if (causal) return put(before).trimEnd();
  return `${put(before)}${maskToken(tokenizer)}${put(after)}`;
}

function maskToken(tokenizer: Tokenizer): string {
  if (tokenizer.maskId === null) {
    throw new InputError(
      'model.head.prompt: the tokenizer has no mask token; use "word-piece", or a causal network',
    );
  }
  return tokenizer.idToToken(tokenizer.maskId) as string;
}

/** The place of the gap in each row: the mask token, or the last token. Throws an `InputError` where there is another. */
function gaps(
  set: RecordSet<ClassificationRecord>,
  ids: TargetArray,
  mask: TargetArray,
  causal: boolean,
  { tokenizer }: Reader,
): Int32Array {
  const time = ids.rowShape[0] as number;
  return Int32Array.from(set.records, (_, row) => {
    const tokens = ids.data.subarray(row * time, (row + 1) * time);
    if (causal) return mask.data.subarray(row * time, (row + 1) * time).lastIndexOf(1);
    const place = tokens.indexOf(tokenizer.maskId as number);
    if (place < 0 || tokens.lastIndexOf(tokenizer.maskId as number) !== place) {
      throw new InputError(
        `${set.file}:${set.lines[row]}: the text has a mask token of its own, so that the gap is not known; take it out`,
      );
    }
    return place;
  });
}

/** The one token of a label's word, where it stands in the template. */
function wordId(
  prompt: Prompt,
  label: string,
  { tokenizer, text }: Pick<TaskOptions, 'text'> & { tokenizer: Tokenizer },
): number {
  const word = prompt.words[label] as string;
  const { causal } = createTextNetwork(text);
  const spaced = causal && / \{mask\}/.test(prompt.template) ? ` ${word}` : word;
  const { ids } = tokenizer.encode(spaced, null, { addSpecialTokens: false });
  const [id] = ids;
  if (ids.length === 1 && id !== undefined && id !== tokenizer.unknownId) return id;
  throw new InputError(
    `model.head.prompt.words.${label}: ${JSON.stringify(word)} is ${ids.length === 1 ? 'unknown to' : `${ids.length} tokens of`} this tokenizer; choose a word that is one of its tokens`,
  );
}
