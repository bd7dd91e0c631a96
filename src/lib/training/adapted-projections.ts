/** @file Which projections of a text network a config adapts (`training.lora.targets`). */
import { InputError } from '../errors';
import type { AdaptedProjection } from '../nn';
import { nearest } from '../nn/nearest';
import type { TextNetwork } from '../text';
import { networkLayers } from './network-layers';
import { matcher } from './parameter-names';

/** Queries and values, as in the paper; GPT-2 has one projection for them and the keys. */
const DEFAULT_TARGETS = {
  bert: ['query', 'value'],
  gpt2: ['c_attn'],
  llama: ['q_proj', 'v_proj'],
  bart: ['q_proj', 'v_proj'],
} as const;

/**
 * The projections, but for the `unused` parameters', whose name ends with one of `targets` (`query`) or fits it as a pattern (`bert.encoder.layer.1.*`).
 * Throws an `InputError` where a target means none.
 */
export function adaptedProjections(
  network: TextNetwork,
  targets: readonly string[] | null,
  unused: readonly string[] = [],
): AdaptedProjection[] {
  const { modelType } = network.config;
  const specifications = network.specifications().filter(({ name }) => !unused.includes(name));
  const { count, positions } = networkLayers(specifications.map(({ name }) => name));
  // In the layers every weight with two axes is a projection: embeddings stand below, heads above.
  const projections = specifications.flatMap(({ name, shape }): AdaptedProjection[] => {
    const position = positions.get(name) ?? 0;
    const [rows, columns] = shape;
    if (position < 1 || position > count || !name.endsWith('.weight') || shape.length !== 2) return [];
    const transposed = modelType === 'gpt2';
    const [outputs, inputs] = (transposed ? [columns, rows] : [rows, columns]) as [number, number];
    return [{ name: name.slice(0, -'.weight'.length), inputs, outputs, transposed }];
  });
  if (projections.length === 0) {
    throw new InputError(
      `training.lora: this ${modelType} has no layers, and so no projections to adapt; leave training.lora out`,
    );
  }
  const chosen = new Set<AdaptedProjection>();
  for (const target of targets ?? DEFAULT_TARGETS[modelType]) {
    const fits = matcher(target);
    const found = projections.filter(({ name }) => name.endsWith(`.${target}`) || fits(name));
    if (found.length === 0) {
      const endings = [...new Set(projections.map(({ name }) => name.slice(name.lastIndexOf('.') + 1)))];
      const near = nearest(target, endings);
      throw new InputError(
        `training.lora.targets: ${JSON.stringify(target)} is no projection of this ${modelType}${near ? `; did you mean ${near}?` : ''} (${endings.join(', ')}, or names with *)`,
      );
    }
    for (const one of found) chosen.add(one);
  }
  return projections.filter((one) => chosen.has(one));
}
