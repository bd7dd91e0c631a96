/**
 * @file The documents of the summarization task: an opening that says who, what and when, a core sentence that leaves one
 * fact open (or tells it), and sentences that do not matter. A summary says who, when and the fact.
 */
import type { WrittenPair } from '../written';

/** Each names {name}, {medium} and {when}, which the summaries take up. */
export const OPENINGS = [
  '{name} brought {a medium} home {when}.',
  '{when} {name} came upon {a medium} in the {spot}.',
  '{name} bought {a medium} at a fair {when}, without thinking long.',
  'The {medium} that {name} was given {when} hangs in the {spot} now.',
  '{when} the {person} handed {a medium} to {name}.',
  'There was some talk about {a medium} that {name} {saw} {when}.',
  '{name} had looked for such {a medium} for years and found it {when}.',
  'It all began {when}, as {name} unpacked {a medium} in the {spot}.',
];

/** They bear on nothing. */
export const ASIDES = [
  'The {person} thinks it rather {adjective}.',
  'It had been lying in the {spot} since the days of the old owner.',
  'Nobody in the family remembers what it had cost.',
  'The frame is a little loose, and one corner is missing.',
  'Some neighbours came to look, and most of them stayed for tea.',
  'The {person} from the {spot} would have paid twice as much.',
  'A visitor called it {adjective}, which made everybody laugh.',
  'In the meantime the {person} has forgotten all about it.',
  'There is {a adjective} story behind it, but that is for another day.',
  'It smells of dust, paint and old paper.',
  'The newspaper wrote a few lines about it and then moved on.',
  'On its back there is a name that no one can read any more.',
];

export const SEEN: Record<string, readonly WrittenPair[]> = {
  colour: [
    [
      'One sees {a kind} on it, {options}; the letter does not say which.',
      'The {kind} on the {medium} that {name} got {when} is {answer}.',
    ],
    [
      'In front stands {a kind}, and its paint is {options}.',
      '{name} got {a medium} {when} on which {a kind} is painted {answer}.',
    ],
    [
      'What matters is the {kind} and its colour, {options}.',
      'The {kind} on the {medium} that came to {name} {when} is all in {answer}.',
    ],
    [
      'The catalogue lists the large {kind} as {options}.',
      'The large {kind} on the {medium} that {name} received {when} is {answer}.',
    ],
  ],
  kind: [
    [
      'The largest thing on it is {options}.',
      'What {name} found {when} is {a medium} that shows {answer} in front.',
    ],
    [
      'The {person} had promised {options}, and one of them it is.',
      'The {medium} that came to {name} {when} shows {answer}.',
    ],
    [
      'In the middle stands {options}, as anyone can see.',
      '{name} came to {a medium} {when}, with {answer} in the middle.',
    ],
    ['It is about {options}, of all things.', '{when} {name} got hold of {a medium} that is about {answer}.'],
  ],
  count: [
    [
      'Above it all fly {flyers}, {options} of them.',
      'The number of {flyers} on the {medium} that {name} got {when} is {answer}.',
    ],
    [
      'Experts argue whether the {flyers} in the sky are {options} in number.',
      'Of {flyers} there are {answer} on the {medium} that {name} found {when}.',
    ],
    [
      'High up one counts {flyers}: {options}.',
      '{name} counts {flyers} on the {medium} that came {when}, {answer} in number.',
    ],
    [
      'It is worth more the more {flyers} it has, and it has {options}.',
      '{when} {name} came by {a medium}, and its {flyers} are {answer} in number.',
    ],
  ],
  place: [
    [
      'It was made {options}, where the {person} used to spend the summer.',
      'The {medium} that {name} got {when} was made {answer} by the {person}.',
    ],
    [
      'Everything on it happens {options}.',
      'All that the {medium} that {name} found {when} shows happens {answer}.',
    ],
    [
      'The place must be remembered, for it lies {options}.',
      '{name} got {a medium} {when} of a place {answer}.',
    ],
    [
      'The {person} stood {options} to make it.',
      'The {person} stood {answer} for the {medium} that came to {name} {when}.',
    ],
  ],
  time: [
    ['The light tells the hour, {options}.', 'The {medium} that {name} got {when} shows a scene {answer}.'],
    [
      'The {person} worked at one time alone, during the {options}.',
      '{name} got {a medium} {when} that the {person} made {answer}.',
    ],
    [
      'Whether it is {options} there can be told from the sky.',
      'On the {medium} that {name} found {when} all things happen {answer}.',
    ],
  ],
  weather: [
    ['The sky over it is {options}.', 'The sky on the {medium} that {name} got {when} is {answer}.'],
    [
      'As to the weather, it was {options} when the {person} made it.',
      'The weather was {answer} when the {person} made the {medium} that {name} got {when}.',
    ],
    [
      'What the weather is like there, {options}, everybody sees at once.',
      '{when} {name} came by {a medium} on which the weather is {answer}.',
    ],
  ],
  pattern: [
    [
      'It shows {a kind}, and its surface is {options}.',
      'The {kind} on the {medium} that {name} got {when} has a surface that is {answer}.',
    ],
    [
      'The {person} made the {kind} {options}, as was the fashion.',
      '{name} got {a medium} {when} on which the {kind} is {answer}.',
    ],
    [
      'A good copy must have the {kind} {options}.',
      'The {kind} on the {medium} that {name} received {when} is {answer}, as a copy must have it.',
    ],
  ],
  side: [
    [
      'Beside the {kind} there is a small {small}, left or right of it.',
      'On the {medium} that {name} got {when} the small {small} is {answer} of the {kind}.',
    ],
    [
      'The {person} had put a little {small} to the left or to the right of the {kind}.',
      'The little {small} stands {answer} of the {kind} on the {medium} that {name} found {when}.',
    ],
  ],
  'small-colour': [
    [
      'Next to the {kind} a small {small} was painted, {options}.',
      'The small {small} next to the {kind} that came to {name} {when} is {answer}.',
    ],
    [
      'Of the little {small} by the {kind} it is said that it is {options}.',
      '{name} found {a medium} {when} with {a kind} and a little {small} in {answer}.',
    ],
  ],
  'told-colour': [
    [
      'The {person} writes that the {kind} on it is {word}.',
      'According to the {person}, the {kind} on the {medium} that {name} got {when} is {answer}.',
    ],
    [
      'Whatever one may see on it, its back is {word}.',
      'The back of the {medium} that {name} got {when} is {answer}, whatever it shows.',
    ],
  ],
  'told-kind': [
    [
      'It was wrapped in paper with {a word} on it.',
      'The paper around the {medium} that {name} got {when} had {answer} on it.',
    ],
  ],
  'told-count': [
    [
      'It was one of {word} that were made, no more.',
      'Of such things as {name} got {when} the number ever made is {answer}.',
    ],
  ],
  'told-place': [
    [
      'For years it had been kept {word}.',
      'What {name} got {when} had been kept {answer} for years, as {a medium} may be.',
    ],
  ],
  'told-time': [
    [
      '{name} only ever looks at it during the {word}.',
      '{when} {name} got {a medium}, and looks at it {answer} and never else.',
    ],
  ],
  'told-weather': [
    [
      'On the day that it came the weather was {word}.',
      'The weather was {answer} on the day when {name} got the {medium}, {when}.',
    ],
  ],
  'told-pattern': [
    [
      'It came in {a word} cloth with a ribbon around it.',
      'The cloth around the {medium} that {name} got {when} was {answer}.',
    ],
  ],
  'told-side': [
    [
      'It hangs on the {word} as one comes into the room.',
      'The {medium} that {name} got {when} hangs on the {answer} of the room.',
    ],
  ],
};

/** In the test split alone. */
export const HELD_OUT: Record<string, readonly WrittenPair[]> = {
  colour: [
    [
      'Only the {kind} was coloured by hand, in {options}.',
      'By hand the {kind} was coloured {answer} on the {medium} that {name} got {when}.',
    ],
  ],
  kind: [
    [
      'Take away the sky and there remains {options}.',
      'The {medium} that {name} found {when} is of {answer} under a sky.',
    ],
  ],
  count: [
    [
      'With its {flyers}, {options} of them, it is dear to the {person}.',
      'The {flyers} on the {medium} that {name} got {when} are {answer}, dear to the {person}.',
    ],
  ],
  place: [
    [
      'The {person} swears to have been {options} with a brush.',
      'With a brush the {person} was {answer} for the {medium} that {name} got {when}.',
    ],
  ],
  weather: [
    [
      'It was {options} outside, and so it is on it.',
      'As it was outside, it is {answer} on the {medium} that {name} found {when}.',
    ],
  ],
  'told-colour': [
    [
      '{name} has since had the door painted {word}.',
      '{name} got {a medium} {when} and has had a door painted {answer}.',
    ],
  ],
};
