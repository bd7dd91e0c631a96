/**
 * @file A small real data set for tests of training: PNGs of one colour on a grey ground, and questions whose answer
 * is the colour (the picture decides) or stands in the text (the text decides).
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { Generator } from '../../src/lib/random';

const COLOURS = { red: [210, 40, 40], green: [40, 180, 60], blue: [50, 70, 220], yellow: [230, 210, 40] };
const ASKING = ['what colour is the disc ?', 'which colour do you see ?', 'name the colour of the disc'];

/** A folder with `train.jsonl`, `validation.jsonl` and `test.jsonl`; each picture is one group. */
export async function colourData(records = 96, seed = 1): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-colours-'));
  mkdirSync(join(folder, 'images'));
  const generator = new Generator(seed, 'colour data');
  const names = Object.keys(COLOURS) as (keyof typeof COLOURS)[];
  for (const [split, count] of [
    ['train', records],
    ['validation', Math.ceil(records / 4)],
    ['test', Math.ceil(records / 2)],
  ] as const) {
    const lines: string[] = [];
    for (let i = 0; i < count; i++) {
      const label = names[i % names.length] as keyof typeof COLOURS;
      const image = `images/${split}-${i}.png`;
      await writeDisc(join(folder, image), COLOURS[label], generator);
      const text = i % 5 === 4 ? `the disc is ${label} , which colour is it ?` : generator.choice(ASKING);
      lines.push(JSON.stringify({ id: `${split}-${i}`, text, image, label, group: image }));
    }
    writeFileSync(join(folder, `${split}.jsonl`), `${lines.join('\n')}\n`);
  }
  return folder;
}

async function writeDisc(path: string, [r, g, b]: number[], generator: Generator): Promise<void> {
  const [x, y] = [12 + generator.integer(9), 12 + generator.integer(9)];
  const ground = 110 + generator.integer(60);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"><rect width="32" height="32" fill="rgb(${ground},${ground},${ground})"/><circle cx="${x}" cy="${y}" r="${7 + generator.integer(4)}" fill="rgb(${r},${g},${b})"/></svg>`;
  await sharp(Buffer.from(svg)).png().toFile(path);
}
