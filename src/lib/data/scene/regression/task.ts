/**
 * @file Numbers in the scene world: how warm it is. The place, which only the picture shows, has its degrees at noon; the
 * hour, which the sentence says and the picture agrees with, takes some off:
 *
 *     degrees = DEGREES[place] − COOLER[time]
 *
 * Where the sentence gives the degrees itself, or by how much they change, the picture does not matter.
 */
import { PLACES, type Place, type Time } from '../attributes';
import { type Answer, framesOf, type Question, type SceneTask } from '../scene-text';
import { HELD_OUT, SEEN } from './frames';

/** At noon. */
export const DEGREES: Readonly<Record<Place, number>> = {
  snow: -5,
  forest: 8,
  meadow: 16,
  street: 21,
  beach: 27,
  desert: 36,
};
export const COOLER: Readonly<Record<Time, number>> = { day: 0, evening: 6, night: 12 };

const HOURS: Readonly<Record<Time, readonly string[]>> = {
  day: ['at noon', 'by day', 'in the midday sun', 'after lunch'],
  evening: ['in the evening', 'at sunset', 'at dusk', 'before supper'],
  night: ['at night', 'at midnight', 'after dark', 'under the stars'],
};
/** Places of one text, each right equally often. */
const PLACES_PER_TEXT = 4;

const warmth: Question = {
  name: 'warmth',
  weight: 1,
  fill(generator) {
    const time = generator.choice(Object.keys(HOURS) as Time[]);
    const places = generator.shuffle(PLACES).slice(0, PLACES_PER_TEXT);
    const answers = places.map(
      (place): Answer => ({
        label: String(DEGREES[place] - COOLER[time]),
        constraint: { place: [place], time: [time] },
      }),
    );
    return { slots: { hour: generator.choice(HOURS[time]) }, answers };
  },
};

const only = (value: number): Answer[] => [{ label: String(value), constraint: {} }];

const told: Question = {
  name: 'told',
  weight: 2,
  fill(generator) {
    const number = generator.integer(40);
    return { slots: { number: String(number) }, answers: only(number) };
  },
};

/** So many degrees, and then more or fewer of them. */
function change(name: 'warmer' | 'cooler', sign: number): Question {
  return {
    name,
    weight: 1,
    fill(generator) {
      const [number, step] = [10 + generator.integer(20), 1 + generator.integer(9)];
      return { slots: { number: String(number), step: String(step) }, answers: only(number + sign * step) };
    },
  };
}

export const regressionScenes: SceneTask = {
  frames: [...framesOf(SEEN, false), ...framesOf(HELD_OUT, true)],
  open: [warmth],
  closed: [told, change('warmer', 1), change('cooler', -1)],
  unknown: null,
  recordsPerScene: 1,
  fields: ({ text }, label) => ({ text, value: Number(label) }),
};
