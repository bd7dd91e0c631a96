/**
 * @file Parameters that share a learning rate and a first step. The schedule's rate η is scaled for each:
 *
 *     ηᵢ = η · (learningRates[pattern] / learningRate) · layerDecay^(L + 1 − l)
 *
 * with l the parameter's layer of the L that its network has (0: the embeddings), and no factor for what belongs to
 * no network's layers (ULMFiT's discriminative fine-tuning, Howard and Ruder 2018, whose factor is 1/2.6). The last
 * pattern that means a parameter counts.
 */
import type { TrainingConfig } from './config';
import { layersOf, NETWORKS, namesMeant, type ParameterNames } from './parameter-names';

export interface ParameterGroup {
  readonly names: readonly string[];
  /** What the schedule's learning rate is multiplied by. */
  readonly scale: number;
  /** The step (0 is the run's first) at which these parameters begin to learn. */
  readonly start: number;
}

/** @param starts the first step of each parameter that learns. Throws an `InputError` where a pattern means none. */
export function parameterGroups(
  names: ParameterNames,
  starts: ReadonlyMap<string, number>,
  config: Pick<TrainingConfig, 'learningRate' | 'learningRates' | 'layerDecay'>,
): ParameterGroup[] {
  const scales = new Map([...starts.keys()].map((name) => [name, 1]));
  for (const [pattern, rate] of Object.entries(config.learningRates)) {
    for (const name of namesMeant(names, pattern, 'training.learningRates')) {
      if (scales.has(name)) scales.set(name, rate / config.learningRate);
    }
  }
  for (const network of config.layerDecay === null ? [] : NETWORKS) {
    const { count, positions } = layersOf(names, network);
    for (const [name, position] of positions) {
      const scale = scales.get(name);
      if (scale === undefined) continue;
      scales.set(name, scale * (config.layerDecay as number) ** (count + 1 - position));
    }
  }
  const groups = new Map<string, { names: string[]; scale: number; start: number }>();
  for (const [name, start] of starts) {
    const scale = scales.get(name) as number;
    const key = `${scale}/${start}`;
    if (!groups.has(key)) groups.set(key, { names: [], scale, start });
    groups.get(key)?.names.push(name);
  }
  return [...groups.values()];
}
