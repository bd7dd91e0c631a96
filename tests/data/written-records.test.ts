/** Training records out of what a model wrote. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type AnyRecord,
  checkRecords,
  exampleText,
  parseExampleText,
  planScenes,
  readRecords,
  writeWrittenRecords,
} from '../../src/lib/data';
import { toRecord } from '../../src/lib/data/scene/generate';
import type { SplitPlan } from '../../src/lib/data/scene/plan';
import { noisePicture } from '../support/pictures';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();

const lines = (name: string, rows: readonly object[]): string => {
  const path = join(folder.path, name);
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return path;
};
const predictions = (...written: string[]): object[] =>
  written.map((prediction, row) => ({ id: `p${row}`, prediction }));

async function asked(): Promise<{ prompts: string; small: string }> {
  for (const name of ['a.png', 'b.png', 'c.png'])
    writeFileSync(join(folder.path, name), await noisePicture(8, 8, name.charCodeAt(0)).png().toBuffer());
  const prompt = 'Ask about the colour with “robot”.';
  return {
    prompts: lines(
      'prompts.jsonl',
      ['a.png', 'a.png', 'b.png', 'b.png', 'b.png'].map((image, row) => ({
        id: `p${row}`,
        image,
        prompt,
        target: '?',
      })),
    ),
    small: lines('small.jsonl', [
      { id: 's0', image: 'c.png', text: 'Is it pink?', label: 'pink' },
      { id: 's1', image: 'c.png', text: 'Is it left?', label: 'left' },
    ]),
  };
}

describe('an example as a text', () => {
  it('is read back as it was', () => {
    const example = { text: 'Does the sign say Answer: no? Say it.', label: 'in the snow' };
    expect(parseExampleText(exampleText({ ...example, text: 'Where is it, here or there?' }))).toEqual({
      text: 'Where is it, here or there?',
      label: 'in the snow',
    });
    // Which mark would be the right one?
    expect(parseExampleText(exampleText(example))).toBeNull();
    for (const written of ['', 'Is it red?', 'Is it red? Answer: .', ' Answer: red.'])
      expect(parseExampleText(written)).toBeNull();
  });

  it('is what the scene world writes, with the labels of its classification task', () => {
    const rows = (task: 'generation' | 'classification') => {
      const kind = task === 'generation' ? ({ kind: 'augmentation' } as const) : {};
      const plan = planScenes({ task, ...kind, records: 1500, seed: 2 }).get('train') as SplitPlan;
      return plan.records.map(
        (record, row) =>
          toRecord(task, record, plan, 'train', row) as AnyRecord &
            Record<'target' | 'prompt' | 'label', string>,
      );
    };
    const labels = new Set(rows('classification').map(({ label }) => label));
    for (const { target, prompt } of rows('generation').slice(0, 600)) {
      const example = parseExampleText(target);
      expect(labels).toContain(example?.label);
      for (const [, word] of prompt.matchAll(/“([^”]+)”/g))
        expect(example?.text.toLowerCase()).toContain(word?.toLowerCase());
    }
  });
});

describe('records that were written', () => {
  it('stand behind the small set with their pictures; what cannot be used is left out and counted', async () => {
    const { prompts, small } = await asked();
    const file = lines(
      'predictions.jsonl',
      predictions(
        'Is the robot pink? Answer: pink.',
        'Is the robot pink? Answer: left.',
        'Is the robot pink? Answer: pink.',
        'Is the robot teal? Answer: teal.',
        'Is the robot pink or',
      ),
    );
    const out = join(folder.path, 'larger');
    const report = await writeWrittenRecords(file, out, { prompts, beside: small });
    expect(report).toEqual({
      beside: 2,
      written: 2,
      leftOut: { unreadable: 1, unknownLabel: 1, repeated: 1 },
    });
    const set = await readRecords(join(out, 'train.jsonl'), 'classification');
    expect(set.records.map(({ id, image, text, label }) => [id, image, text, label])).toEqual([
      ['s0', 'c.png', 'Is it pink?', 'pink'],
      ['s1', 'c.png', 'Is it left?', 'left'],
      ['p0-written', 'a.png', 'Is the robot pink?', 'pink'],
      ['p2-written', 'b.png', 'Is the robot pink?', 'pink'],
    ]);
    await checkRecords(set);
  });

  it('are refused where the predictions are not of the prompts, or nothing is an example', async () => {
    const { prompts } = await asked();
    const attempt = (rows: readonly object[]) =>
      writeWrittenRecords(lines('wrong.jsonl', rows), join(folder.path, 'refused'), { prompts });
    await expect(attempt([{ id: 'x', prediction: 'Is it? Answer: no.' }])).rejects.toThrow(
      /wrong\.jsonl:1: field "id" is "x", where the prompts have "p0"; give the prompts/,
    );
    await expect(attempt([{ id: 'p0', probabilities: [1] }])).rejects.toThrow(
      /wrong\.jsonl:1: is no prediction of a model that writes/,
    );
    await expect(attempt(predictions('Is it? Answer: no.'))).rejects.toThrow(
      /has 1 predictions for 5 prompts/,
    );
    await expect(attempt(predictions('a', 'b', 'c', 'd', 'e'))).rejects.toThrow(
      /none of 5 predictions is an example with a known label/,
    );
  });
});
