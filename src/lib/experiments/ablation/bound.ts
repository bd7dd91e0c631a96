/** @file What a model without the picture can reach at most, as figures draw it and pages say it. */
import type { TextOnlyBound } from '../../data';
import type { AblationSummary } from './summary';

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** What is said of a bound's value, by its metric. */
const WORDS: Record<TextOnlyBound['metric'], (value: number) => string> = {
  accuracy: (value) => `at most ${percent(value)} of them can be answered rightly`,
  exactMatch: (value) => `at most ${percent(value)} of them can be written rightly (exactMatch)`,
  choiceAccuracy: (value) => `at most ${percent(value)} of the choices can be made rightly`,
  f1: (value) => `an F1 of the entities of at most ${percent(value)} can be reached`,
  mse: (value) => `a mean squared error of at least ${value.toPrecision(3)} remains`,
};

/** A sentence; empty where the task has no bound. */
export function boundInWords({ bound }: Pick<AblationSummary, 'bound'>): string {
  if (!bound) return '';
  const { records, value } = bound.ambiguous;
  const shown = bound.metric === 'mse' ? value.toPrecision(3) : percent(value);
  const ambiguous =
    records > 0 ? ` (${shown} where a text comes with several answers: ${records} records)` : '';
  return `Without the picture ${WORDS[bound.metric](bound.value)}${ambiguous}.`;
}

/** The line to draw where the bound is of the metric that is drawn, `scale` times as high. */
export function boundLines(
  { bound, metric }: Pick<AblationSummary, 'bound' | 'metric'>,
  scale = 1,
): { name: string; value: number }[] {
  if (bound?.metric !== metric) return [];
  return [{ name: `text-only ${bound.kind}`, value: scale * bound.value }];
}
