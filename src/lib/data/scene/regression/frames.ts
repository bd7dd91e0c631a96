/**
 * @file The sentences of the regression task. In those of `warmth` the hour stands in the sentence and the place in the
 * picture alone; in the others the sentence says the degrees itself.
 */

type Question = 'warmth' | 'told' | 'warmer' | 'cooler';

export const SEEN: Record<Question, readonly string[]> = {
  warmth: [
    'How warm is it there {hour}?',
    '{name} reads the thermometer {hour}. What does it show?',
    'Guess the degrees on the {medium}, {hour} as it is.',
    'The {person} went there {hour}. How many degrees were waiting?',
    'Should {name} take a coat? It is {hour}: say the degrees.',
    'Degrees {hour}, please, whispers the {adjective} {person}.',
    'The {medium} was made {hour}. How warm was the {person}?',
    '{name} sits outside {hour}. What is the temperature?',
    'For the {adjective} diary of {name}: degrees {hour}?',
    'The {person} of {town} wants to know how warm this is {hour}.',
    'What would a thermometer say {hour}, asks {name}?',
    'Write the temperature {hour} on the back of the {medium}.',
    'A {adjective} trip, and {hour} the {person} wonders about the degrees.',
    '{name} {saw} all this {hour}. How warm was it?',
    'Say in degrees what the air is like {hour}.',
    'The {person} measures the air {hour}. What is the result?',
    'Is it warmer than in {town}? Give the degrees {hour}.',
    '{when} {name} stood there {hour}. How warm was it?',
    'How many degrees does the {person} feel {hour}?',
    'Someone left the {spot} to come here {hour}. How warm is it?',
    'Describe the air on the {medium} {hour} by one number.',
    'Tell the {person} the degrees {hour}, no matter what {name} says.',
  ],
  told: [
    'The thermometer in the {spot} says {number} degrees. What does it say?',
    '{name} wrote from {town}: {number} degrees here. How warm is it in {town}?',
    'The {adjective} {person} wants {number} degrees in the {spot}. How many?',
    'It was {number} degrees {when}, says {name}. How warm was it?',
    '{number} degrees, reads the {person}. Repeat the number.',
    'Bake it at {number} degrees, jokes {name}. At how many?',
  ],
  warmer: [
    'It was {number} degrees in {town} and is {step} warmer now. How warm is it?',
    'First {number} degrees, then {step} more, notes the {person}. And now?',
  ],
  cooler: [
    '{name} had {number} degrees in the {spot} and opened a window: {step} less. How many now?',
    'The {adjective} {spot} has {number} degrees, the cellar {step} less. How warm is the cellar?',
  ],
};

/** In the test split alone: their parts are known from other sentences, their order is not. */
export const HELD_OUT: Record<Question, readonly string[]> = {
  warmth: [
    'How warm was the {person} {hour}? Give the degrees.',
    '{name} went there {hour}. What does the thermometer show?',
    'Write the degrees {hour} on the {medium}.',
  ],
  told: ['{name} reads {number} degrees in the {spot}. How many?'],
  warmer: ['{name} had {number} degrees {when}, then {step} more. How many now?'],
  cooler: ['The {spot} has {number} degrees, the cellar {step} less. How many?'],
};
