/**
 * @file Short questions about the things in one box of an NLVR-like scene: `count yellow circle first`, `size black square
 * third`, `top second`. Each is answered by what is in one place, so a vision network learns from them what is where; the
 * sentences ask about all three boxes at once, and teach it late.
 */
import type { Generator } from '../../random';
import { NLVR_COLOURS, NLVR_SHAPES, type NlvrItem, type NlvrScene } from './nlvr-scene';
import { NUMBERS, type Test, WALLS } from './nlvr-words';

/** About three towers there are no more. */
export const MOST_QUESTIONS = 30;

export interface NlvrQuestion {
  /** What is asked: its first word. */
  kind: string;
  text: string;
  answer: string;
}

const BOXES = ['first', 'second', 'third'] as const;
const HALF = 50;
const SIZES: Record<number, string> = { 10: 'small', 20: 'medium', 30: 'big' };
const [[, atWall]] = WALLS as [[string, Test]];

/** Of one thing that its words name alone. What stands in the very middle is `right`, and at the `bottom`. */
const OF_ONE: Record<string, (item: NlvrItem) => string> = {
  size: ({ size }) => SIZES[size] as string,
  side: ({ x, size }) => (x + size / 2 < HALF ? 'left' : 'right'),
  height: ({ y, size }) => (y + size / 2 < HALF ? 'top' : 'bottom'),
  wall: (item) => (atWall(item) ? 'yes' : 'no'),
};

/** Share of the questions of how many whose answer is above 0: most things that could be asked for are not there. */
const PRESENT = 0.7;

/** `many` questions about a scene, none twice: how many, and something else, by turns. */
export function drawQuestions(
  of: 'scatter' | 'tower',
  scene: NlvrScene,
  many: number,
  generator: Generator,
): NlvrQuestion[] {
  const asked = of === 'scatter' ? aboutThings(scene) : aboutBlocks(scene);
  const counted = asked.filter(({ kind }) => kind === 'count');
  const pools = [
    counted.filter(({ answer }) => answer !== '0'),
    counted.filter(({ answer }) => answer === '0'),
    asked.filter(({ kind }) => kind !== 'count'),
  ].map((pool) => generator.shuffle(pool));
  const [present, absent, others] = pools as [NlvrQuestion[], NlvrQuestion[], NlvrQuestion[]];
  const out: NlvrQuestion[] = [];
  while (out.length < many && present.length + absent.length + others.length > 0) {
    const counts = generator.uniform() < PRESENT ? [present, absent] : [absent, present];
    const order = out.length % 2 === 0 ? [...counts, others] : [others, ...counts];
    out.push((order.find((pool) => pool.length > 0) as NlvrQuestion[]).pop() as NlvrQuestion);
  }
  return out;
}

function aboutThings(scene: NlvrScene): NlvrQuestion[] {
  const words = [null, ...NLVR_COLOURS].flatMap((colour) =>
    [null, ...NLVR_SHAPES].map((shape) => ({
      name: `${colour ? `${colour} ` : ''}${shape ?? 'item'}`,
      test: (item: NlvrItem) => (!colour || item.colour === colour) && (!shape || item.shape === shape),
    })),
  );
  return scene.flatMap((box, i) =>
    words.flatMap(({ name, test }) => {
      const found = box.filter(test);
      const [only] = found;
      const ask = (kind: string, answer: string): NlvrQuestion => ({
        kind,
        text: `${kind} ${name} ${BOXES[i]}`,
        answer,
      });
      const ofOne =
        only && found.length === 1
          ? Object.entries(OF_ONE).map(([kind, answer]) => ask(kind, answer(only)))
          : [];
      return [ask('count', String(found.length)), ...ofOne];
    }),
  );
}

function aboutBlocks(scene: NlvrScene): NlvrQuestion[] {
  return scene.flatMap((tower, i) => {
    const ask = (kind: string, rest: string, answer: string): NlvrQuestion => ({
      kind,
      text: `${kind}${rest} ${BOXES[i]}`,
      answer,
    });
    return [
      ask('count', ' block', String(tower.length)),
      ...NLVR_COLOURS.map((colour) =>
        ask('count', ` ${colour} block`, String(tower.filter((block) => block.colour === colour).length)),
      ),
      ask('top', '', (tower.at(-1) as NlvrItem).colour),
      ask('base', '', (tower[0] as NlvrItem).colour),
      // From below.
      ...[0, 1, 2, 3].map((level) => ask('block', ` ${NUMBERS[level + 1]}`, tower[level]?.colour ?? 'none')),
    ];
  });
}
