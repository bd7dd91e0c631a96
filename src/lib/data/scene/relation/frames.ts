/**
 * @file The sentences of the relation task. Where sides are asked for, a word says which thing is small (`side-small`:
 * the head is; `side-large`: the tail is); where sizes are, nothing does; in `told` a phrase says it all.
 */

/** Phrases between head and tail, by the relation that they tell. */
export const TOLD_PHRASES = {
  'left-of': ['left of', 'to the left of', 'on the left side of', 'one step left of'],
  'right-of': ['right of', 'to the right of', 'on the right side of', 'one step right of'],
  'larger-than': ['larger than', 'taller than', 'much bigger than', 'twice as high as'],
  'smaller-than': ['smaller than', 'shorter than', 'only half as high as', 'dwarfed by'],
} as const;

type Question = 'side-small' | 'side-large' | 'size' | 'told';

export const SEEN: Record<Question, readonly string[]> = {
  'side-small': [
    '{when} the small {head} stood beside the {tail} of {town}.',
    '{name} put the little {head} next to the {tail} {when}.',
    'A tiny {head} keeps the {tail} company on the {medium}.',
    'The {person} {saw} the small {head} near the {adjective} {tail}.',
    'There is a little {head} by the {tail}, says {name}.',
    'Look for the tiny {head}: it stands next to the {adjective} {tail}.',
    'In {town} hangs {a medium} of a small {head} and the {tail}.',
    'The little {head} and the {tail} are {adjective} neighbours.',
  ],
  'side-large': [
    '{when} the {head} of {town} stood beside the small {tail}.',
    '{name} put the {head} next to the little {tail} {when}.',
    'The {head} keeps a tiny {tail} company on the {medium}.',
    'The {person} {saw} the {adjective} {head} near the small {tail}.',
    'There is {a head} by the little {tail}, says {name}.',
    'Look for the {head}: it stands next to the {adjective} tiny {tail}.',
    'In {town} hangs {a medium} of {a head} and a small {tail}.',
    'The {head} and the little {tail} were {adjective} neighbours for years.',
  ],
  size: [
    'Compare the {head} with the {tail}, begs the {person} in the {spot}.',
    '{name} compared the {head} and the {tail} {when}.',
    'Would the {adjective} {head} fit into the {tail}, asks {name}?',
    'The {head} and the {tail} differ in size on the {medium}.',
    'How high is the {head} against the {tail} on the {medium} of {name}?',
    'Next to the {tail} the {head} looks {adjective}, a visitor to {town} noted.',
    'The {person} measured {a head} and {a tail} for a park in {town}.',
    'Which casts the longer shadow {when}, the {head} or the {tail}?',
  ],
  told: [
    'The {head} is {phrase} the {tail}, {name} {saw} {when}.',
    '{name} {saw} {a head} {phrase} the {tail}.',
    'On the {medium} is {a head} {phrase} {a tail}.',
    '{when} the {head} was {phrase} the {tail}, says the {person}.',
    'The {adjective} {head} seems {phrase} the {tail}, unless the lens deceives {name}.',
    'The {person} from the {spot} wants the {head} {phrase} the {tail}.',
    'In {town} the {head} was {phrase} the {tail}.',
    'It is written on the {medium}: the {head} shall be {phrase} the {tail}.',
  ],
};

/** In the test split alone. */
export const HELD_OUT: Record<Question, readonly string[]> = {
  'side-small': [
    'Close to the {tail} the {person} painted a small {head}.',
    'What does the little {head} do by the {tail}?',
  ],
  'side-large': [
    'Close to a small {tail} the {person} painted the {head}.',
    'What does the {head} do by the little {tail}?',
  ],
  size: [
    'Does the {head} throw the {tail} into the shade?',
    'The {tail} was drawn after the {head}, to scale.',
  ],
  told: ['Nobody doubts that the {head} is {phrase} the {tail}.'],
};
