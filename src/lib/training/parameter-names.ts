/**
 * @file How a config names parameters: by the part of the model that they belong to (`text`, `vision`, `fusion`, `gate`,
 * `head`), or by a pattern of names in which `*` stands for anything (`bert.encoder.layer.0.*`).
 */
import { InputError } from '../errors';
import { nearest } from '../nn/nearest';
import { isWritingTask } from '../tasks';
import type { GuidedModel } from '../tasks/guided-model';
import { type NetworkLayers, networkLayers } from './network-layers';

/** What may be named of a model that is to be trained. */
export interface ParameterNames {
  /** Every name, in the order of the specifications. */
  readonly all: readonly string[];
  /** The names of each part; a part that the model has but that learns nothing is empty. */
  readonly parts: ReadonlyMap<string, readonly string[]>;
  /** Of no part: what the task has no use for, the decoder of a network that only encodes. It does not learn. */
  readonly unused: readonly string[];
}

/** @param added parts that only training knows, by name. */
export function parameterNames(
  model: GuidedModel,
  added: ReadonlyMap<string, readonly string[]> = new Map(),
): ParameterNames {
  const own = model.parameters.names();
  const { text, vision, fusion } = model.network;
  const unused = unusedNames(model);
  const namesOf = (part: { specifications(): { name: string }[] } | null) =>
    part?.specifications().map(({ name }) => name) ?? [];
  const parts = new Map([
    ['text', namesOf(text).filter((name) => !unused.includes(name))],
    ['vision', namesOf(vision)],
    ['fusion', namesOf(fusion)],
    ...(model.config.gate ? [['gate', own.filter((name) => name.startsWith('gate.'))] as const] : []),
  ]);
  if (model.config.prompt)
    parts.set(
      'prompt',
      own.filter((name) => name.startsWith('prompt.')),
    );
  const known = new Set([...parts.values(), unused].flat());
  parts.set(
    'head',
    own.filter((name) => !known.has(name)),
  );
  for (const [name, names] of added) parts.set(name, [...names]);
  return { all: [...own, ...[...added.values()].flat()], parts, unused };
}

/** Names of what a task that does not write leaves out of an encoder–decoder network. */
export function unusedNames({ network, task }: GuidedModel): string[] {
  if (!network.text.decoder || isWritingTask(task.name)) return [];
  const names = network.text.specifications().map(({ name }) => name);
  return names.filter((name) => name.startsWith('model.decoder.'));
}

/** The networks that have layers, by the part of the model. */
export const NETWORKS = ['text', 'vision'] as const;

/** The layers of a network; adapters of the text network stand in those of their projections. */
export function layersOf({ parts }: ParameterNames, network: (typeof NETWORKS)[number]): NetworkLayers {
  return networkLayers(parts.get(network) ?? [], network === 'text' ? parts.get('lora') : []);
}

/** The names that `pattern` means. Throws an `InputError` naming `field` where it means none. */
export function namesMeant(
  { all, parts }: ParameterNames,
  pattern: string,
  field: string,
): readonly string[] {
  const part = parts.get(pattern);
  if (pattern === 'vision' && part?.length === 0) return []; // frozen features learn nothing anyway
  const found = part ?? all.filter(matcher(pattern));
  if (found.length > 0) return found;
  const near = nearest(pattern, [...parts.keys(), ...all]);
  throw new InputError(
    `${field}: ${JSON.stringify(pattern)} is no parameter of this model${near ? `; did you mean ${near}?` : ''} (${[...parts.keys()].join(', ')}, or names with *)`,
  );
}

/** Whether a name is one that `pattern` means, in which * stands for anything. */
export function matcher(pattern: string): (name: string) => boolean {
  const pieces = pattern.split('*').map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${pieces.join('.*')}$`);
  return (name) => expression.test(name);
}
