/**
 * @file Things with names of their own, for entities and relations: the large object of the picture may be a building, a
 * vehicle or a plant, and its name tells nothing of that. Some names are also names of people.
 */
import { type BasicKind, KINDS } from './attributes';
import type { Answer } from './scene-text';

/** Which objects of the scene are of which type. */
export const KINDS_OF_TYPE = {
  building: ['house', 'windmill'],
  vehicle: ['car', 'balloon'],
  plant: ['flower', 'tree'],
} as const satisfies Record<string, readonly BasicKind[]>;
export type ThingType = keyof typeof KINDS_OF_TYPE;
export const THING_TYPES = Object.keys(KINDS_OF_TYPE) as ThingType[];

/** One answer a type; a small thing of another type stands beside the large one where that is possible. */
export function answersByType(labelOf: (type: ThingType) => string): Answer[] {
  return THING_TYPES.map((type) => {
    const kinds: readonly BasicKind[] = KINDS_OF_TYPE[type];
    const others = KINDS.filter((kind) => !kinds.includes(kind));
    return { label: labelOf(type), constraint: { mainKind: kinds }, prefer: { companionKind: others } };
  });
}

const list = (names: string): readonly string[] => names.trim().split(/\s*,\s*/);

export const THING_NAMES = list(
  'Rosalind, Bella, Stella, Aurora, Victoria, Old Bess, Morning Star, Lady Luck, Lucky Clover, Little Giant, ' +
    'Silver Moon, Golden Hope, Sleeping Beauty, Princess Ida, Uncle Theo, Big Paula, Young Felix, Clara, Rosa, Iris, ' +
    'Olga, Bruno, Oskar, Luna, Daisy Bell, Juniper, Phoenix, Falcon, Thunder, Merry Widow, Northern Light, ' +
    'Evening Song, Captain Vera, Sister Marta, Great Dane, Snow Queen, Wild Goose, Honeybee, Dragonfly, Nightingale, ' +
    'Summer Dream, Long Goodbye, Second Chance, Black Diamond, Red Baron, Sweet Home, Half Moon, Three Sisters',
);
