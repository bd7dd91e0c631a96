/** @file The discs of `colour-data.ts` as questions about a passage: the colour of the disc, or of the text, tells which word of it is asked for. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { colourData } from './colour-data';

const HELD: readonly (readonly [string, string])[] = [
  ['red', 'warm tea'],
  ['green', 'milk'],
  ['blue', 'salt'],
  ['yellow', 'fine sand'],
];

/** A folder with `train.jsonl`, `validation.jsonl` and `test.jsonl`; each answer at another place in each passage. */
export async function spanData(records = 96, seed = 1): Promise<string> {
  const folder = await colourData(records, seed);
  for (const split of ['train', 'validation', 'test']) {
    const file = join(folder, `${split}.jsonl`);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    const written = lines.map((line, i) => {
      const { text, label, ...rest } = JSON.parse(line) as { text: string; label: string };
      const order = HELD.map(
        (_, at) => HELD[(at + i * 3 + Math.floor(i / 4)) % HELD.length] as (typeof HELD)[number],
      );
      const context = order.map(([colour, thing]) => `${colour} holds ${thing}`).join(', ');
      const answer = (HELD.find(([colour]) => colour === label) as (typeof HELD)[number])[1];
      const told = text.includes(label);
      const question = told ? `what does the ${label} one hold?` : 'what does this one hold?';
      return JSON.stringify({ ...rest, question, context, answer, answerStart: context.indexOf(answer) });
    });
    writeFileSync(file, `${written.join('\n')}\n`);
  }
  return folder;
}
