/**
 * @file Relations: which of some relations the head has to the tail, both spans of one sentence. No marker is put into
 * the text, so that any tokenizer will do; the classifier reads the fused states of both mentions (Soares et al. 2019,
 * "entity mention pooling") beside the pooled one:
 *
 *     z = [pooled; mean of s over head; mean of s over tail],   p = softmax(W·dropout(z) + b)
 *
 * W has a part for the head and another for the tail, so (a, b) and (b, a) may have different relations. The masks of
 * the spans go with the targets, since the network does not read them.
 */
import { encodeLabels, type RecordSet, type RelationRecord } from '../data';
import { tf } from '../engine';
import { InputError } from '../errors';
import { maskedMean } from '../nn';
import { encodeTokens } from './encode-texts';
import { labelClassifier, labelsOf } from './label-classifier';
import type { FittedTask, TargetArray, TaskDefinition, TaskOptions } from './task';

export const relation: TaskDefinition<RelationRecord> = {
  name: 'relation',
  hasClasses: true,
  texts: ({ tokens }) => [tokens.join(' ')],

  fit(train, options) {
    const { labels, weights } = labelsOf(train, options);
    return fitted(labels, weights, options);
  },

  restore: (state, options) => fitted(state.labels as string[], null, options),
};

const SPANS = ['head', 'tail'] as const;

function fitted(
  labels: readonly string[],
  weights: readonly number[] | null,
  options: TaskOptions,
): FittedTask<RelationRecord> {
  return {
    ...labelClassifier<RelationRecord>(labels, weights, options, {
      width: (width) => 3 * width,
      of: ({ states, pooled }, targets) =>
        tf.concat([pooled, ...SPANS.map((span) => maskedMean(states, targets[span] as tf.Tensor))], 1), // [B, 3D]
    }),
    name: 'relation',
    spans: SPANS,
    encode(set, encodeOptions) {
      const { inputs, wordIds, time } = encodeTokens(set, encodeOptions);
      const targets: Record<string, TargetArray> = {};
      for (const span of SPANS)
        targets[span] = { data: spanMask(set, span, wordIds, time), rowShape: [time] };
      if (!encodeOptions.unlabelled) targets.labels = { data: encodeLabels(set, labels), rowShape: [] };
      return { inputs, targets };
    },
  };
}

/** 1 for the pieces of the span's tokens, int32 [records, T]. Throws an `InputError` where a span has none. */
function spanMask(
  set: RecordSet<RelationRecord>,
  span: (typeof SPANS)[number],
  wordIds: Int32Array,
  time: number,
): Int32Array {
  const mask = new Int32Array(wordIds.length);
  for (const [row, record] of set.records.entries()) {
    const [start, end] = record[span];
    let pieces = 0;
    for (let at = row * time; at < (row + 1) * time; at++) {
      const token = wordIds[at] as number;
      if (token < start || token >= end) continue;
      mask[at] = 1;
      pieces++;
    }
    if (pieces > 0) continue;
    throw new InputError(
      `${set.file}:${set.lines[row]}: field "${span}" is [${start}, ${end}]: nothing is left of ${JSON.stringify(record.tokens.slice(start, end).join(' '))} when the tokenizer has cleaned it; point at a token with letters`,
    );
  }
  return mask;
}
