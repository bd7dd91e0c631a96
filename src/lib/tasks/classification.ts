/**
 * @file Classification: one label for a text and its picture, read from the pooled fused state. Loss: cross-entropy over
 * the labels; or on one logit, where there are two, binary cross-entropy; or squared error.
 */
import { type ClassificationRecord, encodeLabels } from '../data';
import { encodeTexts } from './encode-texts';
import { labelClassifier, labelsOf } from './label-classifier';
import { fitPrompted, restorePrompted } from './prompted-classification';
import type { FittedTask, TargetArray, TaskDefinition, TaskOptions } from './task';

export const classification: TaskDefinition<ClassificationRecord> = {
  name: 'classification',
  hasClasses: true,
  texts: ({ text }) => [text],

  fit(train, options) {
    if (options.head.prompt) return fitPrompted(train, options.head.prompt, options);
    const { labels, weights } = labelsOf(train, options);
    return fitted(labels, weights, options);
  },

  restore: (state, options) =>
    options.head.prompt
      ? restorePrompted(state, options.head.prompt, options)
      : fitted(state.labels as string[], null, options),
};

function fitted(
  labels: readonly string[],
  weights: readonly number[] | null,
  options: TaskOptions,
): FittedTask<ClassificationRecord> {
  return {
    ...labelClassifier<ClassificationRecord>(labels, weights, options, {
      width: (width) => width,
      of: ({ pooled }) => pooled,
    }),
    name: 'classification',
    encode(set, encodeOptions) {
      const targets: Record<string, TargetArray> = {};
      if (!encodeOptions.unlabelled) targets.labels = { data: encodeLabels(set, labels), rowShape: [] };
      return { inputs: encodeTexts(set, ({ text }) => text, encodeOptions), targets };
    },
  };
}
