/**
 * @file Numbers in the scene world: how many birds (kites, butterflies, planes) are in the air, 0 to 4, which only the
 * picture shows; 0 also where others fly than those that are asked for. Where the sentence counts by itself, or adds, the
 * picture does not matter.
 */
import { COUNTS, FLYERS } from '../attributes';
import { LEXICON } from '../lexicon';
import { type Answer, framesOf, type Question, type SceneTask } from '../scene-text';
import { HELD_OUT, SEEN } from './frames';

const count: Question = {
  name: 'count',
  weight: 1,
  fill(generator) {
    const flyers = generator.choice(FLYERS);
    const none: Answer = {
      label: '0',
      constraint: { flyerKind: FLYERS.filter((other) => other !== flyers) },
      prefer: { flyerCount: COUNTS },
    };
    const some = COUNTS.map(
      (flyerCount, i): Answer => ({
        label: String(i + 1),
        constraint: { flyerKind: [flyers], flyerCount: [flyerCount] },
      }),
    );
    const [adjective, adjective2] = generator.shuffle(LEXICON.adjective) as [string, string];
    return { slots: { flyers, adjective, adjective2 }, answers: [none, ...some] };
  },
};

const only = (value: number): Answer[] => [{ label: String(value), constraint: {} }];

const told: Question = {
  name: 'told',
  weight: 2,
  fill(generator) {
    const value = generator.integer(COUNTS.length);
    return {
      slots: { word: COUNTS[value] as string, flyers: generator.choice(FLYERS) },
      answers: only(value + 1),
    };
  },
};

const sum: Question = {
  name: 'sum',
  weight: 1,
  fill(generator) {
    const [a, b] = [generator.integer(COUNTS.length), generator.integer(COUNTS.length)];
    const slots = { word: COUNTS[a] as string, other: COUNTS[b] as string, flyers: generator.choice(FLYERS) };
    return { slots, answers: only(a + b + 2) };
  },
};

export const regressionScenes: SceneTask = {
  frames: [...framesOf(SEEN, false), ...framesOf(HELD_OUT, true)],
  open: [count],
  closed: [told, sum],
  unknown: null,
  recordsPerScene: 1,
  fields: ({ text }, label) => ({ text, value: Number(label) }),
};
