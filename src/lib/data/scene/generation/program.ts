/**
 * @file A small language in which a program draws a scene: a line each for place, time and weather, the large thing, the
 * small one beside it, and what flies above.
 *
 *     place beach
 *     time night
 *     weather rainy
 *     draw house red striped
 *     beside cat blue left
 *     fly birds two
 *
 * The words after `draw`, `beside` and `fly` stand in this order, and all but the first may be left out, as may whole
 * lines: what is not said is plain black, by day, on a meadow, under a clear sky, with nothing beside or above it. Two
 * programs are the same where they say the same facts.
 */
import { InputError } from '../../../errors';
import { quote } from '../../json-lines';
import {
  COLOURS,
  COUNTS,
  FLYERS,
  KINDS,
  PATTERNS,
  PLACES,
  type SceneFacts,
  SIDES,
  TIMES,
  WEATHERS,
} from '../attributes';
import { drawScene } from '../draw';

type Fact = keyof SceneFacts;

/** Each command, the facts that its words say in this order, and the words that they can be. */
const COMMANDS: Record<string, readonly (readonly [Fact, readonly string[]])[]> = {
  place: [['place', PLACES]],
  time: [['time', TIMES]],
  weather: [['weather', WEATHERS]],
  draw: [
    ['mainKind', KINDS],
    ['mainColour', COLOURS],
    ['mainPattern', PATTERNS],
  ],
  beside: [
    ['companionKind', KINDS],
    ['companionColour', COLOURS],
    ['side', SIDES],
  ],
  fly: [
    ['flyerKind', FLYERS],
    ['flyerCount', COUNTS],
  ],
};

const UNSAID: SceneFacts = {
  mainKind: 'house',
  mainColour: 'black',
  mainPattern: 'plain',
  companionKind: 'none',
  companionColour: 'black',
  side: 'left',
  flyerKind: 'birds',
  flyerCount: 'none',
  place: 'meadow',
  time: 'day',
  weather: 'clear',
};

/**
 * The facts that a program says.
 * @throws InputError naming the line and the words that may stand there, where it is no program.
 */
export function parseProgram(program: string): Partial<SceneFacts> {
  const facts: Record<string, string> = {};
  const begun = new Set<string>();
  for (const [index, line] of program.split('\n').entries()) {
    const [command = '', ...words] = line.trim().split(/\s+/);
    if (command === '') continue;
    const wrong = (what: string): InputError =>
      new InputError(`program, line ${index + 1}: ${quote(line)}: ${what}`);
    const slots = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
    if (!slots) throw wrong(`begin it with ${Object.keys(COMMANDS).join(', ')}`);
    if (begun.has(command)) throw wrong(`${command} stands in an earlier line already; write one`);
    begun.add(command);
    let next = 0;
    for (const word of words) {
      const found = slots.findIndex(([, domain], place) => place >= next && domain.includes(word));
      if (found < 0 || (next === 0 && found > 0)) {
        const known = slots.slice(next, next === 0 ? 1 : undefined).flatMap(([, domain]) => domain);
        throw wrong(
          `${quote(word)} cannot stand there; use ${known.length > 0 ? known.join(', ') : 'nothing more'}`,
        );
      }
      facts[(slots[found] as (typeof slots)[number])[0]] = word;
      next = found + 1;
    }
    if (next === 0) throw wrong(`a word must follow: ${slots[0]?.[1].join(', ')}`);
  }
  if (begun.size === 0) throw new InputError('program: is empty; write a line such as draw house red');
  return facts as Partial<SceneFacts>;
}

/** The program that says these facts, its lines in the order of the commands. */
export function writeProgram(facts: Partial<SceneFacts>): string {
  return Object.entries(COMMANDS)
    .map(([command, slots]) => [command, ...slots.flatMap(([fact]) => facts[fact] ?? [])])
    .filter((words) => words.length > 1)
    .map((words) => words.join(' '))
    .join('\n');
}

/** All facts of the scene that the program draws. */
export function programFacts(program: string): SceneFacts {
  const said = parseProgram(program);
  // Flying things whose number is not said: one.
  return { ...UNSAID, flyerCount: said.flyerKind ? 'one' : 'none', ...said };
}

/** The SVG that the program draws; `seed` decides what no program says, such as the exact place of things. */
export function drawProgram(program: string, seed: number | string): string {
  return drawScene(programFacts(program), seed);
}
