/** @file The discs of `colour-data.ts` as translations: the answer is a sentence, and the picture or the text decides it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { colourData } from './colour-data';

const SENTENCES: Record<string, string> = {
  red: 'eine rote Scheibe',
  green: 'eine grüne Scheibe',
  blue: 'eine blaue Scheibe',
  yellow: 'eine gelbe Scheibe',
};

/** A folder with `train.jsonl`, `validation.jsonl` and `test.jsonl`. */
export async function writtenData(records = 96, seed = 1): Promise<string> {
  const folder = await colourData(records, seed);
  for (const split of ['train', 'validation', 'test']) {
    const file = join(folder, `${split}.jsonl`);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    const written = lines.map((line) => {
      const { text, label, ...rest } = JSON.parse(line) as { text: string; label: string };
      const imageRelevant = !text.includes(label);
      const choices = imageRelevant ? { choices: Object.values(SENTENCES) } : {};
      return JSON.stringify({ ...rest, source: text, target: SENTENCES[label], imageRelevant, ...choices });
    });
    writeFileSync(file, `${written.join('\n')}\n`);
  }
  return folder;
}
