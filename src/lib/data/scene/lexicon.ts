/**
 * @file Words that dress a question: who asks, about which sort of picture, when. They never bear on the answer,
 * and each text keeps the ones it was given, so that equal texts stay equal.
 */

const list = (words: string): readonly string[] => words.trim().split(/\s*,\s*/);

/** Slots that any frame may use; each is filled from its list. */
export const LEXICON = {
  name: list(
    'Amara, Anton, Aylin, Bao, Beatriz, Bruno, Carla, Chidi, Clara, Dario, Dilara, Edda, Elias, Emre, Esther, Farid, ' +
      'Felix, Fiona, Greta, Hana, Henrik, Ida, Ines, Iris, Ivo, Jamal, Janek, Jonas, Juna, Kaito, Karim, Kiran, Lea, ' +
      'Lena, Leon, Lina, Luca, Mai, Malik, Marta, Mateo, Mila, Mira, Nadia, Nils, Noor, Olga, Omar, Oskar, Paula, ' +
      'Pavel, Priya, Quentin, Rafael, Rosa, Ruben, Samira, Selma, Sofia, Soren, Tariq, Tessa, Theo, Uma, Valentin, ' +
      'Vera, Wanda, Xenia, Yara, Yusuf, Zoe',
  ),
  person: list(
    'teacher, baker, sailor, farmer, painter, nurse, doctor, gardener, carpenter, postman, pilot, musician, poet, ' +
      'tailor, librarian, engineer, shepherd, fisherman, photographer, neighbour, grandmother, grandfather, uncle, ' +
      'aunt, cousin, student, mayor, captain, cook, mechanic, dancer, judge, clown, princess, inventor, traveller, ' +
      'astronomer, beekeeper, plumber, waiter, dentist, historian, goalkeeper, drummer, locksmith, weaver',
  ),
  medium: list(
    'postcard, poster, painting, sketch, stamp, mural, sticker, calendar page, book cover, drawing, photograph, ' +
      'puzzle, banner, print, picture, illustration, slide, cartoon, tapestry, magazine, advertisement, brochure, ' +
      'tea towel, birthday card, lampshade, plate, notebook, label, diary, album',
  ),
  when: list(
    'this morning, last week, on Monday, on Tuesday, on Wednesday, on Thursday, on Friday, on Saturday, on Sunday, ' +
      'in January, in February, in March, in April, in June, in July, in August, in September, in October, ' +
      'in November, in December, yesterday, before breakfast, after lunch, long ago, two years ago, last summer, ' +
      'last winter, last spring, last autumn, before the concert, after school, during the holidays, at the fair, ' +
      'on the way home, an hour ago, once more, at last, before the storm, after the wedding, for the first time',
  ),
  adjective: list(
    'lovely, curious, famous, old, new, quiet, funny, strange, simple, cheerful, lonely, proud, elegant, clumsy, ' +
      'gentle, shiny, dusty, precious, forgotten, friendly, ordinary, magnificent, modest, peculiar, charming, noisy, ' +
      'tidy, sturdy, fancy, humble, splendid, mysterious, sleepy, dreamy, brave, sweet, fine, handsome, odd, merry, ' +
      'puzzling, delightful, remarkable, cosy, playful, crooked, polished, foreign',
  ),
  spot: list(
    'kitchen, attic, office, museum, library, classroom, hallway, station, bakery, hotel, theatre, garage, cellar, ' +
      'market, harbour, workshop, gallery, laundry, hospital, castle, restaurant, pharmacy, airport, barn, chapel',
  ),
  saw: list(
    'saw, noticed, photographed, admired, described, remembered, sketched, mentioned, recognised, discovered, ' +
      'filmed, copied, praised, found, watched, spotted',
  ),
  town: list(
    'Lisbon, Bergen, Porto, Ghent, Tartu, Krakow, Girona, Basel, Verona, Utrecht, Aarhus, Turku, Riga, Split, Graz, ' +
      'Leuven, York, Cork, Kyoto, Hanoi, Lima, Quito, Accra, Dakar, New Haven, Cape Town, Santa Fe, Old Sarum, ' +
      'Port Louis, San Marino, Trieste, Bruges, Tampere, Malmo, Sligo, Nara, Cusco, Windhoek, Kigali, Perth',
  ),
} as const;

export type LexiconSlot = keyof typeof LEXICON;

/** `a` or `an` before a word. */
export function withArticle(word: string): string {
  return /^[aeiou]/i.test(word) ? `an ${word}` : `a ${word}`;
}

/** red, blue or green */
export function alternatives(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
