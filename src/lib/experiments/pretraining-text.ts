/**
 * @file A text to pretrain on, in two files. Tiny Shakespeare (Karpathy's char-rnn) where it is at hand, split as
 * nanoGPT splits it: the first 90 % to learn from, the rest to be measured on. Otherwise the questions of the scene
 * world, a line each with its answer, which need no download; a question of the training part is not asked again.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { planScenes } from '../data';

export interface PretrainingText {
  name: 'tiny Shakespeare' | 'scene world';
  /** Files. */
  train: string;
  validation: string;
  /** Their texts. */
  trainText: string;
  validationText: string;
  /** A line of it, for examples. */
  sentence: string;
  /** How a text like it may begin. */
  prompt: string;
  /** Short pieces with a [MASK] for a masked model to fill. */
  gaps: string[];
}

const RECORDS = 24000;
const TRAIN_SHARE = 0.9;

/** Writes `train.txt` and `validation.txt` below `folder`; `published` is the folder of tiny Shakespeare, if any. */
export function pretrainingText(folder: string, published: string | null): PretrainingText {
  const parts = published ? shakespeare(published) : sceneSentences();
  const place = join(folder, published ? 'tinyshakespeare' : 'scene-sentences');
  mkdirSync(place, { recursive: true });
  const files = { train: join(place, 'train.txt'), validation: join(place, 'validation.txt') };
  writeFileSync(files.train, parts.trainText);
  writeFileSync(files.validation, parts.validationText);
  return { ...files, ...parts };
}

function shakespeare(published: string): Omit<PretrainingText, 'train' | 'validation'> {
  const text = readFileSync(join(published, 'input.txt'), 'utf8');
  const cut = Math.floor(TRAIN_SHARE * text.length);
  return {
    name: 'tiny Shakespeare',
    trainText: text.slice(0, cut),
    validationText: text.slice(cut),
    sentence: 'My lord, the king is come to speak with you.',
    prompt: 'KING',
    gaps: [
      'my lord, [MASK] will not',
      'i am [MASK] king of',
      'good my [MASK], what is',
      'what is the [MASK]?',
    ],
  };
}

function sceneSentences(): Omit<PretrainingText, 'train' | 'validation'> {
  const plans = planScenes({ task: 'classification', records: RECORDS, seed: 1 });
  const known = new Set<string>();
  const lines = (part: 'train' | 'validation' | 'test') => {
    const fresh: string[] = [];
    for (const { text, label } of plans.get(part)?.records ?? []) {
      if (known.has(text.text)) continue;
      known.add(text.text);
      fresh.push(`${text.text} ${label}\n`);
    }
    return fresh;
  };
  const trainText = lines('train').join('');
  return {
    name: 'scene world',
    trainText,
    validationText: [...lines('validation'), ...lines('test')].join(''),
    sentence: 'What colour is the old car of the sailor, green or yellow? green',
    prompt: 'What',
    gaps: [
      'or blue? [MASK] what colour',
      'what [MASK] has the tree',
      'is it [MASK] or green',
      'the [MASK] in front,',
    ],
  };
}
