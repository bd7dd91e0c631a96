/** @file Which combinations of a grid a search begins with. */
import { Generator } from '../../random';
import type { AblationConfig } from './config';

/** `samples` of the combinations, in the order of the grid. */
export function sampled<C>(combinations: readonly C[], search: NonNullable<AblationConfig['search']>): C[] {
  const places = new Generator(search.seed, 'search').shuffle(combinations.map((_, i) => i));
  const chosen = new Set(places.slice(0, search.samples));
  return combinations.filter((_, i) => chosen.has(i));
}

/** Numbers of the combinations that a search begins with, in the order in which they begin where not all begin at once. */
export function beginningOrder(
  combinations: number,
  search: NonNullable<AblationConfig['search']>,
): number[] {
  return new Generator(search.seed, 'order of a search').shuffle(
    Array.from({ length: combinations }, (_, i) => i),
  );
}
