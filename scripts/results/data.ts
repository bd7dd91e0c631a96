/** @file Where the records of studies come from. Each folder stands in `data/results/` and is made once. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
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

/** What is asked of a picture, by the fact that answers it. */
const ASKED = {
  mainKind: 'thing',
  mainColour: 'colour',
  mainPattern: 'pattern',
  companionKind: 'small thing',
  companionColour: 'small colour',
  side: 'side',
  flyerKind: 'flyers',
  flyerCount: 'number',
  place: 'place',
  time: 'time',
  weather: 'weather',
} as const;
type AskedFact = keyof typeof ASKED;

/** Whether the picture answers it: what is not there has no colour and no side. */
function isAnswered(fact: AskedFact, facts: DrawnFacts): boolean {
  if (fact === 'companionColour' || fact === 'side') return facts.companionKind !== 'none';
  return fact !== 'flyerKind' || facts.flyerCount !== 'none';
}

/**
 * Scene-world records of any task, and beside them `facts-PART.jsonl` for classification: each picture asked once for each fact
 * that it was drawn from. No text says anything about its picture, so the picture alone decides.
 */
export function sceneFacts(options: data.SceneOptions): StudyData {
  const scenes = sceneData(options);
  return {
    description: `${scenes.description}, each picture asked for its facts`,
    async prepare(context) {
      const folder = (await scenes.prepare(context)) as string;
      const drawn = readFileSync(join(folder, 'scenes.jsonl'), 'utf8').trim().split('\n');
      const asked = drawn.flatMap((line) => {
        const { id, split, image, facts } = JSON.parse(line) as DrawnScene;
        if (!facts) return [];
        return (Object.keys(ASKED) as AskedFact[])
          .filter((fact) => isAnswered(fact, facts))
          .map((fact) => ({
            id: `${id}-${fact}`,
            group: id,
            split,
            image,
            text: ASKED[fact],
            label: facts[fact],
          }));
      });
      for (const part of ['train', 'validation', 'test']) {
        const lines = asked.filter(({ split }) => split === part).map((one) => `${JSON.stringify(one)}\n`);
        writeFileSync(join(folder, `facts-${part}.jsonl`), lines.join(''));
      }
      return folder;
    },
  };
}

type DrawnFacts = Readonly<Record<AskedFact, string>>;

/** A line of `scenes.jsonl`; pictures that no text is about have no facts. */
interface DrawnScene {
  id: string;
  split: string;
  image: string;
  facts: DrawnFacts | null;
}

/** SHAPES made afresh (`sightline data shapes`). */
export function shapesData(options: Required<Omit<data.ShapesOptions, 'onProgress'>>): StudyData {
  const { questions, pictures, cells, seed } = options;
  const beside = cells > 0 ? `, ${cells} more about a single cell beside each training picture's own` : '';
  return {
    description: `SHAPES made afresh, ${questions} questions of ${pictures} pictures each${beside}, seed ${seed}`,
    prepare: () => {
      const folder = folderOf(`shapes-${questions}-${pictures}-cells-${cells}-seed-${seed}`);
      return data.preparedGenerated(folder, { ...options }, () => data.generateShapes(folder, options));
    },
  };
}

/** Sort-of-CLEVR made afresh (`sightline data sort-of-clevr`). */
export function sortOfClevrData(options: Omit<data.SortOfClevrOptions, 'onProgress'>): StudyData {
  const { records, seed, terse } = options;
  const many = `${records.toLocaleString('en-US')} questions${terse ? ' of two words' : ''}`;
  return {
    description: `Sort-of-CLEVR made afresh, ${many}, twenty a picture, seed ${seed}`,
    prepare: () => {
      const folder = folderOf(`sort-of-clevr-${records}${terse ? '-terse' : ''}-seed-${seed}`);
      return data.preparedGenerated(folder, { ...options }, () => data.generateSortOfClevr(folder, options));
    },
  };
}

/**
 * Records of another kind than those learned from, in two halves drawn by seed: `choosing.jsonl` is for whatever is chosen,
 * `held-out.jsonl` for what is reported; the authors' test records, where they are at hand, take the place of the latter.
 * @param part the file that is halved.
 */
export function halvedData(whole: StudyData, part: string, task: data.Task): StudyData {
  return {
    description: `${whole.description}, ${part} halved by seed 1`,
    async prepare(context) {
      const folder = await whole.prepare(context);
      if (folder === null) return null;
      const { records } = await data.readRecords(join(folder, part), task);
      const halves = data.splitByGroup(records, { seed: 1, shares: { choosing: 0.5, held: 0.5 } });
      const rows = (of: readonly number[]) => of.map((row) => records[row] as data.AnyRecord);
      const test = join(folder, 'test.jsonl');
      const held = existsSync(test) ? (await data.readRecords(test, task)).records : rows(halves.held);
      await data.writeRecords(join(folder, 'choosing.jsonl'), rows(halves.choosing));
      await data.writeRecords(join(folder, 'held-out.jsonl'), held);
      return folder;
    },
  };
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
