/** @file The sentences of the regression task: what is counted in the picture, and what the sentence itself counts. */

type Question = 'count' | 'told' | 'sum';

export const SEEN: Record<Question, readonly string[]> = {
  count: [
    'How many {flyers} are in the air?',
    '{name} counts the {flyers} overhead.',
    'The number of {flyers} above the {adjective} scene.',
    'Count the {flyers} on the {medium}.',
    'The {person} {saw} {flyers} {when}. How many?',
    'Give {name} the number of {flyers}.',
    '{flyers} over the {spot}: say how many.',
    'Up there {flyers} are flying. Their number?',
    'How many {flyers} did the {person} draw?',
    '{name} wants to know how many {flyers} came by {when}.',
    'The {medium} shows some {flyers}. Count them.',
    'Write down the number of {flyers} that {name} {saw}.',
    'A {adjective2} sky: how many {flyers} fly there?',
    'For each of the {flyers} the {person} gets a point. How many points?',
    '{name} bets on the number of {flyers} on the {medium}.',
    'Look up! How many {flyers} do you see?',
    'The {person} asks {name} for the number of {flyers}.',
    'What is the count of {flyers} above the {spot}?',
    'If every one of the {flyers} was {adjective}, how many {adjective} ones are there?',
    'Tell the {person} how many {flyers} cross the sky.',
  ],
  told: [
    'The {person} ordered {word} {flyers} for the {spot}. How many were ordered?',
    '{name} owns {word} {adjective} books. How many books?',
    '{name} dreamed of {word} {flyers} {when}. How many were in the dream?',
    'The {medium} cost {word} coins. What was the price?',
    'It took the {person} {word} days. How long did it take?',
    '{word} is the number that {name} thinks of. Which number is it?',
  ],
  sum: [
    '{name} has {word} {flyers} and buys {other} more. How many now?',
    'The {person} made {word} cakes, then {other} more. How many in all?',
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
