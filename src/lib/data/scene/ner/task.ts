/**
 * @file Entities in the scene world. The large object of the picture has a name, and the name may be anything's: whether
 * it is a building, a vehicle or a plant only the picture shows. People and towns are named too, and these the sentence
 * tells. Where the sentence says what the thing is (`told`), the picture does not matter.
 */
import type { Generator } from '../../../random';
import type { BasicKind } from '../attributes';
import { LEXICON } from '../lexicon';
import { answersByType, KINDS_OF_TYPE, THING_NAMES, THING_TYPES } from '../named-things';
import { framesOf, type Question, type SceneTask } from '../scene-text';
import { fillTokens, type TokenText } from '../tokens';
import { HELD_OUT, SEEN } from './frames';

/** The slots that hold an entity whatever the picture. */
const TYPE_OF_SLOT: Readonly<Record<string, string>> = { name: 'person', town: 'place' };

const named: Question = {
  name: 'named',
  weight: 1,
  fill: (generator) => ({ slots: slots(generator), answers: answersByType((type) => type) }),
};

const told: Question = {
  name: 'told',
  weight: 1,
  fill(generator) {
    const label = generator.choice(THING_TYPES);
    const word = generator.choice(KINDS_OF_TYPE[label] as readonly BasicKind[]);
    return { slots: { ...slots(generator), word }, answers: [{ label, constraint: {} }] };
  },
};

function slots(generator: Generator): Record<string, string> {
  const [adjective, adjective2] = generator.shuffle(LEXICON.adjective) as [string, string];
  return { thing: generator.choice(THING_NAMES), adjective, adjective2 };
}

export const nerScenes: SceneTask = {
  frames: [...framesOf(SEEN, false), ...framesOf(HELD_OUT, true)],
  open: [named],
  closed: [told],
  unknown: null,
  recordsPerScene: 1,
  write: fillTokens,
  fields(text, label) {
    const { tokens, spans } = text as TokenText;
    const tags = tokens.map(() => 'O');
    for (const [slot, [start, end]] of Object.entries(spans)) {
      const type = slot === 'thing' ? label : TYPE_OF_SLOT[slot];
      if (type === undefined) continue;
      for (let i = start; i < end; i++) tags[i] = `${i === start ? 'B' : 'I'}-${type}`;
    }
    return { tokens, tags };
  },
};
