/**
 * @file How a caption can name each fact: several words for every kind, colour, place, time and weather, all true of
 * the drawing. Which of them is used is drawn, so one scene has many captions.
 */
import type { BasicKind, Colour, Count, Flyer, Pattern, Place, Time, Weather } from '../attributes';

const list = (words: string): readonly string[] => words.trim().split(/\s*,\s*/);

export const KIND_WORDS: Record<BasicKind, readonly string[]> = {
  house: list('house, cottage, home, little building, family house, wooden hut, snug bungalow'),
  tent: list('tent, camping tent, pointed tent, canvas shelter, hiking tent, bivouac, wigwam'),
  car: list('car, automobile, motor car, vehicle, hatchback, two-door car, saloon car'),
  umbrella: list('umbrella, open umbrella, brolly, parasol, rain shield'),
  balloon: list(
    'hot-air balloon, balloon with a basket, big balloon, round balloon, passenger balloon, floating balloon',
  ),
  rocket: list('rocket, spaceship, spacecraft, space rocket, starship, lunar rocket'),
  robot: list('robot, android, toy robot, mechanical man, metal robot, humanoid'),
  mushroom: list('mushroom, toadstool, giant mushroom, cap mushroom, fungus, champignon'),
  flower: list('flower, blossom, tall bloom, garden flower, cheerful blossom, six-petalled flower'),
  windmill: list('windmill, mill, old mill, grain mill, four-sailed windmill, milling tower'),
  tree: list('tree, leafy tree, round tree, broad tree, shady tree, fruit tree'),
  cat: list('cat, kitten, house cat, pussycat, sitting cat, tomcat, whiskered cat'),
};

export const COLOUR_WORDS: Record<Colour, readonly string[]> = {
  red: list('red, bright red, scarlet, crimson, cherry-red, ruby'),
  orange: list('orange, bright orange, tangerine, carrot-coloured, amber'),
  yellow: list('yellow, lemon-yellow, golden, sunny yellow, mustard-yellow, canary-yellow'),
  green: list('green, emerald, deep green, grass-green, moss-green, bottle-green'),
  blue: list('blue, royal blue, cobalt, sapphire-blue, azure, navy'),
  purple: list('purple, violet, plum-coloured, deep purple, lilac, aubergine'),
  pink: list('pink, rosy, light pink, candy-pink, blush, salmon-pink'),
  black: list('black, jet-black, coal-black, pitch-black, ebony, raven-black'),
};

/** Before the colour; a plain thing is usually not called so. */
export const PATTERN_WORDS: Record<Pattern, readonly string[]> = {
  plain: list('plain, simple, unpatterned'),
  striped: list('striped, stripy, banded'),
  dotted: list('dotted, spotted, polka-dot, speckled'),
  checked: list('checked, chequered, chessboard-patterned'),
};

export const PLACE_PHRASES: Record<Place, readonly string[]> = {
  meadow: list(
    'on a meadow, in a grassy field, on gentle green hills, among tiny white daisies, in open pasture, on a lush lawn, in rolling countryside, where clover grows',
  ),
  beach: list(
    'at the beach, on a sandy shore, beside the sea, on the coast, near the ocean waves, by the water with a distant sail, at the seaside, near scattered seashells',
  ),
  desert: list(
    'in the desert, among sand dunes, beside a lonely cactus, on hot dry sand, in a barren wilderness, between dusty dunes',
  ),
  snow: list(
    'in the snow, on a snowy plain, below frosty mountains, in a white winter landscape, in front of icy peaks, where snowflakes fall before the firs',
  ),
  street: list(
    'on a street, in the city, in front of tall office blocks, on an asphalt road, downtown, beside the pavement of a busy town, before rows of lit windows',
  ),
  forest: list(
    'in the forest, among dark pines, in the woods, before a wall of evergreens, in a woodland clearing, between conifers, amid tall trunks',
  ),
};

export const TIME_PHRASES: Record<Time, readonly string[]> = {
  day: list(
    'by day, in daylight, around noon, in the middle of the day, in broad daylight, during the daytime',
  ),
  evening: list('in the evening, at dusk, at sunset, as the day ends, in the twilight, at nightfall'),
  night: list(
    'at night, in the dark, after midnight, under cover of darkness, late at night, while the world sleeps',
  ),
};

export const WEATHER_PHRASES: Record<Weather, readonly string[]> = {
  clear: list(
    'under a clear sky, in fine weather, beneath a cloudless sky, in dry air, without a cloud in view',
  ),
  cloudy: list(
    'under heavy clouds, beneath an overcast sky, in cloudy weather, below drifting clouds, under a grey ceiling of cloud',
  ),
  rainy: list(
    'in the rain, during a shower, while raindrops pour, in a downpour, in wet weather, as rain comes down',
  ),
};

export const FLYER_WORDS: Record<Flyer, readonly (readonly [string, string])[]> = {
  birds: [
    ['bird', 'birds'],
    ['swallow', 'swallows'],
    ['dark bird', 'dark birds'],
  ],
  kites: [
    ['kite', 'kites'],
    ['paper kite', 'paper kites'],
    ['colourful kite', 'colourful kites'],
  ],
  butterflies: [
    ['butterfly', 'butterflies'],
    ['big butterfly', 'big butterflies'],
    ['winged insect', 'winged insects'],
  ],
  planes: [
    ['plane', 'planes'],
    ['aeroplane', 'aeroplanes'],
    ['silver aircraft', 'silver aircraft'],
  ],
};

export const COUNT_WORDS: Record<Count, readonly string[]> = {
  one: list('one, a single, one lone'),
  two: list('two, a pair of, a couple of'),
  three: list('three, a trio of, exactly three'),
  four: list('four, a group of four, exactly four'),
};

/** Of the large object, third person. */
export const STAND_VERBS = list(
  'stands, waits, rests, towers, appears, is placed, can be seen, catches the eye, has found its place, shows itself, dominates the view, takes up the foreground, draws attention, occupies the middle',
);

/** Of those that can stand before their subject. */
export const INVERTED_VERBS = list('stands, waits, rests, towers, appears, sits');

/** Third person singular and plural. */
export const FLY_VERBS: readonly (readonly [string, string])[] = [
  ['flies', 'fly'],
  ['drifts', 'drift'],
  ['soars', 'soar'],
  ['glides', 'glide'],
  ['floats', 'float'],
  ['passes', 'pass'],
  ['circles', 'circle'],
  ['hovers', 'hover'],
  ['sails', 'sail'],
  ['travels', 'travel'],
];

export const SKY_PHRASES = list(
  'overhead, above it, high up, in the sky, up in the air, across the heavens, far above the ground, through the air',
);

export const SMALL_WORDS = list('small, little, tiny, miniature, much smaller, wee');

export const LARGE_WORDS = list('large, big, great, sizeable, huge, mighty');

export const LEFT_PHRASES = list(
  'on the left, to the left, on its left side, at the left edge, over on the left',
);
export const RIGHT_PHRASES = list(
  'on the right, to the right, on its right side, at the right edge, over on the right',
);

export const PICTURE_WORDS = list(
  'picture, image, drawing, panorama, composition, illustration, scene, view, sketch, artwork, cartoon, print',
);
