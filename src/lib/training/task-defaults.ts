/** @file Defaults of a train config that depend on its task. */
import { isLanguageModelTask } from '../tasks/language-model';
import { isWritingTask } from '../tasks/writing';
import { type TextPreset, textPresets } from '../text/presets';

/** The config with them: pretraining has no picture, and what is written wants a causal network. */
export function withTaskDefaults(config: unknown): unknown {
  if (!isObject(config)) return config;
  const { task, model = {}, training = {} } = config;
  if (task === 'regression' && isObject(model)) {
    const { head = {} } = model;
    return isObject(head)
      ? { ...config, model: { ...model, head: { loss: 'mean-squared-error', ...head } } }
      : config;
  }
  const pretrains = isLanguageModelTask(String(task));
  const writes = task === 'causal-lm' || (isWritingTask(String(task)) && !looksForSpan(task, model));
  if ((!pretrains && !writes) || !isObject(model)) return config;
  const tokenizer = { kind: writes ? 'byte-level-bpe' : 'word-piece' };
  return {
    ...config,
    model: {
      text: writes ? 'gpt-small' : 'small',
      fusion: pretrains ? 'none' : 'cross-attention',
      ...model,
      tokenizer: isObject(model.tokenizer ?? {})
        ? { ...tokenizer, ...(model.tokenizer as object) }
        : model.tokenizer,
    },
    ...(pretrains ? { languageModel: config.languageModel ?? {} } : {}),
    ...(pretrains || !isObject(training) ? {} : { training: { pictureDropout: 0.1, ...training } }),
  };
}

/** A question whose answer an encoder looks for in a passage (tasks/answer-span.ts). */
function looksForSpan(task: unknown, model: unknown): boolean {
  if (task !== 'qa' || !isObject(model)) return false;
  const { text } = model;
  const network = typeof text === 'string' ? textPresets[text as TextPreset] : text;
  return isObject(network) && network.modelType === 'bert';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
