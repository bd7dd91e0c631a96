/** @file How the code task asks for a program, by the fact that the prompt leaves open; `code-told` leaves none. */

export const SEEN: Record<string, readonly string[]> = {
  'code-colour': [
    'Draw {scene}. Of colours there are {options}.',
    '{name} wants a program for {scene}. The paint is {options}.',
    'Write what the {person} needs to see {scene} in {options}.',
    'Code for the {medium}: {scene}, coloured {options}.',
  ],
  'code-kind': [
    'Draw {options}, {paint}, {scene}.',
    '{name} wants a program for what stands there {scene}: {options}, and {paint}.',
    'Write the lines for the {medium} of the {person}: {options}, painted {paint}, {scene}.',
    'Program {options}, whichever it is, {paint} and {scene}.',
  ],
  'code-pattern': [
    'Draw {scene}. Its surface is {options}.',
    'The {person} asks for {scene}, made {options}.',
    '{name} {saw} {scene} {when}. Program it, {options}.',
    'Code for {scene} whose pattern is {options}.',
  ],
  'code-place': [
    'Draw {scene}. The place is {options}.',
    '{name} {saw} {scene} {when}. Program it with its place, {options}.',
    'Write the code of {a adjective} {medium}: {scene}, and for a place {options}.',
    'Lines for {scene} are wanted. Places to choose from are {options}.',
  ],
  'code-time': [
    'Draw {scene}. The time is {options}.',
    'The {person} programs {scene} for {name}, with the time {options}.',
    'Code for the {medium} in the {spot}: {scene}, time {options}.',
    'Write {scene} as a program. From the sky one tells {options}.',
  ],
  'code-weather': [
    'Draw {scene}. The weather is {options}.',
    '{name} will run your program for {scene}. Is its sky {options}?',
    'Code for {scene}, {adjective} as it is, in weather that is {options}.',
    'Write down {scene} in lines, with the sky {options}.',
  ],
  'code-count': [
    'Draw {scene}. Above it fly {flyers}, {options}.',
    'The {person} counts {flyers} over {scene}: {options}. Program that.',
    'Code for {scene}, and over it {flyers}, {options} in number.',
    '{name} wants {options} of {flyers} in a program for {scene}.',
  ],
  'code-side': [
    'Draw {scene}. Beside it is a small {small}, left or right.',
    'The {person} asks for {scene} with a little {small} at its left or right.',
    'Code for {scene}. A tiny {small} keeps it company on the left or on the right.',
    '{name} {saw} {scene} and a small {small} on one side of it. Program both.',
  ],
  'code-told': [
    'Draw {scene}. All has been said.',
    '{name} wants a program for {scene}, and for nothing more.',
    'Write the code of the {medium} that shows {scene}.',
    'In the {spot} the {person} {saw} {scene} {when}. Program it.',
  ],
};

/** In the test split alone. */
export const HELD_OUT: Record<string, readonly string[]> = {
  'code-colour': ['A program shall make {scene}. Take {options} for it.'],
  'code-kind': ['Lines, please, for {options}, {paint}, to be seen {scene}.'],
  'code-place': ['Put {scene} into code. It belongs {options}.'],
  'code-count': ['Let there be {flyers}, {options}, over {scene}, says the {person}. Program it.'],
  'code-told': ['Put {scene} into code, no less and no more.'],
};
