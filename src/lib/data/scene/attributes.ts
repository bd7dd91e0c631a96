/**
 * @file What a scene is made of: one large object in front, usually a small one beside it, a few flying things
 * above, a place, a time of day and the weather. A scene is symbolic first (this file) and drawn afterwards, so
 * every question has an exact answer. Twelve of the 96 pairs of kind and colour are held out of training.
 */

export const KINDS = [
  'house',
  'tent',
  'car',
  'umbrella',
  'balloon',
  'rocket',
  'robot',
  'mushroom',
  'flower',
  'windmill',
  'tree',
  'cat',
] as const;
/**
 * Things that share an English word with another, or whose English word leaves their number open: `word-sense`. Only
 * a task that asks for one by name has it in its scenes (translation).
 */
export const SENSES = [
  'bat-animal',
  'bat-club',
  'crane-machine',
  'crane-bird',
  'letter-post',
  'letter-character',
  'bow-weapon',
  'bow-ribbon',
  'fan-electric',
  'fan-hand',
  'mouse-animal',
  'mouse-computer',
  'key-door',
  'key-keyboard',
  'palm-tree',
  'palm-hand',
  'nut-food',
  'nut-metal',
  'sheep-one',
  'sheep-many',
  'fish-one',
  'fish-many',
] as const;
export const COLOURS = ['red', 'orange', 'yellow', 'green', 'blue', 'purple', 'pink', 'black'] as const;
export const PATTERNS = ['plain', 'striped', 'dotted', 'checked'] as const;
export const SIDES = ['left', 'right'] as const;
export const FLYERS = ['birds', 'kites', 'butterflies', 'planes'] as const;
export const COUNTS = ['one', 'two', 'three', 'four'] as const;
export const PLACES = ['meadow', 'beach', 'desert', 'snow', 'street', 'forest'] as const;
export const TIMES = ['day', 'evening', 'night'] as const;
export const WEATHERS = ['clear', 'cloudy', 'rainy'] as const;

export type BasicKind = (typeof KINDS)[number];
export type Sense = (typeof SENSES)[number];
export type Kind = BasicKind | Sense;
export type Colour = (typeof COLOURS)[number];
export type Pattern = (typeof PATTERNS)[number];
export type Side = (typeof SIDES)[number];
export type Flyer = (typeof FLYERS)[number];
export type Count = (typeof COUNTS)[number];
export type Place = (typeof PLACES)[number];
export type Time = (typeof TIMES)[number];
export type Weather = (typeof WEATHERS)[number];

/** A scene as facts. Where `companionKind` is `none` its colour and side say nothing; likewise `flyerCount`. */
export interface SceneFacts {
  mainKind: Kind;
  mainColour: Colour;
  mainPattern: Pattern;
  companionKind: Kind | 'none';
  companionColour: Colour;
  side: Side;
  flyerKind: Flyer;
  flyerCount: Count | 'none';
  place: Place;
  time: Time;
  weather: Weather;
}

/** The values of each fact where nothing is asked for: senses must be named. */
export const DOMAINS: { readonly [F in keyof SceneFacts]: readonly SceneFacts[F][] } = {
  mainKind: KINDS,
  mainColour: COLOURS,
  mainPattern: PATTERNS,
  companionKind: [...KINDS, 'none'],
  companionColour: COLOURS,
  side: SIDES,
  flyerKind: FLYERS,
  flyerCount: [...COUNTS, 'none'],
  place: PLACES,
  time: TIMES,
  weather: WEATHERS,
};

export const FACTS = Object.keys(DOMAINS) as (keyof SceneFacts)[];

const ALL_KINDS: readonly Kind[] = [...KINDS, ...SENSES];

/** Whether objects of this kind and colour occur only in the test split: one colour for each kind. */
export function isHeldOut(kind: Kind, colour: Colour): boolean {
  return COLOURS.indexOf(colour) === (3 * ALL_KINDS.indexOf(kind) + 1) % COLOURS.length;
}
