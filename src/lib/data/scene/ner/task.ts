/**
 * @file Entities in the scene world. The large object of the picture has a name, and the name may be anything's: whether
 * it is a building, a vehicle or a plant only the picture shows. People and towns are named too, and these the sentence
 * tells. Where the sentence says what the thing is (`told`), the picture does not matter.
 */
import { type BasicKind, KINDS } from '../attributes';
import { LEXICON } from '../lexicon';
import { type Answer, framesOf, type Question, type SceneTask } from '../scene-text';
import { fillTokens, type TokenText } from '../tokens';
import { HELD_OUT, SEEN } from './frames';
import { THING_NAMES } from './names';

/** Which objects of the scene are of which type of entity. */
export const KINDS_OF_TYPE = {
  building: ['house', 'windmill'],
  vehicle: ['car', 'balloon'],
  plant: ['flower', 'tree'],
} as const satisfies Record<string, readonly BasicKind[]>;
type ThingType = keyof typeof KINDS_OF_TYPE;
const TYPES = Object.keys(KINDS_OF_TYPE) as ThingType[];

/** The slots that hold an entity whatever the picture. */
const TYPE_OF_SLOT: Readonly<Record<string, string>> = { name: 'person', town: 'place' };

const named: Question = {
  name: 'named',
  weight: 1,
  fill(generator) {
    const answers = TYPES.map((label): Answer => {
      const kinds = KINDS_OF_TYPE[label];
      const others = KINDS.filter((kind) => !(kinds as readonly BasicKind[]).includes(kind));
      // A small thing of another type stands beside it where that is possible.
      return { label, constraint: { mainKind: kinds }, prefer: { companionKind: others } };
    });
    return { slots: slots(generator), answers };
  },
};

const told: Question = {
  name: 'told',
  weight: 1,
  fill(generator) {
    const label = generator.choice(TYPES);
    const word = generator.choice(KINDS_OF_TYPE[label] as readonly BasicKind[]);
    return { slots: { ...slots(generator), word }, answers: [{ label, constraint: {} }] };
  },
};

function slots(generator: Parameters<Question['fill']>[0]): Record<string, string> {
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
