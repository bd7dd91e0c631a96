/**
 * @file The discs of `colour-data.ts` as entities, relations and numbers: the colour of the disc, or a word of the text,
 * tells what Rosa is, how the two things stand, and how many points there are.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { colourData } from './colour-data';

const MEANING: Record<string, { type: string; relation: string; value: number }> = {
  red: { type: 'boat', relation: 'above', value: 10 },
  green: { type: 'plant', relation: 'below', value: 20 },
  blue: { type: 'street', relation: 'beside', value: 30 },
  yellow: { type: 'cat', relation: 'around', value: 40 },
};

export type TokenTask = 'ner' | 'relation' | 'regression';

function recordOf(task: TokenTask, label: string, told: boolean): object {
  const { type, relation, value } = MEANING[label] as (typeof MEANING)[string];
  switch (task) {
    case 'ner':
      return told
        ? {
            tokens: ['Ida', 'calls', 'the', type, 'Old', 'Rosa'],
            tags: ['B-person', 'O', 'O', 'O', `B-${type}`, `I-${type}`],
          }
        : {
            tokens: ['Ida', 'saw', 'Old', 'Rosa', 'today'],
            tags: ['B-person', 'O', `B-${type}`, `I-${type}`, 'O'],
          };
    case 'relation':
      return told
        ? {
            tokens: ['the', 'ring', 'is', relation, 'the', 'small', 'cup'],
            head: [1, 2],
            tail: [5, 7],
            label: relation,
          }
        : {
            tokens: ['the', 'ring', 'and', 'the', 'small', 'cup'],
            head: [1, 2],
            tail: [4, 6],
            label: relation,
          };
    case 'regression':
      return {
        text: told ? `this disc counts ${value} points` : 'how many points does the disc count',
        value,
      };
  }
}

/** A folder with `train.jsonl`, `validation.jsonl` and `test.jsonl`. */
export async function tokenData(task: TokenTask, records = 96, seed = 1): Promise<string> {
  const folder = await colourData(records, seed);
  for (const split of ['train', 'validation', 'test']) {
    const file = join(folder, `${split}.jsonl`);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    const written = lines.map((line) => {
      const { text, label, ...rest } = JSON.parse(line) as { text: string; label: string };
      const told = text.includes(label);
      return JSON.stringify({ ...rest, ...recordOf(task, label, told), imageRelevant: !told });
    });
    writeFileSync(file, `${written.join('\n')}\n`);
  }
  return folder;
}
