/** @file The sentences of the regression task: what is counted in the picture, and what the sentence itself counts. */

type Question = 'count' | 'told' | 'sum';

export const SEEN: Record<Question, readonly string[]> = {
  count: [
    'How many {flyers} are in the air?',
    '{name} of the {spot} counts the {flyers} overhead {when}.',
    'The exact number of {flyers} above the {adjective} scene.',
    'Count the {flyers} on the {medium}, whispers the {adjective} {person}.',
    'The {person} {saw} {flyers} {when}. How many?',
    'Give {name} the number of {flyers} that the {person} {saw} {when}.',
    '{flyers} over {town}: say how many.',
    'Up there {flyers} are flying, says the {adjective} {person}. Their number?',
    'How many {flyers} did the {person} draw on the {medium}?',
    '{name} wants to know how many {flyers} came by {when}.',
    'The {medium} from {town} shows some {flyers}. Count them.',
    'Write down the number of {flyers} that {name} {saw}.',
    'A {adjective2} sky: how many {flyers} fly there?',
    'For each of the {flyers} the {person} gets a point. How many points?',
    '{name} bets with the {person} on the number of {flyers} on the {medium}.',
    'Look up from the {spot}! How many {flyers} do you see?',
    'The {person} asks {name} for the number of {flyers}.',
    'What is the count of {flyers} above {town} {when}?',
    'If every one of the {flyers} was {adjective}, how many {adjective} ones are there?',
    'Tell the {person} from the {spot} how many {flyers} cross the sky.',
  ],
  told: [
    'The {person} ordered {word} {flyers} for the {spot}. How many were ordered?',
    '{name} owns {word} {adjective} books. How many books?',
    '{name} dreamed of {word} {flyers} {when}. How many were in the dream?',
    'The {medium} cost {word} coins in {town}. What was the price?',
    'The journey to {town} took the {person} {word} days. How long was it?',
    '{word} is the number that {name} thinks of. Which number is it?',
  ],
  sum: [
    '{name} has {word} {flyers} and buys {other} more. How many now?',
    'The {person} baked {word} cakes for {town}, then {other} more. How many in all?',
    '{word} and {other} {flyers} are how many {flyers}?',
    'Add {word} to {other} for the {person}.',
  ],
};

/** In the test split alone. */
export const HELD_OUT: Record<Question, readonly string[]> = {
  count: [
    'Can {name} say how many {flyers} there are?',
    'The sky holds a number of {flyers}. Which number?',
    'From the {spot} the {person} tries to count {flyers}.',
  ],
  told: ['{name} waited {word} hours at the {spot}. How many hours?'],
  sum: ['First {word} {flyers}, then {other}: what is the total?'],
};
