/**
 * @file Named entities: a tag for every token (BIO), read from the fused states of the text's pieces. The first piece of
 * a token carries its tag; its other pieces, special tokens and padding are asked nothing (label −100):
 *
 *     L = −(1/n)·Σ_i log softmax(W·s_first(i) + b)_tag(i)        n: tokens of all sentences
 *
 * Head as Hugging Face's `BertForTokenClassification`. Precision, recall and F1 are of whole entities, micro, in
 * seqeval's default mode. Each token's tag is chosen by itself: an I- that continues nothing may come out, and opens an
 * entity, as seqeval reads it; in records it is refused. A token of which no piece is left has the tag O.
 *
 * A prediction is the tags joined by blanks, one a token (`O B-person I-person`); its probability is that of the whole
 * sequence, the product over the tokens. Left out: a layer over pairs of tags (CRF).
 */
import type { AnyRecord, NerRecord, RecordSet } from '../data';
import { quote } from '../data/json-lines';
import { tf } from '../engine';
import { InputError } from '../errors';
import { crossEntropy, head, headSpecifications, IGNORED } from '../nn';
import { type ClassWeights, classWeightsOf } from './class-weights';
import { encodeTokens } from './encode-texts';
import { entityMetrics } from './entity-metrics';
import type { FittedTask, OutputRows, TargetArray, TaskDefinition, TaskOptions } from './task';

export const ner: TaskDefinition<NerRecord> = {
  name: 'ner',
  hasClasses: true,
  texts: ({ tokens }) => [tokens.join(' ')],

  fit(train, options) {
    const types = new Set<string>();
    const records = (options.whole as readonly NerRecord[] | undefined) ?? train.records;
    for (const { tags } of records) for (const tag of tags) if (tag !== 'O') types.add(tag.slice(2));
    if (types.size === 0) {
      throw new InputError(
        `${train.file}: no record has an entity: every tag is "O"; give tags B-TYPE and I-TYPE where entities stand`,
      );
    }
    const tags = ['O', ...[...types].sort().flatMap((type) => [`B-${type}`, `I-${type}`])];
    return fitted(tags, weightsOf(train, { tags, whole: records }, options.classWeights), options);
  },

  restore: (state, options) => fitted(state.tags as string[], null, options),
};

function weightsOf(
  train: RecordSet<NerRecord>,
  { tags, whole }: { tags: readonly string[]; whole: readonly NerRecord[] },
  setting: ClassWeights | null | undefined,
): number[] | null {
  const counts = new Map(tags.map((tag) => [tag, 0]));
  for (const record of train.records)
    for (const tag of record.tags) counts.set(tag, (counts.get(tag) as number) + 1);
  return classWeightsOf(
    setting,
    tags,
    tags.map((tag) => counts.get(tag) as number),
    tags.filter((tag) => whole.some((record) => record.tags.includes(tag))),
  );
}

function fitted(
  tags: readonly string[],
  weights: readonly number[] | null,
  { head: headOptions, labelSmoothing }: TaskOptions,
): FittedTask<NerRecord> {
  if (headOptions.loss !== 'cross-entropy') {
    throw new InputError(
      `model.head.loss is ${quote(headOptions.loss)}; ner chooses among ${tags.length} tags: use "cross-entropy"`,
    );
  }
  const configFor = (width: number) => ({ width, classes: tags.length, dropout: headOptions.dropout });
  /** Place of each token's first piece, −1 where it has none, of the record sets that have been encoded. */
  const places = new WeakMap<RecordSet<AnyRecord>, readonly Int32Array[]>();
  const tagsOf = (outputs: OutputRows, set: RecordSet<AnyRecord>): string[][] => {
    const { data, rowShape } = outputs.tags as OutputRows[string];
    const time = rowShape[0] as number;
    return (places.get(set) as readonly Int32Array[]).map((first, row) =>
      Array.from(first, (at) => (at < 0 ? 'O' : (tags[data[row * time + at] as number] as string))),
    );
  };

  return {
    name: 'ner',
    state: { tags },
    mainMetric: { name: 'f1', direction: 'larger' },
    specifications: (width) => headSpecifications(configFor(width)),

    encode(set, options) {
      const { inputs, wordIds, time } = encodeTokens(set, options);
      const first = firstPieces(wordIds, time, set);
      places.set(set, first);
      if (options.unlabelled) return { inputs, targets: {} };
      const data = new Int32Array(wordIds.length).fill(IGNORED);
      const numberOf = new Map(tags.map((tag, number) => [tag, number]));
      for (const [row, record] of set.records.entries()) {
        for (const [token, tag] of record.tags.entries()) {
          const number = numberOf.get(tag);
          if (number === undefined) throw unknownTag(set, row, token, tags);
          const at = first[row]?.[token] as number;
          if (at >= 0) data[row * time + at] = number;
        }
      }
      const targets: Record<string, TargetArray> = { labels: { data, rowShape: [time] } };
      return { inputs, targets };
    },

    loss(params, { states }, { labels }, options) {
      const logits = head(params, configFor(states.shape[2] as number), states, options); // [B, T, C]
      return crossEntropy(logits, labels as tf.Tensor, {
        labelSmoothing,
        ...(weights ? { classWeights: weights } : {}),
      });
    },

    outputs(params, { states }) {
      const probabilities = tf.softmax(head(params, configFor(states.shape[2] as number), states)); // [B, T, C]
      return { tags: tf.argMax(probabilities, -1), confidence: tf.max(probabilities, -1) }; // [B, T]
    },

    logits: (params, { states }) => head(params, configFor(states.shape[2] as number), states),

    predictions(outputs, { set }) {
      const { data, rowShape } = outputs.confidence as OutputRows[string];
      const time = rowShape[0] as number;
      return tagsOf(outputs, set).map((found, row) => {
        const prediction = found.join(' ');
        let probability = 1;
        for (const at of (places.get(set) as readonly Int32Array[])[row] as Int32Array)
          if (at >= 0) probability *= data[row * time + at] as number;
        return { prediction, probabilities: { [prediction]: probability } };
      });
    },

    metrics: (outputs, { set }) =>
      entityMetrics(
        tagsOf(outputs, set),
        set.records.map((record) => record.tags),
      ),
  };
}

/** Of each record, where each of its tokens begins among its T pieces: −1 where nothing is left of it. */
function firstPieces(
  wordIds: Int32Array,
  time: number,
  { records }: RecordSet<NerRecord>,
): readonly Int32Array[] {
  return records.map(({ tokens }, row) => {
    const first = new Int32Array(tokens.length).fill(-1);
    for (let at = time - 1; at >= 0; at--) {
      const token = wordIds[row * time + at] as number;
      if (token >= 0) first[token] = at;
    }
    return first;
  });
}

function unknownTag(
  set: RecordSet<NerRecord>,
  row: number,
  token: number,
  tags: readonly string[],
): InputError {
  const tag = set.records[row]?.tags[token];
  return new InputError(
    `${set.file}:${set.lines[row]}: field "tags.${token}" is ${quote(tag)}, a type that the model was not trained on; use one of the known tags: ${tags.join(', ')}`,
  );
}
