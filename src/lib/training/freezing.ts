/**
 * @file Which parameters learn, and from which step on. All do, but for
 *
 *     frozen              parts of the model, or patterns of names
 *     trainableLayers     of a network only its top k layers, and what stands above them
 *     headOnly            the task's head alone
 *     gradualUnfreezing   a layer more every so many epochs, from the top (ULMFiT, Howard and Ruder 2018)
 *
 * and with adapters (the part `lora`) or a learned `prompt` the text network stays as it is, and the decoder of one that
 * only encodes always. What does not learn does so to the bit: it is no variable of the gradient, and is not decayed.
 */
import { InputError } from '../errors';
import type { TrainingConfig } from './config';
import { layersOf, NETWORKS, namesMeant, type ParameterNames } from './parameter-names';

export type FreezingConfig = Pick<
  TrainingConfig,
  'frozen' | 'trainableLayers' | 'headOnly' | 'gradualUnfreezing'
>;

/** Names of the parameters that learn at some time. Throws an `InputError` where nothing is left to learn. */
export function trainableNames(names: ParameterNames, config: FreezingConfig): string[] {
  const frozen = config.frozen.flatMap((pattern) => namesMeant(names, pattern, 'training.frozen'));
  const still = new Set([...names.unused, ...frozen]);
  if (names.parts.has('lora') || names.parts.has('prompt'))
    for (const name of names.parts.get('text') ?? []) still.add(name);
  let field = 'training.frozen';
  for (const network of NETWORKS) {
    const kept = config.trainableLayers?.[network] ?? null;
    if (kept === null) continue;
    field = 'training.trainableLayers';
    const { count, positions } = layersOf(names, network);
    if (kept > count) {
      throw new InputError(
        `${field}.${network}: ${kept} layers are to learn, and the network has ${count}; take ${count} at most, or null for all that it has`,
      );
    }
    for (const [name, position] of positions) if (position <= count - kept) still.add(name);
  }
  if (config.headOnly) {
    field = 'training.headOnly';
    const head = new Set(names.parts.get('head'));
    for (const name of names.all) if (!head.has(name)) still.add(name);
  }
  const learns = names.all.filter((name) => !still.has(name));
  if (learns.length === 0)
    throw new InputError(`${field}: freezes every parameter; nothing is left to learn`);
  return learns;
}

/**
 * The step from which each of `trainable` learns: 0 for all, or, with gradual unfreezing, later the deeper its layer
 * lies. Throws an `InputError` where nothing would learn at first.
 */
export function firstSteps(
  names: ParameterNames,
  trainable: readonly string[],
  { gradualUnfreezing }: FreezingConfig,
  stepsPerEpoch: number,
): Map<string, number> {
  const starts = new Map(trainable.map((name) => [name, 0]));
  if (gradualUnfreezing === null) return starts;
  for (const network of NETWORKS) {
    const { count, positions } = layersOf(names, network);
    for (const [name, position] of positions) {
      if (!starts.has(name)) continue;
      starts.set(name, Math.round((count + 1 - position) * gradualUnfreezing * stepsPerEpoch));
    }
  }
  const first = Math.min(...starts.values());
  if (first > 0) {
    throw new InputError(
      `training.gradualUnfreezing: nothing learns before step ${first}: what stands above the layers is frozen; let the head or the fusion learn`,
    );
  }
  return starts;
}
