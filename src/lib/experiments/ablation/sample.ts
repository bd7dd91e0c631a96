/** @file Which combinations of a grid a search begins with. */
import { Generator } from '../../random';
import type { AblationConfig } from './config';

/** `samples` of the combinations, in the order of the grid. */
export function sampled<C>(combinations: readonly C[], search: NonNullable<AblationConfig['search']>): C[] {
  const places = new Generator(search.seed, 'search').shuffle(combinations.map((_, i) => i));
  const chosen = new Set(places.slice(0, search.samples));
  return combinations.filter((_, i) => chosen.has(i));
}
