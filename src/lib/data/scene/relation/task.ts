/**
 * @file Relations in the scene world: what somebody has to do with a thing that has a name. One lives in a building,
 * drives a vehicle, grows a plant; the sentence names both, in either order, and only the picture shows which the thing
 * is. Where a verb tells it, or where two people know each other, the picture does not matter. Left out: left of and
 * above, which a network that pools its picture cannot see.
 */
import type { Generator } from '../../../random';
import { LEXICON } from '../lexicon';
import { answersByType, THING_NAMES, THING_TYPES, type ThingType } from '../named-things';
import { framesOf, type Question, type SceneTask } from '../scene-text';
import { fillTokens, type TokenText } from '../tokens';
import { HELD_OUT, SEEN, VERBS } from './frames';

/** From the person to the thing, and from the thing to the person. */
export const RELATION_OF_TYPE: Readonly<Record<ThingType, readonly [string, string]>> = {
  building: ['lives-in', 'home-of'],
  vehicle: ['drives', 'driven-by'],
  plant: ['grows', 'grown-by'],
};
export const ACQUAINTED = 'knows';

const someone = (generator: Generator): string => generator.choice(LEXICON.name);

/** A thing whose name is not the person's. */
const something = (generator: Generator, person: string): string =>
  generator.choice(THING_NAMES.filter((name) => name !== person));

function open(name: string, personFirst: boolean): Question {
  return {
    name,
    weight: 1,
    fill(generator) {
      const person = someone(generator);
      const thing = something(generator, person);
      const [head, tail] = personFirst ? [person, thing] : [thing, person];
      return {
        slots: { head, tail },
        answers: answersByType((type) => RELATION_OF_TYPE[type][personFirst ? 0 : 1]),
      };
    },
  };
}

const told: Question = {
  name: 'told',
  weight: 2,
  fill(generator) {
    const head = someone(generator);
    const type = generator.choice(THING_TYPES);
    const verb = generator.choice(VERBS[type] as readonly string[]);
    return {
      slots: { head, tail: something(generator, head), verb },
      answers: [{ label: RELATION_OF_TYPE[type][0], constraint: {} }],
    };
  },
};

const acquainted: Question = {
  name: 'acquainted',
  weight: 1,
  fill(generator) {
    const [head, tail] = generator.shuffle(LEXICON.name) as [string, string];
    return {
      slots: { head, tail, thing: something(generator, head) },
      answers: [{ label: ACQUAINTED, constraint: {} }],
    };
  },
};

export const relationScenes: SceneTask = {
  frames: [...framesOf(SEEN, false), ...framesOf(HELD_OUT, true)],
  open: [open('has', true), open('had', false)],
  closed: [told, acquainted],
  unknown: null,
  recordsPerScene: 1,
  write: fillTokens,
  fields(text, label) {
    const { tokens, spans } = text as TokenText;
    return { tokens, head: spans.head, tail: spans.tail, label };
  },
};
