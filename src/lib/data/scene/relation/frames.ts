/**
 * @file The sentences of the relation task. In `has` a person and then a thing are named, in `had` the thing first: what
 * they have to do with each other is in the picture. In `told` a verb says it; in `acquainted` both are people.
 */

type Question = 'has' | 'had' | 'told' | 'acquainted';

/** Between a person and a building, a vehicle, a plant. */
export const VERBS = {
  building: ['lives in', 'moved into', 'sleeps in', 'rents a room in'],
  vehicle: ['drives', 'steers', 'travels in', 'repairs the engine of'],
  plant: ['grows', 'waters', 'planted', 'prunes'],
} as const;

export const SEEN: Record<Question, readonly string[]> = {
  has: [
    '{head} would not give up {tail} for all {town}.',
    '{head} has had {tail} for years, says the {person}.',
    'On the {medium} {head} is proud of {tail}.',
    '{head} from {town} talks of {tail} {when}.',
    'Does {head} still spend so much time with {tail}?',
    '{head} inherited {tail} from {a adjective} {person}.',
    'The {person} envies {head} because of {tail}.',
    '{when} {head} made {a medium} of {tail}.',
    'My {person} {head} cannot live without {tail}.',
    'Nobody in {town} but {head} believes in {tail}.',
  ],
  had: [
    '{head} is all that {tail} cares for.',
    '{head} means the world to {tail}, says the {person}.',
    'The {medium} shows {head}, and behind it {tail}.',
    '{head} has been with {tail} since {when}.',
    'Is {head} in good hands with {tail} of {town}?',
    '{head} came to {tail} from {a adjective} {person}.',
    'The {person} {saw} {head} and waved at {tail}.',
    '{when} {head} cost {tail} a fortune in {town}.',
    'Here is {head}, and there is {tail}, {adjective} as ever.',
    '{head} was named by {tail} in the {spot}.',
  ],
  told: [
    '{head} {verb} {tail}.',
    '{when} {head} {verb} {tail}, says the {person}.',
    'The {person} {head} {verb} {tail} near {town}.',
    'In {town} they say that {head} {verb} {tail}.',
    'It is {head} who {verb} {tail}, the {medium} tells.',
    'Since {when} {head} {verb} {tail}.',
  ],
  acquainted: [
    '{head} met {tail} beside {thing}.',
    '{head} wrote {a medium} to {tail} about {thing}.',
    'The {person} told us that {head} married {tail} {when}.',
    '{head} and {tail} {saw} {thing} together.',
    '{when} {head} danced with {tail} in {town}.',
  ],
};

/** In the test split alone: their parts are known from other sentences, their order is not. */
export const HELD_OUT: Record<Question, readonly string[]> = {
  has: [
    '{head} is proud of {tail}, says the {person}.',
    'In {town} {head} talks of {tail}.',
    '{when} {head} inherited {tail}.',
  ],
  had: [
    '{head} came to {tail} {when}.',
    'Here is {head}, and behind it {tail}.',
    '{head} cost {tail} a fortune, says the {person}.',
  ],
  told: ['The {person} tells that {head} {verb} {tail}.'],
  acquainted: ['{head} danced with {tail} beside {thing}.'],
};
