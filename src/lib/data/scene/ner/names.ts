/**
 * @file Names that tell nothing of what bears them: the same list for buildings, vehicles and plants. Some are also
 * names of people, so that the sentence must say which is meant.
 */

const list = (names: string): readonly string[] => names.trim().split(/\s*,\s*/);

/** Of things. */
export const THING_NAMES = list(
  'Rosalind, Bella, Stella, Aurora, Victoria, Old Bess, Morning Star, Lady Luck, Lucky Clover, Little Giant, ' +
    'Silver Moon, Golden Hope, Sleeping Beauty, Princess Ida, Uncle Theo, Big Paula, Young Felix, Clara, Rosa, Iris, ' +
    'Olga, Bruno, Oskar, Luna, Daisy Bell, Juniper, Phoenix, Falcon, Thunder, Merry Widow, Northern Light, ' +
    'Evening Song, Captain Vera, Sister Marta, Great Dane, Snow Queen, Wild Goose, Honeybee, Dragonfly, Nightingale, ' +
    'Summer Dream, Long Goodbye, Second Chance, Black Diamond, Red Baron, Sweet Home, Half Moon, Three Sisters',
);
