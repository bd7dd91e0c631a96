/**
 * @file The linear classification head, with the names of Hugging Face's `…ForSequenceClassification`: dropout
 * on the pooled state, then `classifier.weight` [C, D] and `classifier.bias` [C].
 */
import type { tf } from '../engine';
import { dropout, type ForwardOptions } from './dropout';
import { linear, linearSpecifications } from './linear';
import type { ParameterScope, ParameterSpecification } from './parameters';

export interface HeadConfig {
  /** Width D of what comes in. */
  width: number;
  /** Classes C; 1 for a binary logit or a regression. */
  classes: number;
  dropout?: number;
}

export function headSpecifications(config: HeadConfig, name = 'classifier'): ParameterSpecification[] {
  return linearSpecifications(name, config.width, config.classes);
}

/** States [..., D] → logits [..., C]. */
export function head(
  params: ParameterScope,
  config: HeadConfig,
  states: tf.Tensor,
  options: ForwardOptions = {},
  name = 'classifier',
): tf.Tensor {
  return linear(params, name, dropout(states, config.dropout ?? 0, options.random));
}
