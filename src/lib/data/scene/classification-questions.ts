/**
 * @file What the classification task asks of a scene. An open question has two to four answers, all named or
 * all known from training, and each is right in equally many records; a closed one holds its answer in its text.
 */
import type { Generator } from '../../random';
import {
  COLOURS,
  COUNTS,
  type Colour,
  FLYERS,
  isHeldOut,
  KINDS,
  type Kind,
  PATTERNS,
  PLACES,
  type Place,
  SIDES,
  TIMES,
  WEATHERS,
} from './attributes';
import type { Constraint } from './constraints';
import { alternatives, withArticle } from './lexicon';
import type { Answer, Question } from './scene-text';

/** Two, three or four alternatives, fewer more often. */
function some<T>(domain: readonly T[], generator: Generator, most = 4): T[] {
  const draw = generator.uniform();
  const many = draw < 0.6 ? 2 : draw < 0.88 ? 3 : 4;
  return generator.shuffle(domain).slice(0, Math.min(many, most, domain.length));
}

/** In their natural order: numbers and times of day read oddly otherwise. */
function inOrder<T>(chosen: readonly T[], domain: readonly T[]): T[] {
  return domain.filter((value) => chosen.includes(value));
}

/** The colours that objects of this kind may have in the split. */
function coloursOf(kind: Kind, heldOutPairs: boolean): Colour[] {
  return COLOURS.filter((colour) => heldOutPairs || !isHeldOut(kind, colour));
}

const except = <T>(domain: readonly T[], value: T): T[] => domain.filter((other) => other !== value);

export const PLACE_PHRASE: Record<Place, string> = {
  meadow: 'on a meadow',
  beach: 'at the beach',
  desert: 'in the desert',
  snow: 'in the snow',
  street: 'on a street',
  forest: 'in the forest',
};

/** Answers over the values of one fact, under a constraint that the question itself sets. */
function overValues<F extends keyof Constraint>(
  fact: F,
  values: readonly string[],
  given: Constraint = {},
): Answer[] {
  return values.map((label) => ({ label, constraint: { ...given, [fact]: [label] } as Constraint }));
}

export const openQuestions: readonly Question[] = [
  {
    name: 'colour',
    weight: 26,
    fill(generator, heldOutPairs) {
      const kind = generator.choice(KINDS);
      const colours = some(coloursOf(kind, heldOutPairs), generator);
      if (heldOutPairs && generator.uniform() < 0.5) putHeldOutColour(kind, colours);
      const answers = colours.map((label) => ({
        label,
        constraint: { mainKind: [kind], mainColour: [label] },
        prefer: { companionColour: except(colours, label) },
      }));
      return { slots: { kind, options: alternatives(colours) }, answers };
    },
  },
  {
    name: 'kind',
    weight: 14,
    fill(generator) {
      const kinds = some(KINDS, generator, 3);
      const answers = kinds.map((label) => ({
        label,
        constraint: { mainKind: [label] },
        prefer: { companionKind: except(kinds, label) },
      }));
      return { slots: { options: alternatives(kinds.map(withArticle)) }, answers };
    },
  },
  {
    name: 'count',
    weight: 12,
    fill(generator) {
      const flyers = generator.choice(FLYERS);
      const counts = inOrder(some(COUNTS, generator), COUNTS);
      return {
        slots: { flyers, options: alternatives(counts) },
        answers: overValues('flyerCount', counts, { flyerKind: [flyers] }),
      };
    },
  },
  {
    name: 'place',
    weight: 10,
    fill(generator) {
      const places = some(PLACES, generator);
      const phrases = places.map((place) => PLACE_PHRASE[place]);
      return { slots: { options: alternatives(phrases) }, answers: overValues('place', places) };
    },
  },
  {
    name: 'time',
    weight: 8,
    fill(generator) {
      const times = inOrder(some(TIMES, generator), TIMES);
      return { slots: { options: alternatives(times) }, answers: overValues('time', times) };
    },
  },
  {
    name: 'weather',
    weight: 6,
    fill(generator) {
      const weathers = inOrder(some(WEATHERS, generator), WEATHERS);
      return { slots: { options: alternatives(weathers) }, answers: overValues('weather', weathers) };
    },
  },
  {
    name: 'pattern',
    weight: 10,
    fill(generator) {
      const kind = generator.choice(KINDS);
      const patterns = some(PATTERNS, generator);
      return {
        slots: { kind, options: alternatives(patterns) },
        answers: overValues('mainPattern', patterns, { mainKind: [kind] }),
      };
    },
  },
  {
    name: 'side',
    weight: 4,
    fill(generator) {
      const [kind, small] = generator.shuffle(KINDS) as [Kind, Kind];
      return {
        slots: { kind, small },
        answers: overValues('side', SIDES, { mainKind: [kind], companionKind: [small] }),
      };
    },
  },
  {
    name: 'small-colour',
    weight: 3,
    fill(generator) {
      const [kind, small] = generator.shuffle(KINDS) as [Kind, Kind];
      const colours = generator.shuffle(coloursOf(small, false)).slice(0, 2);
      const answers = colours.map((label) => ({
        label,
        constraint: { mainKind: [kind], companionKind: [small], companionColour: [label] },
        prefer: { mainColour: except(colours, label) },
      }));
      return { slots: { kind, small, options: alternatives(colours) }, answers };
    },
  },
  {
    name: 'presence',
    weight: 3,
    fill(generator) {
      const kind = generator.choice(KINDS);
      const others = except(KINDS, kind);
      return {
        slots: { kind },
        answers: [
          { label: 'yes', constraint: { mainKind: [kind] } },
          { label: 'no', constraint: { mainKind: others, companionKind: [...others, 'none'] } },
        ],
      };
    },
  },
  {
    name: 'claim',
    weight: 4,
    fill(generator, heldOutPairs) {
      const kind = generator.choice(KINDS);
      const colours = coloursOf(kind, heldOutPairs);
      const colour = generator.choice(colours);
      return {
        slots: { kind, colour },
        answers: [
          { label: 'yes', constraint: { mainKind: [kind], mainColour: [colour] } },
          {
            label: 'no',
            constraint: { mainKind: [kind], mainColour: except(colours, colour) },
            prefer: { companionColour: [colour] },
          },
        ],
      };
    },
  },
];

function putHeldOutColour(kind: Kind, colours: Colour[]): void {
  const heldOut = COLOURS.find((colour) => isHeldOut(kind, colour));
  if (heldOut && !colours.includes(heldOut)) colours[0] = heldOut;
}

const only = (label: string): Answer[] => [{ label, constraint: {} }];

/** A closed question: `value` is drawn, stands in the text as `{word}`, and is the label. */
function told(
  name: string,
  weight: number,
  domain: readonly string[],
  word = (value: string) => value,
): Question {
  return {
    name,
    weight,
    fill(generator) {
      const value = generator.choice(domain);
      const [kind, flyers] = [generator.choice(KINDS), generator.choice(FLYERS)];
      return { slots: { word: word(value), kind, flyers }, answers: only(value) };
    },
  };
}

export const closedQuestions: readonly Question[] = [
  told('told-colour', 6, COLOURS),
  told('told-kind', 4, KINDS),
  told('told-count', 3, COUNTS),
  told('told-place', 3, PLACES, (place) => PLACE_PHRASE[place as Place]),
  told('told-time', 2, TIMES),
  told('told-weather', 2, WEATHERS),
  told('told-pattern', 2, PATTERNS),
  told('told-side', 1, SIDES),
  told('told-answer', 1, ['yes', 'no']),
];
