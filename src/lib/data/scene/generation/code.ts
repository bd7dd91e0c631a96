/**
 * @file Code generation in the scene world: the prompt describes a scene in words but for one fact, of which it names the
 * words that may be used ("red or blue"); the picture decides, and the target is the program that draws it
 * (`program.ts`): run, it gives the facts of the picture, all of them. In a closed prompt all is said.
 */
import type { Generator } from '../../../random';
import {
  type BasicKind,
  COLOURS,
  COUNTS,
  type Colour,
  FLYERS,
  isHeldOut,
  KINDS,
  PATTERNS,
  PLACES,
  type SceneFacts,
  SIDES,
  TIMES,
  WEATHERS,
} from '../attributes';
import {
  COUNT_WORDS,
  FLYER_WORDS,
  KIND_WORDS,
  PLACE_PHRASES,
  TIME_PHRASES,
  WEATHER_PHRASES,
} from '../caption/words';
import type { Constraint } from '../constraints';
import { alternatives, withArticle } from '../lexicon';
import { fillFrame, framesOf, type Question } from '../scene-text';
import { HELD_OUT, SEEN } from './code-frames';
import type { GenerationTask } from './generation-text';
import { programFacts, writeProgram } from './program';

type Facts = Partial<SceneFacts>;
type Fact = keyof SceneFacts;

/** The open fact of each question, its words, how many of them are offered at most, and the question's weight. */
const OPEN: Record<string, readonly [fact: Fact, domain: readonly string[], most: number, weight: number]> = {
  'code-colour': ['mainColour', COLOURS, 4, 6],
  'code-kind': ['mainKind', KINDS, 3, 4],
  'code-pattern': ['mainPattern', PATTERNS, 4, 2],
  'code-place': ['place', PLACES, 3, 3],
  'code-time': ['time', TIMES, 3, 2],
  'code-weather': ['weather', WEATHERS, 3, 2],
  'code-count': ['flyerCount', COUNTS, 4, 3],
  'code-side': ['side', SIDES, 2, 2],
};

/** How often two words are offered and not as many as there may be. */
const TWO = 0.6;
/** How often a prompt tells of a pattern, of a small thing, of flying things, where none is open. */
const EXTRA = 0.35;

function openQuestion(name: string): Question {
  const [fact, domain, most, weight] = OPEN[name] as (typeof OPEN)[string];
  return {
    name,
    weight,
    fill(generator, heldOutPairs) {
      const may = (kind: BasicKind, colour: Colour): boolean => heldOutPairs || !isHeldOut(kind, colour);
      const kind = generator.choice(KINDS);
      const possible = domain.filter((word) => fact !== 'mainColour' || may(kind, word as Colour));
      const words = generator.shuffle(possible).slice(0, generator.uniform() < TWO ? 2 : most);
      const kinds = fact === 'mainKind' ? (words as BasicKind[]) : [kind];
      const colours = COLOURS.filter((colour) => kinds.every((one) => may(one, colour)));
      const colour = generator.choice(colours);
      const facts = toldFacts(fact, kinds, fact === 'mainColour' ? (words as Colour[]) : [colour], generator);
      const paint = fact === 'mainKind' ? `${paintOf(facts)}${extrasOf(facts, generator)}` : '';
      return {
        slots: {
          scene: fact === 'mainKind' ? settingOf(facts, generator) : sceneOf(facts, generator),
          paint,
          options: alternatives(fact === 'mainKind' ? words.map(withArticle) : words),
          flyers: generator.choice(FLYER_WORDS[facts.flyerKind ?? 'birds'])[1],
          small: smallOf(facts, generator),
        },
        answers: words.map((word) => programAnswer({ ...facts, [fact]: word })),
      };
    },
  };
}

const told: Question = {
  name: 'code-told',
  weight: 1,
  fill(generator, heldOutPairs) {
    const kind = generator.choice(KINDS);
    const colour = generator.choice(COLOURS.filter((one) => heldOutPairs || !isHeldOut(kind, one)));
    const facts = toldFacts(null, [kind], [colour], generator);
    // The picture beside it may be any: it does not matter.
    const answers = [{ ...programAnswer(facts), constraint: {} }];
    return { slots: { scene: sceneOf(facts, generator) }, answers };
  },
};

/** All that the program says but for the open fact; `kinds` and `colours` are what the large thing may be. */
function toldFacts(
  open: Fact | null,
  kinds: readonly BasicKind[],
  colours: readonly Colour[],
  generator: Generator,
): Facts {
  const facts: Facts = {};
  const tell = <F extends Fact>(fact: F, domain: readonly SceneFacts[F][]): void => {
    if (fact !== open) facts[fact] = generator.choice(domain);
  };
  const extra = (): boolean => generator.uniform() < EXTRA;
  tell('place', PLACES);
  tell('time', TIMES);
  tell('weather', WEATHERS);
  tell('mainKind', kinds);
  tell('mainColour', colours);
  if (open !== 'mainPattern' && extra()) tell('mainPattern', PATTERNS.slice(1));
  if (open === 'side' || extra()) {
    const small = generator.choice(KINDS.filter((kind) => !kinds.includes(kind)));
    const possible = COLOURS.filter((colour) => !colours.includes(colour) && !isHeldOut(small, colour));
    facts.companionKind = small;
    facts.companionColour = generator.choice(possible);
    tell('side', SIDES);
  }
  if (open === 'flyerCount' || extra()) {
    tell('flyerKind', FLYERS);
    tell('flyerCount', COUNTS);
  }
  return facts;
}

/** The program, and the scenes that it draws: one, but for the exact place of things. */
function programAnswer(facts: Facts): { label: string; constraint: Constraint } {
  const label = writeProgram(facts);
  const all = Object.entries(programFacts(label)).filter(([fact]) => {
    if (fact === 'companionColour' || fact === 'side') return facts.companionKind !== undefined;
    return fact !== 'flyerKind' || facts.flyerKind !== undefined;
  });
  return { label, constraint: Object.fromEntries(all.map(([fact, value]) => [fact, [value]])) as Constraint };
}

/** "a red striped cottage under two kites, at dusk, in the rain, on the coast" */
function sceneOf(facts: Facts, generator: Generator): string {
  const kind = generator.choice(KIND_WORDS[facts.mainKind as BasicKind]);
  const thing = withArticle(`${paintOf(facts)} ${kind}`.trim());
  return `${thing}${extrasOf(facts, generator)} ${settingOf(facts, generator)}`;
}

function paintOf({ mainColour, mainPattern }: Facts): string {
  return [mainColour, mainPattern].filter((word) => word !== undefined).join(' ');
}

function extrasOf(facts: Facts, generator: Generator): string {
  let out = '';
  if (facts.companionKind && facts.side)
    out += ` with a small ${smallOf(facts, generator)} on the ${facts.side}`;
  if (facts.flyerKind && facts.flyerCount && facts.flyerCount !== 'none') {
    const names = generator.choice(FLYER_WORDS[facts.flyerKind]);
    const count = generator.choice(COUNT_WORDS[facts.flyerCount]);
    out += ` under ${count} ${names[facts.flyerCount === 'one' ? 0 : 1]}`;
  }
  return out;
}

function smallOf({ companionKind, companionColour }: Facts, generator: Generator): string {
  if (!companionKind) return '';
  return `${companionColour} ${generator.choice(KIND_WORDS[companionKind as BasicKind])}`;
}

function settingOf({ place, time, weather }: Facts, generator: Generator): string {
  const phrases = [
    place && generator.choice(PLACE_PHRASES[place]),
    time && generator.choice(TIME_PHRASES[time]),
    weather && generator.choice(WEATHER_PHRASES[weather]),
  ];
  return generator.shuffle(phrases.filter((phrase) => phrase !== undefined)).join(', ');
}

export const codeScenes: GenerationTask = {
  frames: [...framesOf(SEEN, false), ...framesOf(HELD_OUT, true)],
  open: Object.keys(OPEN).map(openQuestion),
  closed: [told],
  write: fillFrame,
};
