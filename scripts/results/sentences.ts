/** @file The scene world's sentences without their pictures and answers: what a language model is pretrained on. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { data, places } from '../../src/lib';
import { writeOutputFolder } from '../../src/lib/export/output-folder';
import type { StudyData } from './study';

/** Tasks whose texts are read as they are; captions are what is written beside each picture. */
const READ = ['classification', 'ner', 'relation'] as const;

/**
 * `train.txt` and `validation.txt`: distinct sentences, of so many planned records of each task; `unread.txt`: those of
 * validation that do not stand in training too.
 */
export function sentences({ records, seed }: { records: number; seed: number }): StudyData {
  return {
    description: `sentences of the scene world (${READ.join(', ')}, captions), ${records.toLocaleString('en-US')} records each of seed ${seed}, texts alone`,
    async prepare() {
      const folder = places.projectFolder('data', 'results', `scene-sentences-${records}-seed-${seed}`);
      if (existsSync(join(folder, 'train.txt'))) return folder;
      await writeOutputFolder(folder, async (place) => {
        const read = new Set<string>();
        const write = (name: string, all: Iterable<string>) =>
          writeFile(join(place, `${name}.txt`), `${[...all].join('\n\n')}\n`);
        for (const part of ['train', 'validation'] as const) {
          const found = new Set<string>();
          for (const task of [...READ, 'captioning'] as const) {
            const plan = data.planScenes({ task, records, seed }).get(part);
            for (const { text, label } of plan?.records ?? [])
              found.add(task === 'captioning' ? label : text.text);
          }
          await write(part, found);
          if (part === 'train') for (const one of found) read.add(one);
          else
            await write(
              'unread',
              [...found].filter((one) => !read.has(one)),
            );
        }
      });
      return folder;
    },
  };
}
