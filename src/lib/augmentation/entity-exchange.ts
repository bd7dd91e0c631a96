/**
 * @file Entities exchanged for others of their type (Dai and Adel 2020, mention replacement): the sentence stays, the
 * name is one of another training sentence, with as many B- and I- tags as it has tokens. What is learned then is the
 * place of a name more than the name. Each name of a type is as likely as any other, however often it occurs.
 */
import type { NerRecord } from '../data';
import type { Generator } from '../random';
import { entitiesOf } from '../tasks/metrics';

/** The names of each type, in order of first appearance; each is its tokens. */
export type EntityNames = ReadonlyMap<string, readonly (readonly string[])[]>;

/** The names that the entities of `records` have, each once, as it is written. */
export function entityNames(records: readonly NerRecord[]): EntityNames {
  const names = new Map<string, Map<string, readonly string[]>>();
  for (const { tokens, tags } of records) {
    for (const { type, start, end } of entitiesOf(tags)) {
      const ofType = names.get(type) ?? new Map<string, readonly string[]>();
      names.set(type, ofType);
      const name = tokens.slice(start, end);
      ofType.set(JSON.stringify(name), name);
    }
  }
  return new Map([...names].map(([type, ofType]) => [type, [...ofType.values()]]));
}

/**
 * The record with each entity exchanged, with probability `share`, for a name of its type; tags go with their tokens.
 * An entity of a type without names stays.
 */
export function exchangeEntities(
  record: NerRecord,
  names: EntityNames,
  share: number,
  generator: Generator,
): NerRecord {
  const tokens: string[] = [];
  const tags: string[] = [];
  let next = 0; // the first old token that has not been dealt with
  const keep = (end: number) => {
    tokens.push(...record.tokens.slice(next, end));
    tags.push(...record.tags.slice(next, end));
    next = end;
  };
  for (const { type, start, end } of entitiesOf(record.tags)) {
    keep(start);
    const others = names.get(type) ?? [];
    if (others.length === 0 || generator.uniform() >= share) continue;
    const name = generator.choice(others);
    tokens.push(...name);
    tags.push(...name.map((_, i) => `${i === 0 ? 'B' : 'I'}-${type}`));
    next = end;
  }
  keep(record.tokens.length);
  return { ...record, tokens, tags };
}
