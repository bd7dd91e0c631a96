/**
 * @file Relations in the scene world: a sentence speaks of two things that stand together, head and tail; on which side
 * one is of the other, and which is the larger, only the picture shows. Where the sentence says it itself (`told`), the
 * picture does not matter. Beside a picture of no scene there is no relation.
 */
import type { Generator } from '../../../random';
import type { BasicKind } from '../attributes';
import { type Answer, framesOf, type Question, type SceneTask } from '../scene-text';
import { fillTokens, type TokenText } from '../tokens';
import { HELD_OUT, SEEN, TOLD_PHRASES } from './frames';

export const RELATIONS = ['left-of', 'right-of', 'larger-than', 'smaller-than', 'no-relation'] as const;

/** Things that are told apart at a glance. */
const THINGS = ['house', 'car', 'balloon', 'flower', 'tree', 'cat'] as const satisfies readonly BasicKind[];

const two = (generator: Generator): [BasicKind, BasicKind] =>
  generator.shuffle(THINGS).slice(0, 2) as [BasicKind, BasicKind];

/** On which side of the large thing the small one stands; `head` says which of them the sentence asks about. */
function side(name: keyof typeof SEEN, headIsSmall: boolean): Question {
  return {
    name,
    weight: 3,
    fill(generator) {
      const [head, tail] = two(generator);
      const [main, companion] = headIsSmall ? [tail, head] : [head, tail];
      const answers = (['left', 'right'] as const).map((companionSide): Answer => {
        const label = headIsSmall === (companionSide === 'left') ? 'left-of' : 'right-of';
        return {
          label,
          constraint: { mainKind: [main], companionKind: [companion], side: [companionSide] },
        };
      });
      return { slots: { head, tail }, answers };
    },
  };
}

const size: Question = {
  name: 'size',
  weight: 3,
  fill(generator) {
    const [head, tail] = two(generator);
    return {
      slots: { head, tail },
      answers: [
        { label: 'larger-than', constraint: { mainKind: [head], companionKind: [tail] } },
        { label: 'smaller-than', constraint: { mainKind: [tail], companionKind: [head] } },
      ],
    };
  },
};

const told: Question = {
  name: 'told',
  weight: 1,
  fill(generator) {
    const [head, tail] = two(generator);
    const label = generator.choice(Object.keys(TOLD_PHRASES) as (keyof typeof TOLD_PHRASES)[]);
    const phrase = generator.choice(TOLD_PHRASES[label] as readonly string[]);
    return { slots: { head, tail, phrase }, answers: [{ label, constraint: {} }] };
  },
};

export const relationScenes: SceneTask = {
  frames: [...framesOf(SEEN, false), ...framesOf(HELD_OUT, true)],
  open: [side('side-small', true), side('side-large', false), size],
  closed: [told],
  unknown: 'no-relation',
  recordsPerScene: 1,
  write: fillTokens,
  fields(text, label) {
    const { tokens, spans } = text as TokenText;
    return { tokens, head: spans.head, tail: spans.tail, label };
  },
};
