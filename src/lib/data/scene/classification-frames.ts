/** @file The sentences of the classification task, by question; those marked `test` occur in the test split alone. */
import { closedQuestions, openQuestions } from './classification-questions';
import { framesOf, type SceneTask } from './scene-text';

/** By question; `QUESTION_PATTERNS_IN_TEST` are those that training never shows. */
export const QUESTION_PATTERNS: Readonly<Record<string, readonly string[]>> = {
  colour: [
    'Is the {kind} on the {medium} {options}?',
    '{name} {saw} {a kind} {when}. Was it {options}?',
    'The {adjective} {kind} that the {person} painted: {options}?',
    'What colour has the {kind} in front, {options}?',
    '{name} bets the {person} that the {kind} is {options}. Which is it?',
    "On {name}'s {medium} the {kind} has one main colour, {options}. Name it.",
    'Look at the large {kind} from the {spot}. Is its paint {options}?',
    '{a adjective} {kind}, says the {person}, but is it {options}?',
  ],
  kind: [
    'Does the {medium} show {options} in the middle?',
    '{name} wants to know what the largest thing is: {options}.',
    'Something {adjective} stands in front of the {person}. Is it {options}?',
    'What did the {person} draw {when}, {options}?',
    'Is it {options} that {name} {saw} in the foreground?',
  ],
  count: [
    'How many {flyers} are in the air?',
    '{name} counts the {flyers} overhead: {options}?',
    'Are there {options} {flyers} above the {adjective} scene?',
    'The {person} says that {flyers} came by {when}. How many, {options}?',
    'Up there {flyers} are flying across the {medium}. Say their number.',
  ],
  place: [
    'Was the {medium} made {options}?',
    '{name} went away {when}. Did the trip end {options}?',
    'Where does the {person} stand, {options}?',
    'The {adjective} place behind it all: are we {options}?',
  ],
  time: [
    "Is it {options} on {name}'s {medium}?",
    'When did the {person} make the {medium}, during the {options}?',
    'Which time does the {adjective} sky tell: {options}?',
  ],
  weather: [
    'Is the sky {options} above the {adjective} scene?',
    '{name} packs for a trip. Does it look {options} there?',
    'What weather did the {person} write down {when}?',
  ],
  pattern: [
    'Is the surface of the {kind} {options}?',
    'The {person} gave the {kind} a new pattern {when}: {options}?',
    'Describe the {adjective} {kind} to {name}: {options}?',
    'What pattern has the {kind} in the {spot}, {options}?',
  ],
  side: [
    'Is the small {small} left or right of the {kind}?',
    '{name} looks for the little {small}. On which side of the {kind} is it?',
    'To find the tiny {small}, should the {person} go left or right of the {kind}?',
  ],
  'small-colour': [
    'Besides the {kind} there is a small {small}. Is the small one {options}?',
    'What colour has the little {small} next to the {kind}, {options}?',
    '{name} likes the tiny {small} beside the {kind} best. Is it {options}?',
  ],
  presence: [
    'Is there {a kind} on the {medium}?',
    'Did the {person} draw {a kind}, yes or no?',
    '{name} looked for {a kind} {when}. Was there one, yes or no?',
  ],
  claim: [
    'Is it true that the {kind} is {colour}, yes or no?',
    '{name} calls the {kind} {colour}. Is {name} right?',
    '{a colour} {kind}, wrote the {person} {when}. Is that so, yes or no?',
  ],
  'told-colour': [
    '{name} writes: my {kind} is {word}. Which colour does {name} write?',
    'The {person} from the {spot} only wears {word}. Which colour is it?',
    'In the {adjective} song the {kind} is {word}. What colour is it in the song?',
  ],
  'told-kind': [
    '{name} dreamed of {a word} {when}. What was in the dream?',
    'The {person} tells a story about {a adjective} {word}. What is the story about?',
  ],
  'told-count': [
    'The {person} ordered {word} {flyers} for the {spot}. How many were ordered?',
    '{name} owns {word} {adjective} books. How many books?',
  ],
  'told-place': [
    '{name} lives {word}. Where does {name} live?',
    'The {person} slept {word} {when}. Where was that?',
  ],
  'told-time': ['The train of the {person} leaves during the {word}. When does it leave?'],
  'told-weather': ['It was {word} {when}, says {name}. How does {name} describe the weather?'],
  'told-pattern': ['The {person} bought {word} cloth for the {spot}. What does the cloth look like?'],
  'told-side': ['Turn {word} at the {spot}, says the {person}. Which way should {name} turn?'],
  'told-answer': ['The {person} asked {name} for help, and the reply was {word}. What was the reply?'],
};

export const QUESTION_PATTERNS_IN_TEST: Readonly<Record<string, readonly string[]>> = {
  colour: [
    'Tell {name} whether the {kind} is {options}.',
    'Somebody had to repaint the {kind} {when}. Which tin matched, {options}?',
  ],
  kind: ['Guess what the {person} will find there: {options}.'],
  count: ['On the {medium}, does {name} see {options} {flyers}?'],
  place: ['{name} asks the {person} where this is: {options}?'],
  time: ['The light is {adjective}. Does it belong to the {options}?'],
  weather: ['Before leaving the {spot}, {name} checks: is it {options}?'],
  pattern: ['{name} sews a cover for the {kind}. Must it be {options} to match?'],
  side: ['Standing before the {kind}, {name} points at the small {small}: to the left or to the right?'],
  presence: ['Can {name} see {a kind} anywhere, yes or no?'],
  claim: ['Would the {person} agree that the {kind} is {colour}, yes or no?'],
  'told-colour': ['{word} is the colour that {name} chose for the {spot}. Which colour was chosen?'],
};

export const classificationScenes: SceneTask = {
  frames: [...framesOf(QUESTION_PATTERNS, false), ...framesOf(QUESTION_PATTERNS_IN_TEST, true)],
  open: openQuestions,
  closed: closedQuestions,
  unknown: 'unknown',
  fields: ({ text }, label) => ({ text, label }),
};

/** The same questions, whose answers are to be written. */
export const questionScenes: SceneTask = {
  ...classificationScenes,
  fields: ({ text }, label) => ({ question: text, answer: label }),
};
