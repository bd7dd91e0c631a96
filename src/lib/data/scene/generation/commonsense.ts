/**
 * @file Commonsense in the scene world: what follows from what the picture shows, and is not drawn. Rain asks for a
 * raincoat, a desert for water, night for bed, a tent is to sleep in. A target says what to do and why; the prompt does
 * not name what might be seen. In a closed prompt the fact is told.
 */
import type { Generator } from '../../../random';
import { KINDS, PLACES, type SceneFacts, TIMES, WEATHERS } from '../attributes';
import type { Constraint } from '../constraints';
import type { Question } from '../scene-text';
import { fillWritten, type WrittenFrame, type WrittenPair, writtenFrames } from '../written';
import type { GenerationTask } from './generation-text';

/** What follows, by the fact's value: what to do and why. Each is true whatever else the picture shows. */
const FOLLOWS: Record<
  string,
  { fact: keyof SceneFacts; values: Readonly<Record<string, string>>; given?: Constraint }
> = {
  weather: {
    fact: 'weather',
    values: {
      clear: 'leave the raincoat at home, because not a drop will fall from such a sky',
      cloudy: 'take the raincoat to be sure, because clouds like these may bring rain',
      rainy: 'put the raincoat on, because whoever goes out now gets wet',
    },
  },
  place: {
    fact: 'place',
    values: {
      meadow: 'bring a blanket for a picnic, because the grass is soft to sit on',
      beach: 'bring a towel and bathing things, because one can swim in the sea',
      desert: 'bring plenty of water, because nothing can be drunk among dry dunes',
      snow: 'bring warm gloves and a sledge, because it is freezing cold there',
      street: 'look left and right, because cars may come along',
      forest: 'bring a compass, because one gets lost among so many trunks',
    },
  },
  time: {
    fact: 'time',
    // Behind clouds neither sun nor stars are to be seen.
    given: { weather: ['clear'] },
    values: {
      day: 'think of lunch, because the sun stands high',
      evening: 'think of supper, because the sun is going down',
      night: 'think of bed, because the stars have come out',
    },
  },
  use: {
    fact: 'mainKind',
    values: {
      house: 'move in with the family, because it has rooms and a roof',
      tent: 'camp in it for a night, because it keeps out wind and dew',
      car: 'drive to the next town, because it has wheels and an engine',
      umbrella: 'hold it over the head, because it keeps off the rain',
      balloon: 'rise above the hills in its basket, because hot air is light',
      rocket: 'fly to the moon, because it is fast enough to leave the earth',
      robot: 'let it do the dishes, because machines never get tired',
      mushroom: 'ask an expert before eating it, because some kinds are poisonous',
      flower: 'put it into a vase, because it needs water to stay fresh',
      windmill: 'have corn ground to flour, because its sails turn a stone',
      tree: 'rest in its shade, because leaves keep the sun away',
      cat: 'give it some milk and a mouse of wool, because it likes both',
    },
  },
};

const SEEN: Record<string, readonly WrittenPair[]> = {
  'advice-weather': [
    [
      '{name} stands at the door of that place {when}. What is to be done about the raincoat, and why?',
      '{name} should {answer}.',
    ],
    [
      'The {person} is about to go out there. What do you say about the raincoat?',
      'I tell the {person} to {answer}.',
    ],
    [
      'What would {a adjective} mother say to {name}, who is going out there?',
      'She would tell {name} to {answer}.',
    ],
    ['Look at that sky. Does the {person} need a raincoat, and why?', 'The {person} had better {answer}.'],
    ['{name} asks you about the weather there. Give some advice.', 'My advice to {name} is to {answer}.'],
    [
      'There is a raincoat in the {spot}. What should {name} do with it out there?',
      'Out there {name} should {answer}.',
    ],
  ],
  'advice-place': [
    [
      '{name} will go to that place {when}. What should one think of, and why?',
      'Whoever goes there should {answer}.',
    ],
    ['The {person} spends the holidays there. Give one piece of advice.', 'The {person} should {answer}.'],
    [
      'What do parents tell {a adjective} child who goes there?',
      'They tell the {adjective} child to {answer}.',
    ],
    [
      '{name} packs a bag in the {spot} for a trip to that place. What is your advice?',
      'My advice to {name} is to {answer}.',
    ],
    [
      'Your friend the {person} has never been there. What is worth knowing?',
      'The {person} should know to {answer}.',
    ],
    [
      'The {medium} makes {name} want to be there. What should {name} not forget?',
      'There {name} must not forget to {answer}.',
    ],
  ],
  'advice-time': [
    [
      '{name} is there now and feels a little tired. What should {name} think of?',
      'At this hour {name} should {answer}.',
    ],
    [
      'The {person} has no watch. What is it time to think of there, and why?',
      'By the sky the {person} should {answer}.',
    ],
    ['What comes next for {a adjective} family at that hour?', 'The {adjective} family should {answer}.'],
    [
      '{name} looks up from the {medium}. What should everybody there do next?',
      'Everybody there should {answer}, says {name}.',
    ],
    [
      'In the {spot} the clock has stopped. Tell the {person} what to think of.',
      'I tell the {person} to {answer}.',
    ],
  ],
  'advice-use': [
    [
      '{name} has been given that large thing {when}. What can {name} do with it, and why?',
      '{name} can {answer}.',
    ],
    ['What would you do with what stands there in front?', 'With what stands there I would {answer}.'],
    ['The {person} finds such a thing behind the {spot}. What now, and why?', 'The {person} might {answer}.'],
    ['It is {adjective}, but what is the big thing good for?', 'Since it is there, one can {answer}.'],
    [
      '{name} {saw} it on {a medium} and wants to make use of it. How?',
      'To make use of it {name} could {answer}.',
    ],
    [
      'The {person} asks {name} what to do about the largest thing in view.',
      '{name} tells the {person} to {answer}.',
    ],
  ],
  'told-advice-weather': [
    ['{name} is told that the weather is {word}. What about the raincoat?', '{name} should {answer}.'],
    [
      'The {person} hears on the radio that it is {word} outside. What about the raincoat?',
      'The {person} had better {answer}.',
    ],
  ],
  'told-advice-place': [
    [
      '{name} dreams of a holiday at a place that is called {a word}. What should one think of?',
      'Whoever goes there should {answer}.',
    ],
    [
      'The {person} says one word, {word}. What does one need to know about such a place?',
      'The {person} should know to {answer}.',
    ],
  ],
  'told-advice-time': [
    ['It is {word}, says {name}. What should everybody think of?', 'At this hour {name} should {answer}.'],
    [
      'The {person} calls it {word}. What is it time to think of?',
      'By the sky the {person} should {answer}.',
    ],
  ],
  'told-advice-use': [
    ['{name} has been given {a word} {when}. What can {name} do with it, and why?', '{name} can {answer}.'],
    ['The {person} finds {a word} behind the {spot}. What now, and why?', 'The {person} might {answer}.'],
    ['What is {a adjective} {word} good for?', 'As it is {adjective}, one can {answer}.'],
  ],
};

/** In the test split alone. */
const HELD_OUT: Record<string, readonly WrittenPair[]> = {
  'advice-weather': [
    [
      'Nobody has told {name} what it is like out there. Help with the raincoat.',
      'Out there {name} had better {answer}.',
    ],
  ],
  'advice-place': [
    [
      'If the {person} woke up there tomorrow, what would be wise?',
      'It would be wise of the {person} to {answer}.',
    ],
  ],
  'advice-use': [['Suppose {name} owned the thing in front. What for?', '{name} would own it to {answer}.']],
  'told-advice-use': [['Suppose {name} owned {a word}. What for?', '{name} would own it to {answer}.']],
};

/** Two values, or now and then three. */
const THREE = 0.3;

function question(name: string, weight: number): Question {
  const { fact, values, given } = FOLLOWS[name] as (typeof FOLLOWS)[string];
  return {
    name: `advice-${name}`,
    weight,
    fill(generator: Generator) {
      const many = generator.uniform() < THREE ? 3 : 2;
      const chosen = generator.shuffle(Object.keys(values)).slice(0, many);
      return {
        slots: {},
        answers: chosen.map((value) => ({
          label: values[value] as string,
          constraint: { ...given, [fact]: [value] } as Constraint,
        })),
      };
    },
  };
}

function toldQuestion(name: string, weight: number, domain: readonly string[]): Question {
  const { values } = FOLLOWS[name] as (typeof FOLLOWS)[string];
  return {
    name: `told-advice-${name}`,
    weight,
    fill(generator) {
      const word = generator.choice(domain);
      return { slots: { word }, answers: [{ label: values[word] as string, constraint: {} }] };
    },
  };
}

export const commonsenseScenes: GenerationTask = {
  frames: [...writtenFrames(SEEN, false), ...writtenFrames(HELD_OUT, true)],
  open: [question('weather', 3), question('place', 4), question('time', 2), question('use', 7)],
  closed: [
    toldQuestion('weather', 1, WEATHERS),
    toldQuestion('place', 2, PLACES),
    toldQuestion('time', 1, TIMES),
    toldQuestion('use', 3, KINDS),
  ],
  write: (frame, filled, generator) => fillWritten(frame as WrittenFrame, filled, generator),
};
