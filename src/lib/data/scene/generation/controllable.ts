/**
 * @file Controllable generation in the scene world: one sentence that uses given words and says one fact that only the
 * picture shows. `constraints.words` lists the words; every target holds them all, letter for letter (so none begins with
 * a word that would get its capital there). In a closed prompt the fact is given.
 */
import { closedQuestions, openQuestions } from '../classification-questions';
import { LEXICON } from '../lexicon';
import { slotsOf } from '../scene-text';
import { fillWritten, type WrittenFrame, type WrittenPair, writtenFrames } from '../written';
import type { GenerationTask, GenerationText } from './generation-text';

/** The ways to ask; {words} are the words that must be used. */
const ASKED = [
  'Write one sentence with the words {words}. Say {wanted}.',
  'Use {words} in a sentence that says {wanted}.',
  'One sentence, please, that has {words} in it and tells {wanted}.',
  'With {words}, write down {wanted}.',
  'Tell {wanted}, and use the words {words}.',
  'A sentence must hold {words}. It must also tell {wanted}.',
  'Make a sentence of {words} that lets one know {wanted}.',
  'Someone would like to hear {wanted}. Answer in a sentence with {words}.',
];
/** In the test split alone. */
const ASKED_IN_TEST = ['Compose a line around {words} from which one learns {wanted}.'];

/** What is wanted, and a sentence that says it; the slots of LEXICON in the sentence are the words that must be used. */
const WANTED: Record<string, readonly WrittenPair[]> = {
  colour: [
    ['whether the {kind} is {options}', '{name} {saw} {a adjective} {kind} {when}, and it was {answer}.'],
    [
      'which colour the {kind} has, {options}',
      'The {kind} that the {person} painted for {name} {when} is {answer}.',
    ],
  ],
  kind: [
    ['what stands in front, {options}', 'The {person} {saw} {answer} in front of the {spot} {when}.'],
    [
      'whether it is {options} that one sees',
      '{name} says that {answer} would look {adjective} in the {spot}.',
    ],
  ],
  count: [
    [
      'how many {flyers} there are, {options}',
      '{name} counted the {flyers} above the {spot} {when} and came to {answer}.',
    ],
    [
      'the number of {flyers}, {options}',
      'The {adjective} {person} says that the number of {flyers} was {answer} {when}.',
    ],
  ],
  place: [
    ['where all this is, {options}', '{name} went there with the {person} {when} and was {answer} all day.'],
    ['whether one is {options}', 'The {adjective} {medium} was made {answer} by the {person} {when}.'],
  ],
  time: [
    [
      'whether it is the {options}',
      'The {person} {saw} {name} there {answer}, and the light was {adjective}.',
    ],
  ],
  weather: [
    ['whether the sky is {options}', 'The sky over the {spot} was {answer} {when}, as {name} remembers.'],
  ],
  pattern: [
    [
      'whether the {kind} is {options}',
      'The {adjective} {kind} in the {medium} of {name} has a surface that is {answer}.',
    ],
  ],
  side: [
    [
      'on which side of the {kind} the small {small} is',
      '{name} put the small {small} on the {answer} side of the {adjective} {kind} {when}.',
    ],
  ],
  'small-colour': [
    [
      'whether the small {small} by the {kind} is {options}',
      'For {name} the {person} made the small {small} by the {kind} {answer} {when}.',
    ],
  ],
  'told-colour': [
    [
      'that something is {word}',
      '{name} owns {a adjective} {medium} in {answer} that the {person} {saw} {when}.',
    ],
  ],
  'told-kind': [
    ['that someone dreams of {a word}', 'The {adjective} {person} dreamed of {answer} in the {spot} {when}.'],
  ],
  'told-place': [
    [
      'that someone lives {word}',
      'The {adjective} {person} and {name} have lived {answer} since they met {when}.',
    ],
  ],
  'told-count': [
    [
      'that the number of books is {word}',
      'In the {spot} the {adjective} books of {name} are {answer} in number.',
    ],
  ],
  'told-weather': [
    ['that the weather was {word}', 'The weather was {answer} when {name} {saw} the {person} {when}.'],
  ],
};

/** Every slot of the lexicon that a sentence uses. */
const wordsOf = (target: string): string[] => slotsOf(target).filter((slot) => slot in LEXICON);

/** Every way to ask with every sentence; the prompt lists the words in the order in which the sentence has them. */
function frames(asked: readonly string[], heldOut: boolean): WrittenFrame[] {
  const pairs = Object.entries(WANTED).map(([question, sentences]) => [
    question,
    asked.flatMap((ask) =>
      sentences.map(([wanted, target]): WrittenPair => {
        const words = wordsOf(target).map((slot) => `“{${slot}}”`);
        return [ask.replace('{words}', words.join(', ')).replace('{wanted}', wanted), target];
      }),
    ),
  ]);
  return writtenFrames(Object.fromEntries(pairs), heldOut);
}

const asked = (name: string): boolean => name in WANTED;

export const controllableScenes: GenerationTask = {
  frames: [...frames(ASKED, false), ...frames(ASKED_IN_TEST, true)],
  open: openQuestions.filter(({ name }) => asked(name)),
  closed: closedQuestions.filter(({ name }) => asked(name)),
  write(frame, filled, generator): GenerationText {
    const written = fillWritten(frame as WrittenFrame, filled, generator);
    const words = [...written.text.matchAll(/“([^”]+)”/g)].map(([, word]) => word as string);
    return { ...written, constraints: { words } };
  },
};
