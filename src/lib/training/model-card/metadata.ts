/** @file The YAML block at the head of a model card, in the form of the Hugging Face hub (huggingface.co/docs/hub/model-cards). */
import type { Metrics } from '../evaluation';

export interface CardMetadata {
  name: string;
  /** ISO 639 codes; `und` where nobody has said which. */
  languages: readonly string[];
  /** An identifier of the hub, or `null` where nobody has stated one. */
  license: string | null;
  library: string;
  pipeline: string | null;
  tags: readonly string[];
  baseModel: string | null;
  /** What the metrics were measured on. */
  dataset: { name: string; split: string; sha256: string | null };
  metrics: Metrics;
}

/** The block with its two lines of dashes. Strings are written as JSON, which is YAML. */
export function metadataBlock(card: CardMetadata): string {
  const text = JSON.stringify;
  const license =
    card.license === null
      ? ['license: other', 'license_name: not-stated']
      : [`license: ${text(card.license)}`];
  const metrics = Object.entries(card.metrics).flatMap(([name, { value, low, high }]) => [
    `    - type: ${text(name)}`,
    `      value: ${value}`,
    `      name: ${text(`${name}, 95 % interval ${rounded(low)} to ${rounded(high)}`)}`,
  ]);
  const { dataset, pipeline, baseModel } = card;
  return [
    '---',
    'language:',
    ...card.languages.map((one) => `- ${text(one)}`),
    ...license,
    `library_name: ${card.library}`,
    ...(pipeline ? [`pipeline_tag: ${pipeline}`] : []),
    'tags:',
    ...card.tags.map((one) => `- ${text(one)}`),
    ...(baseModel ? [`base_model: ${text(baseModel)}`] : []),
    'model-index:',
    `- name: ${text(card.name)}`,
    '  results:',
    '  - task:',
    `      type: ${pipeline ?? 'other'}`,
    '    dataset:',
    `      name: ${text(dataset.name)}`,
    `      type: ${text(dataset.name)}`,
    `      split: ${dataset.split}`,
    ...(dataset.sha256 ? [`      revision: ${text(dataset.sha256)}`] : []),
    '    metrics:',
    ...metrics,
    '---',
  ].join('\n');
}

/** Four digits behind the point, or four that count. */
export const rounded = (value: number): string =>
  Math.abs(value) < 0.01 && value !== 0 ? value.toPrecision(4) : value.toFixed(4);
