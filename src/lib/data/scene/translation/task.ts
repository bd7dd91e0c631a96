/**
 * @file Translation in the scene world: English to German or Chinese, where English leaves open what the picture
 * shows. `homograph`: a word with two senses. `number`: sheep and fish, one or several. `pronoun`: what `it` is, and
 * so er, sie or es; Chinese has one word for it, as German has for both kinds of mouse, and there nothing is open.
 */
import type { Kind } from '../attributes';
import { KINDS } from '../attributes';
import type { Answer, FilledQuestion, Question, SceneTask } from '../scene-text';
import { HOMOGRAPHS, KINDS_BY_GENDER, NUMBERLESS, SENSES_OF } from './nouns';
import { SENTENCES, type SentenceKind } from './sentences';
import { type BilingualFrame, type Language, writeBilingual } from './write';

/** German has one word for both. */
const SAME_IN_GERMAN = 'mouse';

/** Which frames a question uses. */
const FRAMES_OF: Record<string, SentenceKind> = {
  homograph: 'thing',
  number: 'number',
  pronoun: 'pronoun',
  plain: 'plain',
  mouse: 'thing',
};

function sensesOf(word: string): FilledQuestion {
  const answers = (SENSES_OF.get(word) ?? []).map(
    (sense): Answer => ({ label: sense, constraint: { mainKind: [sense] } }),
  );
  return { slots: { thing: word }, answers };
}

function genders(): FilledQuestion {
  const answers = Object.entries(KINDS_BY_GENDER).map(([gender, kinds]): Answer => {
    const others = KINDS.filter((kind) => !(kinds as readonly Kind[]).includes(kind));
    // A small thing of another gender stands beside it where that is possible.
    return { label: gender, constraint: { mainKind: kinds }, prefer: { companionKind: others } };
  });
  return { slots: {}, answers };
}

const germanHomographs = HOMOGRAPHS.filter((word) => word !== SAME_IN_GERMAN);

const open: readonly Question[] = [
  { name: 'homograph-German', weight: 6, fill: (generator) => sensesOf(generator.choice(germanHomographs)) },
  { name: 'homograph-Chinese', weight: 6, fill: (generator) => sensesOf(generator.choice(HOMOGRAPHS)) },
  { name: 'number-German', weight: 2, fill: (generator) => sensesOf(generator.choice(NUMBERLESS)) },
  { name: 'number-Chinese', weight: 2, fill: (generator) => sensesOf(generator.choice(NUMBERLESS)) },
  { name: 'pronoun-German', weight: 6, fill: genders },
];

/** One translation, whatever the picture. */
const only = (label: string): Answer[] => [{ label, constraint: {} }];

const plain: Question['fill'] = (generator) => {
  const kind = generator.choice(KINDS);
  return { slots: { thing: kind }, answers: only(kind) };
};

const closed: readonly Question[] = [
  { name: 'plain-German', weight: 4, fill: plain },
  { name: 'plain-Chinese', weight: 4, fill: plain },
  { name: 'pronoun-Chinese', weight: 3, fill: () => ({ slots: {}, answers: only('n') }) },
  { name: 'mouse-German', weight: 2, fill: () => sensesOf(SAME_IN_GERMAN) },
];

const frames: readonly BilingualFrame[] = [...open, ...closed].flatMap(({ name }) => {
  const [what, language] = name.split('-') as [string, Language];
  const kind = FRAMES_OF[what] as SentenceKind;
  return SENTENCES.flatMap((sentence, i) =>
    sentence.kinds.includes(kind)
      ? [
          {
            id: `${name}-${i + 1}`,
            question: name,
            pattern: sentence.english,
            target: language === 'German' ? sentence.german : sentence.chinese,
            language,
            heldOut: sentence.heldOut ?? false,
          },
        ]
      : [],
  );
});

export const translationScenes: SceneTask = {
  frames,
  open,
  closed,
  unknown: null,
  write: writeBilingual,
  fields: ({ text, frame, answers }, label) => ({
    source: text,
    target: label,
    targetLanguage: (frame as BilingualFrame).language,
    choices: answers.map((answer) => answer.label),
  }),
};
