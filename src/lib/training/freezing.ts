/**
 * @file Which parameters learn: all but those that a config freezes, by `text`, `vision`, `fusion`, `gate` or `head`, or
 * by a pattern of names in which `*` stands for anything (`bert.encoder.layer.0.*`).
 */
import { InputError } from '../errors';
import { nearest } from '../nn/nearest';
import type { GuidedModel } from '../tasks/guided-model';

/** Names of the parameters that learn. Throws an `InputError` where a pattern means none, or nothing is left. */
export function trainableNames(model: GuidedModel, frozen: readonly string[]): string[] {
  const all = model.parameters.names();
  const { text, vision, fusion } = model.network;
  const parts: Record<string, Set<string>> = {
    text: new Set(text.specifications().map(({ name }) => name)),
    vision: new Set(vision?.specifications().map(({ name }) => name) ?? []),
    fusion: new Set(fusion.specifications().map(({ name }) => name)),
    ...(model.config.gate ? { gate: new Set(all.filter((name) => name.startsWith('gate.'))) } : {}),
  };
  parts.head = new Set(all.filter((name) => !Object.values(parts).some((part) => part.has(name))));
  const still = new Set<string>();
  for (const pattern of frozen) {
    const part = parts[pattern];
    const matched = part ? all.filter((name) => part.has(name)) : all.filter(matcher(pattern));
    if (pattern === 'vision' && vision?.specifications().length === 0) continue; // frozen features learn nothing anyway
    if (matched.length === 0) {
      const near = nearest(pattern, [...Object.keys(parts), ...all]);
      throw new InputError(
        `training.frozen: ${JSON.stringify(pattern)} is no parameter of this model${near ? `; did you mean ${near}?` : ''} (${Object.keys(parts).join(', ')}, or names with *)`,
      );
    }
    for (const name of matched) still.add(name);
  }
  const learns = all.filter((name) => !still.has(name));
  if (learns.length === 0)
    throw new InputError('training.frozen: freezes every parameter; nothing is left to learn');
  return learns;
}

function matcher(pattern: string): (name: string) => boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`);
  return (name) => expression.test(name);
}
