/**
 * @file Extractive question answering (Devlin et al. 2019, §4.2): the answer is a span of the record's `context`, which
 * is read behind the question, `[CLS] question [SEP] context [SEP]`. Over the pieces of the context alone
 *
 *     P_start = softmax(S·T),  P_end = softmax(E·T),     L = −(log P_start(i) + log P_end(j)) / 2
 *
 * and the answer is the span i ≤ j of the best log P_start(i) + log P_end(j), of at most as many pieces as the longest
 * answer of the training records; it is cut from the context as it stands there. Task `qa` is learned so where the text
 * network sees both sides of a token (`bert`); one that writes learns to write the answer. Head as Hugging Face's
 * `BertForQuestionAnswering`, which however lets a span begin in the question. Guided as `ner` is: the states of the pieces know of the
 * picture. Left out: passages longer than the network, which others cut into overlapping windows (an error here), and
 * questions without an answer.
 */
import type { AnyRecord, QaRecord, RecordSet } from '../data';
import { quote } from '../data/json-lines';
import { rightAnswers } from '../data/right-answers';
import { tf } from '../engine';
import { InputError } from '../errors';
import { crossEntropy, type ForwardOptions, head, headSpecifications, type ParameterScope } from '../nn';
import type { Tokenizer } from '../text';
import { bestSpan } from './best-span';
import { encodePairs } from './encode-texts';
import type { Examples } from './examples';
import type { FittedTask, OutputRows, TargetArray, TargetTensors, TaskOptions } from './task';
import { writtenMetrics } from './writing/metrics';

/** Name of the head's parameters in Hugging Face's class. */
const HEAD = 'qa_outputs';
/** Logit of what stands outside the context: e to it is 0. */
const OUTSIDE = -1e9;

/** Pieces of a record's context: where each stands in the row, and in the text. */
interface ContextPieces {
  /** Places in the row. */
  places: number[];
  /** [start, end) in UTF-16 units of the context. */
  offsets: [number, number][];
}

interface SpanState extends Record<string, unknown> {
  /** Pieces of the longest answer of the training records. */
  longestAnswer: number;
}

/** Throws an `InputError` naming file and line of a record without a passage, or whose answer does not stand there. */
export function fitAnswerSpan(
  train: RecordSet<QaRecord>,
  options: TaskOptions & { tokenizer: Tokenizer },
): FittedTask<QaRecord> {
  const longestAnswer = train.records.reduce((longest, record, row) => {
    const pieces = contextPieces(train, row, options.tokenizer.encode(record.question, record.context ?? ''));
    const [first, last] = answerPieces(train, row, pieces);
    return Math.max(longest, last - first + 1);
  }, 1);
  return restoreAnswerSpan({ longestAnswer }, options);
}

export function restoreAnswerSpan(
  state: Record<string, unknown>,
  { head: headOptions, labelSmoothing }: TaskOptions,
): FittedTask<QaRecord> {
  if (labelSmoothing > 0) {
    throw new InputError(
      `training.labelSmoothing is ${labelSmoothing}; places outside the context can have no share of an answer: leave it out where a span is looked for`,
    );
  }
  if (headOptions.loss !== 'cross-entropy') {
    throw new InputError(
      `model.head.loss is ${quote(headOptions.loss)}; a span is chosen among places: use "cross-entropy"`,
    );
  }
  const { longestAnswer } = state as SpanState;
  const read = new WeakMap<RecordSet<AnyRecord>, readonly ContextPieces[]>();
  /** Logits of start and end [B, T] each; outside the context next to −∞. */
  const logitsOf = (
    params: ParameterScope,
    states: tf.Tensor,
    targets: TargetTensors,
    options?: ForwardOptions,
  ) => {
    const config = { width: states.shape[2] as number, classes: 2, dropout: headOptions.dropout };
    const both = head(params, config, states, options, HEAD); // [B, T, 2]
    const outside = tf.mul(tf.sub(1, tf.cast(targets.context as tf.Tensor, 'float32')), OUTSIDE);
    return tf.unstack(both, 2).map((logits) => tf.add(logits, outside)) as [tf.Tensor, tf.Tensor];
  };
  const answersOf = (outputs: OutputRows, { set }: Examples<QaRecord>) =>
    (read.get(set) as readonly ContextPieces[]).map(({ places, offsets }, row) => {
      const scores = (name: 'start' | 'end') => {
        const { data, rowShape } = outputs[name] as OutputRows[string];
        return places.map((at) => data[row * (rowShape[0] as number) + at] as number);
      };
      const { first, last, score } = bestSpan(scores('start'), scores('end'), longestAnswer);
      const [from, to] = [(offsets[first] as [number, number])[0], (offsets[last] as [number, number])[1]];
      return {
        // Byte-level pieces begin with the blank before their word.
        text: ((set.records[row] as QaRecord).context as string).slice(from, to).trim(),
        probability: Math.exp(score),
      };
    });

  return {
    name: 'qa',
    state,
    mainMetric: { name: 'f1', direction: 'larger' },
    specifications: (width) => headSpecifications({ width, classes: 2 }, HEAD),

    encode(set, options) {
      const { inputs, encodings, time } = encodePairs(
        set,
        ({ question, context }) => [question, context ?? ''],
        options,
      );
      const pieces = encodings.map((encoding, row) => contextPieces(set, row, encoding));
      read.set(set, pieces);
      const context = new Int32Array(set.records.length * time);
      const [start, end] = [new Int32Array(set.records.length), new Int32Array(set.records.length)];
      for (const [row, found] of pieces.entries()) {
        for (const at of found.places) context[row * time + at] = 1;
        if (options.unlabelled) continue;
        const [first, last] = answerPieces(set, row, found);
        start[row] = found.places[first] as number;
        end[row] = found.places[last] as number;
      }
      const targets: Record<string, TargetArray> = { context: { data: context, rowShape: [time] } };
      if (options.unlabelled) return { inputs, targets };
      return {
        inputs,
        targets: { ...targets, start: { data: start, rowShape: [] }, end: { data: end, rowShape: [] } },
      };
    },

    loss(params, { states }, targets, options) {
      const [start, end] = logitsOf(params, states, targets, options);
      const losses = [
        crossEntropy(start, targets.start as tf.Tensor),
        crossEntropy(end, targets.end as tf.Tensor),
      ];
      return tf.mul(tf.addN(losses), 0.5);
    },

    outputs(params, { states }, targets) {
      const [start, end] = logitsOf(params, states, targets);
      return { start: tf.logSoftmax(start), end: tf.logSoftmax(end) }; // [B, T]
    },

    predictions: (outputs, examples) =>
      answersOf(outputs, examples).map(({ text, probability }) => ({
        prediction: text,
        probabilities: { [text]: probability },
      })),

    metrics(outputs, examples) {
      const answers = answersOf(outputs, examples).map(({ text }) => text);
      const references = examples.set.records.map((record) => rightAnswers(record, record.answer));
      return (['exactMatch', 'f1'] as const).flatMap((name) => writtenMetrics(name, answers, references));
    },
  };
}

function contextPieces(
  set: RecordSet<QaRecord>,
  row: number,
  { sequenceIds, offsets }: ReturnType<Tokenizer['encode']>,
): ContextPieces {
  if (!offsets) {
    throw new InputError(
      'model.text: the places of this tokenizer’s pieces in a text are not known, and an answer has to be cut from its passage; use "word-piece" or "byte-level-bpe"',
    );
  }
  const places = sequenceIds.flatMap((sequence, at) => (sequence === 1 ? [at] : []));
  if (places.length > 0) return { places, offsets: places.map((at) => offsets[at] as [number, number]) };
  throw new InputError(
    `${set.file}:${set.lines[row]}: field "context" is ${quote(set.records[row]?.context)}; a network that sees both sides of a token looks for the answer in a passage: give one, or use a network that writes ("gpt-small")`,
  );
}

/** First and last piece of the record's answer, counted among the pieces of its context. */
function answerPieces(
  set: RecordSet<QaRecord>,
  row: number,
  { offsets }: ContextPieces,
): [first: number, last: number] {
  const { context = '', answer, answerStart } = set.records[row] as QaRecord;
  const at = `${set.file}:${set.lines[row]}`;
  const start = answerStart ?? onlyPlace(context, answer, at);
  const end = start + answer.length;
  const first = offsets.findIndex(([, to]) => to > start);
  const last = offsets.findLastIndex(([from]) => from < end);
  if (first >= 0 && last >= first) return [first, last];
  throw new InputError(
    `${at}: field "answer" is ${quote(answer)}: nothing is left of it when the tokenizer has cleaned it; point at words with letters`,
  );
}

function onlyPlace(context: string, answer: string, at: string): number {
  const place = context.indexOf(answer);
  if (place < 0) {
    throw new InputError(
      `${at}: field "answer" is ${quote(answer)}, which does not stand in "context"; a span is looked for, so write it as it stands there, or use a network that writes ("gpt-small")`,
    );
  }
  if (context.indexOf(answer, place + 1) < 0) return place;
  throw new InputError(
    `${at}: field "answer" is ${quote(answer)}, which stands in "context" more than once; add "answerStart", where it begins`,
  );
}
