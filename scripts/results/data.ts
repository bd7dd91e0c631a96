/** @file Where the records of studies come from. Each folder stands in `data/results/` and is made once. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { data, places } from '../../src/lib';
import { say } from '../parts/talk';
import type { StudyData } from './study';

const folderOf = (name: string): string => places.projectFolder('data', 'results', name);

/** Scene-world records, made by the kit. */
export function sceneData(options: data.SceneOptions): StudyData {
  const { task, kind, records, seed, size = 96 } = options;
  const what = kind ? `${task} (${kind})` : task;
  const count = records.toLocaleString('en-US');
  return {
    description: `scene world, ${what}, ${count} records of seed ${seed}, pictures of ${size} pixels`,
    prepare: () =>
      data.preparedScenes(
        folderOf(['scene', kind ?? task, records, `seed-${seed}`, `size-${size}`].join('-')),
        options,
      ),
  };
}

/**
 * Scene-world records of any task, and beside them `things-PART.jsonl` for classification: each of their pictures once, asked
 * what the large thing in it is, by the facts that it was drawn from. The text is always the same, so the picture alone decides.
 */
export function sceneThings(options: data.SceneOptions): StudyData {
  const scenes = sceneData(options);
  return {
    description: `${scenes.description}, each picture asked for its thing`,
    async prepare() {
      const folder = (await scenes.prepare()) as string;
      const drawn = readFileSync(join(folder, 'scenes.jsonl'), 'utf8').trim().split('\n');
      const things = drawn.flatMap((line) => {
        const { facts, ...scene } = JSON.parse(line) as DrawnScene;
        return facts ? [{ ...scene, text: 'What is it?', label: facts.mainKind }] : [];
      });
      for (const part of ['train', 'validation', 'test']) {
        const asked = things.filter(({ split }) => split === part).map((one) => `${JSON.stringify(one)}\n`);
        writeFileSync(join(folder, `things-${part}.jsonl`), asked.join(''));
      }
      return folder;
    },
  };
}

/** A line of `scenes.jsonl`; pictures that no text is about have no facts. */
interface DrawnScene {
  id: string;
  split: string;
  image: string;
  facts: { mainKind: string } | null;
}

/**
 * Real data, converted by one of the kit's readers (`sightline data convert`) where it is at hand.
 * @param options.path below the folder of that name in the shared data.
 */
export function realData(
  name: string,
  format: string,
  options: data.ConvertOptions & { path?: string } = {},
): StudyData {
  const { path = '', ...converting } = options;
  const { task, ...others } = converting;
  return {
    description: `${name}, read as \`${format}\`${converting.task ? ` for ${converting.task}` : ''}`,
    async prepare() {
      const source = places.realData(`${name}/${path}`);
      if (source === null) {
        say(`${name} is not at hand: set SIGHTLINE_SHARED_DATA to the folder that holds it`);
        return null;
      }
      const folder = folderOf(
        [format, name, path, task ?? '', ...Object.entries(others).map(([key, value]) => `${key}-${value}`)]
          .filter(Boolean)
          .join('-')
          .replaceAll('/', '-'),
      );
      return data.preparedConversion(folder, format, source, converting);
    },
  };
}
