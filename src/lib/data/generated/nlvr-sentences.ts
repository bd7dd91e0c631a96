/**
 * @file Sentences in the manner of NLVR's writers, each with its meaning as a function of the scene. A meaning is null
 * where the sentence speaks of something that is not there (`the tower with three blocks` among none or two), and such
 * a scene is not used. A test compares the meanings with what people answered to the same sentences.
 */
import type { Generator } from '../../random';
import { NLVR_COLOURS, type NlvrColour, type NlvrItem, type NlvrScene } from './nlvr-scene';
import { article, be, NUMBERS, name, quantity, type Test, things, WALLS } from './nlvr-words';

export interface NlvrSentence {
  /** Which frame it is. */
  frame: string;
  text: string;
  /** True or false of the scene; null where it presupposes what is not there. */
  meaning: (scene: NlvrScene) => boolean | null;
  /** The scenes that it is about. */
  of: 'scatter' | 'tower';
}

const count = (items: readonly NlvrItem[], test: Test): number => items.filter(test).length;
const all = (scene: NlvrScene): readonly NlvrItem[] => scene.flat();
const boxesWhere = (scene: NlvrScene, test: (box: readonly NlvrItem[]) => boolean): number =>
  scene.filter(test).length;

type Made = Pick<NlvrSentence, 'text' | 'meaning'>;
type Frame = (generator: Generator) => Made;

const SCATTER: Record<string, Frame> = {
  count(generator) {
    const [q, f] = [quantity(generator, 4), things(generator, [])];
    return {
      text: `there ${be(q)} ${q.text} ${name(f, q)}`,
      meaning: (scene) => q.holds(count(all(scene), f.test)),
    };
  },
  'box-with'(generator) {
    const [q, f] = [quantity(generator), things(generator, [])];
    return {
      text: `there is a box with ${q.text} ${name(f, q)}`,
      meaning: (scene) => scene.some((box) => q.holds(count(box, f.test))),
    };
  },
  'boxes-with'(generator) {
    const [boxes, q, f] = [quantity(generator, 2), quantity(generator), things(generator, [], true)];
    return {
      text: `there ${be(boxes)} ${boxes.text} ${boxes.plural ? 'boxes' : 'box'} with ${q.text} ${name(f, q)}`,
      meaning: (scene) => boxes.holds(boxesWhere(scene, (box) => q.holds(count(box, f.test)))),
    };
  },
  'one-of'(generator) {
    const [q, f] = [quantity(generator, 4), things(generator, [], true)];
    return {
      text: `one of the grey square contains ${q.text} ${name(f, q)}`,
      meaning: (scene) => scene.some((box) => q.holds(count(box, f.test))),
    };
  },
  each(generator) {
    const [q, f] = [quantity(generator, 2), things(generator, [])];
    const opening = generator.choice(['each grey box contains', 'each box has', 'every box contains']);
    return {
      text: `${opening} ${q.text} ${name(f, q)}`,
      meaning: (scene) => scene.every((box) => q.holds(count(box, f.test))),
    };
  },
  'two-kinds'(generator) {
    const [f, q, g] = [things(generator, [], true), quantity(generator), things(generator, [], true)];
    return {
      text: `there is a box with ${article(f.singular)} and ${q.text} ${name(g, q)}`,
      meaning: (scene) => scene.some((box) => box.some(f.test) && q.holds(count(box, g.test))),
    };
  },
  'only-colour'(generator) {
    const colour = generator.choice(NLVR_COLOURS);
    const [q] = [quantity(generator, 2)];
    return {
      text: `there ${be(q)} ${q.text} ${q.plural ? 'boxes' : 'box'} with only ${colour} items`,
      meaning: (scene) => q.holds(boxesWhere(scene, (box) => box.every((item) => item.colour === colour))),
    };
  },
  'two-colours'(generator) {
    const [a, b] = generator.shuffle(NLVR_COLOURS) as [NlvrColour, NlvrColour];
    return {
      text: `there is a box with items of only ${a} and ${b} color`,
      meaning: (scene) =>
        scene.some(
          (box) =>
            box.every(({ colour }) => colour === a || colour === b) &&
            box.some(({ colour }) => colour === a) &&
            box.some(({ colour }) => colour === b),
        ),
    };
  },
  'all-colours'(generator) {
    const word = generator.choice(['colors', 'shapes']);
    return {
      text: `there is a box with all three different ${word}`,
      meaning: (scene) =>
        scene.some(
          (box) => new Set(box.map((item) => (word === 'colors' ? item.colour : item.shape))).size === 3,
        ),
    };
  },
  no(generator) {
    const f = things(generator, []);
    return { text: `there is no ${f.singular}`, meaning: (scene) => !all(scene).some(f.test) };
  },
  'all-touch'(generator) {
    const [f, [place, wall]] = [things(generator, [], true), generator.choice(WALLS)];
    const none = generator.uniform() < 0.5;
    return {
      text: none ? `none of the ${f.plural} are ${place}` : `all ${f.plural} are ${place}`,
      meaning(scene) {
        const meant = all(scene).filter(f.test);
        if (meant.length === 0) return null;
        return none ? !meant.some(wall) : meant.every(wall);
      },
    };
  },
  above(generator) {
    const [f, g] = [things(generator, [], true), things(generator, [], true)];
    const over = generator.uniform() < 0.5;
    const isOver = (a: NlvrItem, b: NlvrItem): boolean => a.y + a.size <= b.y;
    return {
      text: `there is ${article(f.singular)} ${over ? 'above' : 'below'} ${article(g.singular)}`,
      meaning: (scene) =>
        scene.some((box) =>
          box.some((a) => f.test(a) && box.some((b) => g.test(b) && (over ? isOver(a, b) : isOver(b, a)))),
        ),
    };
  },
};

const BLOCKS = ['block'];
const top = (box: readonly NlvrItem[]): NlvrColour => (box.at(-1) as NlvrItem).colour;
const base = (box: readonly NlvrItem[]): NlvrColour => (box[0] as NlvrItem).colour;

const TOWER: Record<string, Frame> = {
  height(generator) {
    const [towers, q] = [quantity(generator, 2), quantity(generator, 4)];
    const one = generator.uniform() < 0.4;
    const which = one
      ? 'there is a tower'
      : `there ${be(towers)} ${towers.text} tower${towers.plural ? 's' : ''}`;
    return {
      text: `${which} with ${q.text} block${q.plural ? 's' : ''}`,
      meaning(scene) {
        const found = boxesWhere(scene, (box) => q.holds(box.length));
        return one ? found > 0 : towers.holds(found);
      },
    };
  },
  'end-colour'(generator) {
    const [towers, colour] = [quantity(generator, 3), generator.choice(NLVR_COLOURS)];
    const high = generator.uniform() < 0.5;
    const end = high ? top : base;
    const place = high ? 'at the top' : 'at the base';
    const one = generator.uniform() < 0.3;
    const which = one
      ? 'there is a tower'
      : `there ${be(towers)} ${towers.text} tower${towers.plural ? 's' : ''}`;
    return {
      text: `${which} with ${article(`${colour} block`)} ${place}`,
      meaning(scene) {
        const found = boxesWhere(scene, (box) => end(box) === colour);
        return one ? found > 0 : towers.holds(found);
      },
    };
  },
  'height-and-end'(generator) {
    const [q, colour] = [quantity(generator, 4), generator.choice(NLVR_COLOURS)];
    const high = generator.uniform() < 0.5;
    return {
      text: `there is a tower with ${q.text} block${q.plural ? 's' : ''} with ${article(`${colour} block`)} at the ${high ? 'top' : 'base'}`,
      meaning: (scene) => scene.some((box) => q.holds(box.length) && (high ? top : base)(box) === colour),
    };
  },
  order(generator) {
    const [a, b] = [generator.choice(NLVR_COLOURS), generator.choice(NLVR_COLOURS)];
    const [relation, near] = generator.choice([
      ['on top of', true],
      ['over', true],
      ['above', false],
    ] as const);
    const opening = generator.choice(['there is a tower with', 'there is', 'one tower has']);
    return {
      text: `${opening} a ${a} block ${relation} a ${b} block`,
      meaning: (scene) =>
        scene.some((box) =>
          box.some(
            (low, i) =>
              low.colour === b && box.some((high, j) => high.colour === a && (near ? j === i + 1 : j > i)),
          ),
        ),
    };
  },
  'colour-count'(generator) {
    const [q, f] = [quantity(generator), things(generator, BLOCKS, true)];
    return {
      text: `there is a tower with ${q.text} ${name(f, q)}`,
      meaning: (scene) => scene.some((box) => q.holds(count(box, f.test))),
    };
  },
  'all-count'(generator) {
    const [q, f] = [quantity(generator, 5), things(generator, BLOCKS, true)];
    return {
      text: `there ${be(q)} ${q.text} ${name(f, q)}`,
      meaning: (scene) => q.holds(count(all(scene), f.test)),
    };
  },
  'two-kinds'(generator) {
    const [a, b] = generator.shuffle(NLVR_COLOURS) as [NlvrColour, NlvrColour];
    const q = quantity(generator, 2);
    return {
      text: `there ${be(q)} ${q.text} tower${q.plural ? 's' : ''} with a ${a} block and a ${b} block`,
      meaning: (scene) =>
        q.holds(
          boxesWhere(
            scene,
            (box) => box.some(({ colour }) => colour === a) && box.some(({ colour }) => colour === b),
          ),
        ),
    };
  },
  'the-tower'(generator) {
    const [n, colour, high] = [
      1 + generator.integer(4),
      generator.choice(NLVR_COLOURS),
      generator.uniform() < 0.5,
    ];
    return {
      text: `the tower with ${NUMBERS[n]} block${n > 1 ? 's' : ''} has a ${colour} block at the ${high ? 'top' : 'base'}`,
      meaning(scene) {
        const [only, another] = scene.filter((box) => box.length === n);
        return only && !another ? (high ? top : base)(only) === colour : null;
      },
    };
  },
  'one-colour'(generator) {
    const [q, colour] = [quantity(generator, 2), generator.choice(NLVR_COLOURS)];
    return {
      text: `there ${be(q)} ${q.text} tower${q.plural ? 's' : ''} with only ${colour} blocks`,
      meaning: (scene) => q.holds(boxesWhere(scene, (box) => box.every((item) => item.colour === colour))),
    };
  },
  'same-height'() {
    return {
      text: 'all towers have the same height',
      meaning: (scene) => new Set(scene.map((box) => box.length)).size === 1,
    };
  },
};

/** A sentence at random about scenes of the given sort. */
export function drawSentence(of: NlvrSentence['of'], generator: Generator): NlvrSentence {
  const frames = Object.entries(of === 'scatter' ? SCATTER : TOWER);
  const [frame, make] = generator.choice(frames);
  const { text, meaning } = make(generator);
  return { frame: `${of}-${frame}`, text: text.charAt(0).toUpperCase() + text.slice(1), meaning, of };
}
