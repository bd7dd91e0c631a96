/**
 * @file Captioning in the scene world: a scene is drawn first, then described in several frames. A caption mentions
 * only what is there, and the facts that it mentions are kept beside it, so that a test can check it.
 */
import type { Generator } from '../../../random';
import type { SceneFacts } from '../attributes';
import type { Constraint } from '../constraints';
import { withArticle } from '../lexicon';
import type { Frame, SceneTask, SceneText } from '../scene-text';
import {
  COLOUR_WORDS,
  COUNT_WORDS,
  FLY_VERBS,
  FLYER_WORDS,
  INVERTED_VERBS,
  KIND_WORDS,
  LARGE_WORDS,
  LEFT_PHRASES,
  PATTERN_WORDS,
  PICTURE_WORDS,
  PLACE_PHRASES,
  RIGHT_PHRASES,
  SKY_PHRASES,
  SMALL_WORDS,
  STAND_VERBS,
  TIME_PHRASES,
  WEATHER_PHRASES,
} from './words';

const SEEN = [
  '{a main} {stands} {place} {time}.',
  '{a main} {stands} {place} {weather}.',
  '{time} {a main} {stands} {place}, {weather}.',
  'This {picture} shows {a main} {place} {time}.',
  'The {picture} shows {a main} {place}, {weather} {time}.',
  'There is {a main} {place}, and it is seen {time}.',
  '{place} {lies} {a large main}, {weather}.',
  'We see {a large main} {place} {time} {weather}.',
  'In the {picture}, {a main} {stands} {weather} {place}.',
  'Here {a main} {stands}, {time} and {weather}.',
  '{place} there is nothing larger than {a main}, seen {time}.',
  'Someone has drawn {a main} {place}, {time}.',
  '{a main} {stands} {place} with {a companion} {side}.',
  '{a companion} keeps {a large main} company {place} {time}.',
  '{side} there is {a companion}, next to {a main} {place}.',
  '{a main} and {a companion} are together {place}, {weather}.',
  'Beside {a main} {place} one finds {a companion} {side}.',
  'The {picture} shows {a main} in front and {a companion} {side}, {time}.',
  '{a large main} {stands} {time}, while {a companion} is {side}.',
  'Two things are here {place}: {a main} and, {side}, {a companion}.',
  '{a main} {stands} {place} while {flyers} {fly} {sky}.',
  '{flyers} {fly} {sky}, and below {a main} {stands} {place}.',
  '{time} {flyers} {fly} over {a main} {place}.',
  'With {flyers} {sky}, {a main} {stands} {place} {weather}.',
  '{flyers} {fly} {weather} past {a large main} {place}.',
  'Look up and count {flyers} {sky}; look down and find {a main} {place}.',
  'The {picture} has {flyers} {sky} and {a main} {place} {time}.',
  '{flyers} {fly} {time} above {a main} with {a companion} {side}.',
  '{a main}, {a companion} {side} and {flyers} {sky}: that is the whole {picture}.',
  '{place} {a main} {stands}, {a companion} waits {side}, and {flyers} {fly} {sky}.',
  'Under {flyers} we find {a main} and {a companion}, {place} {time}.',
  'It happens {place} {time}: {flyers} {fly} above {a main}.',
];

const HELD_OUT = [
  'Nobody is around {place}, just {a main} {time} {weather}.',
  'An artist made this {picture} of {a main} {place}, {weather}.',
  'What stands out {place} is {a large main} with {a companion} {side}.',
  '{a companion} is {side}, dwarfed by {a main} {place}.',
  'While {flyers} {fly} {sky}, {a main} {stands} {time} {place}.',
  'Seen {time}: {a main}, {a companion} and {flyers}, all {place}.',
];

const frame = (pattern: string, i: number, heldOut: boolean): Frame => ({
  id: `caption-${heldOut ? 'test-' : ''}${i + 1}`,
  question: 'caption',
  pattern,
  heldOut,
});

export const captionFrames: readonly Frame[] = [
  ...SEEN.map((pattern, i) => frame(pattern, i, false)),
  ...HELD_OUT.map((pattern, i) => frame(pattern, i, true)),
];

export const captionScenes: SceneTask = {
  frames: captionFrames,
  open: [],
  closed: [],
  unknown: null,
  fields: ({ answers }, label) => ({
    text: label,
    ...(answers.length > 1 ? { choices: answers.map((answer) => answer.label) } : {}),
  }),
};

/** Whether the scene has what the frame speaks of. */
export function fits({ pattern }: Frame, scene: SceneFacts): boolean {
  if (/companion|side/.test(pattern) && scene.companionKind === 'none') return false;
  return !/flyers|fly/.test(pattern) || scene.flyerCount !== 'none';
}

/** One caption of the scene; `answers` holds it with the facts that it mentions. */
export function describe(scene: SceneFacts, frame: Frame, generator: Generator): SceneText {
  const mentioned: Record<string, readonly string[]> = {};
  const mention = <F extends keyof SceneFacts>(...facts: F[]): void => {
    for (const fact of facts) mentioned[fact] = [scene[fact]];
  };
  const one = (words: readonly string[]): string => generator.choice(words);
  const words: Record<string, () => string> = {
    main() {
      mention('mainKind', 'mainColour');
      const thing = `${one(COLOUR_WORDS[scene.mainColour])} ${one(KIND_WORDS[scene.mainKind as never])}`;
      if (scene.mainPattern === 'plain' && generator.uniform() < 0.8) return thing;
      mention('mainPattern');
      return `${one(PATTERN_WORDS[scene.mainPattern])} ${thing}`;
    },
    companion() {
      mention('companionKind', 'companionColour');
      const thing = `${one(COLOUR_WORDS[scene.companionColour])} ${one(KIND_WORDS[scene.companionKind as never])}`;
      return `${one(SMALL_WORDS)} ${thing}`;
    },
    side() {
      mention('side');
      return one(scene.side === 'left' ? LEFT_PHRASES : RIGHT_PHRASES);
    },
    flyers() {
      mention('flyerKind', 'flyerCount');
      const count = scene.flyerCount === 'none' ? 'one' : scene.flyerCount;
      return `${one(COUNT_WORDS[count])} ${generator.choice(FLYER_WORDS[scene.flyerKind])[count === 'one' ? 0 : 1]}`;
    },
    fly: () => generator.choice(FLY_VERBS)[scene.flyerCount === 'one' ? 0 : 1],
    place() {
      mention('place');
      return one(PLACE_PHRASES[scene.place]);
    },
    time() {
      mention('time');
      return one(TIME_PHRASES[scene.time]);
    },
    weather() {
      mention('weather');
      return one(WEATHER_PHRASES[scene.weather]);
    },
    sky: () => one(SKY_PHRASES),
    stands: () => one(STAND_VERBS),
    lies: () => one(INVERTED_VERBS),
    large: () => one(LARGE_WORDS),
    picture: () => one(PICTURE_WORDS),
  };
  const text = frame.pattern.replace(/\{(a )?(large )?(\w+)\}/g, (_, article, large, slot: string) => {
    const phrase = `${large ? `${(words.large as () => string)()} ` : ''}${(words[slot] as () => string)()}`;
    return article ? withArticle(phrase) : phrase;
  });
  const label = text.charAt(0).toUpperCase() + text.slice(1);
  return { text: '', frame, answers: [{ label, constraint: mentioned as Constraint }] };
}
