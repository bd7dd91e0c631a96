/**
 * @file The scene world on disk: `train.jsonl`, `validation.jsonl`, `test.jsonl` (80 / 10 / 10), `images/`, the
 * facts behind each picture in `scenes.jsonl`, and the arguments in `about.json`. The folder appears whole or not
 * at all; the same arguments give the same bytes.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../errors';
import { writeOutputFolder } from '../../export/output-folder';
import { quote } from '../json-lines';
import { forEachParallel } from '../parallel';
import { type AnyRecord, recordSchemas, type Task } from '../records';
import { writeRecords } from '../write-records';
import { isHeldOut } from './attributes';
import { planCaptions } from './caption/plan';
import { captionScenes } from './caption/task';
import { classificationScenes, questionScenes } from './classification-frames';
import { dialogueScenes } from './dialogue/task';
import { drawOffTopic, drawScene, rasterize } from './draw';
import { GENERATION_KINDS, type GenerationKind, generationScenes } from './generation/task';
import { nerScenes } from './ner/task';
import { type Part, type PlannedRecord, type PlannedScene, planSplit, type SplitPlan } from './plan';
import { regressionScenes } from './regression/task';
import { relationScenes } from './relation/task';
import type { SceneTask, SceneText } from './scene-text';
import { summarizationScenes } from './summary/task';
import { translationScenes } from './translation/task';

/** The tasks that the scene world has texts for. Captions ask nothing: each scene is described. */
export const SCENE_TASKS: { readonly [T in Task]?: SceneTask } = {
  classification: classificationScenes,
  qa: questionScenes,
  captioning: captionScenes,
  translation: translationScenes,
  ner: nerScenes,
  relation: relationScenes,
  regression: regressionScenes,
  summarization: summarizationScenes,
  dialogue: dialogueScenes,
  generation: generationScenes.controllable,
};

/** Below this the small parts have no text that is asked twice. */
const FEWEST_RECORDS = 40;

export interface SceneOptions {
  task: Task;
  /** Of the task `generation`: what is written (default `controllable`). */
  kind?: GenerationKind;
  /** Records in all three parts together, at least 40. */
  records: number;
  seed: number;
  /** Edge of the square pictures in pixels, 32 to 512 (default 96). */
  size?: number;
  /** Called after each picture. */
  onProgress?: (done: number, total: number) => void;
}

export interface SceneReport {
  task: Task;
  parts: { part: Part; records: number; pictures: number }[];
}

/** The records and facts of all parts, before anything is drawn or written. */
export function planScenes(options: SceneOptions): Map<Part, SplitPlan> {
  const task = sceneTask(options);
  const { records, seed, size = 96 } = options;
  if (!Number.isInteger(records) || records < FEWEST_RECORDS) {
    throw new InputError(`records is ${quote(records)}; give a whole number of at least ${FEWEST_RECORDS}`);
  }
  if (!Number.isInteger(seed)) throw new InputError(`seed is ${quote(seed)}; give a whole number`);
  if (!Number.isInteger(size) || size < 32 || size > 512) {
    throw new InputError(`size is ${quote(size)}; give a whole number of pixels from 32 to 512`);
  }
  const small = Math.floor(records / 10);
  const sizes: [Part, number][] = [
    ['train', records - 2 * small],
    ['validation', small],
    ['test', small],
  ];
  const plans = new Map<Part, SplitPlan>();
  let known: readonly SceneText[] = [];
  for (const [part, count] of sizes) {
    const request = { task, part, records: count, seed, known };
    const plan = options.task === 'captioning' ? planCaptions(request) : planSplit(request);
    if (part === 'train') known = plan.texts;
    plans.set(part, plan);
  }
  return plans;
}

function sceneTask({ task, kind }: SceneOptions): SceneTask {
  const found = SCENE_TASKS[task];
  if (!found) {
    const known = Object.keys(SCENE_TASKS).join(', ');
    throw new InputError(`task is ${quote(task)}; the scene world makes records for ${known}`);
  }
  if (kind === undefined) return found;
  if (task !== 'generation')
    throw new InputError(`kind is ${quote(kind)}, and ${task} has none; leave it out`);
  if (Object.hasOwn(generationScenes, kind)) return generationScenes[kind];
  throw new InputError(`kind is ${quote(kind)}; use one of ${GENERATION_KINDS.join(', ')}`);
}

/**
 * Make records and pictures in the folder `out`.
 * @throws InputError where an option is out of range, the task has no scenes, or `out` is not empty.
 */
export async function generateScenes(out: string, options: SceneOptions): Promise<SceneReport> {
  const plans = planScenes(options);
  const { size = 96, seed, task, records, kind = GENERATION_KINDS[0] } = options;
  return writeOutputFolder(out, async (folder) => {
    await mkdir(join(folder, 'images'));
    await writePictures(folder, plans, seed, size, options.onProgress);
    const facts: Record<string, unknown>[] = [];
    const report: SceneReport = { task, parts: [] };
    for (const [part, plan] of plans) {
      const written = plan.records.map((record, row) => toRecord(task, record, plan, part, row));
      await writeRecords(join(folder, `${part}.jsonl`), written);
      plan.scenes.forEach((scene, index) => {
        facts.push({ id: sceneName(part, index), split: part, image: imageName(part, index), facts: scene });
      });
      report.parts.push({ part, records: written.length, pictures: plan.scenes.length });
    }
    await writeRecords(join(folder, 'scenes.jsonl'), facts);
    const about = {
      generator: 'sightline scene world',
      version: 1,
      task,
      ...(task === 'generation' ? { kind } : {}),
      records,
      seed,
      size,
    };
    await writeFile(join(folder, 'about.json'), `${JSON.stringify(about, null, 2)}\n`);
    return report;
  });
}

/** One record as it is written. */
export function toRecord(
  task: Task,
  record: PlannedRecord,
  plan: SplitPlan,
  part: Part,
  row: number,
): AnyRecord {
  const unseen = unseenIn(record, plan.scenes[record.scene] as PlannedScene);
  const out = {
    id: `${part}-${row}`,
    ...(SCENE_TASKS[task] as SceneTask).fields(record.text, record.label),
    image: imageName(part, record.scene),
    group: sceneName(part, record.scene),
    split: part,
    imageRelevant: record.imageRelevant,
    frame: record.text.frame.id,
    ...(unseen.length > 0 ? { unseen } : {}),
  };
  return recordSchemas[task].parse(out) as AnyRecord;
}

/** What of the record training never shows: its frame, its combination of kind and colour. */
function unseenIn(record: PlannedRecord, scene: PlannedScene): string[] {
  const out: string[] = [];
  if (record.text.frame.heldOut) out.push('frame');
  if (scene && isHeldOut(scene.mainKind, scene.mainColour)) out.push('combination');
  return out;
}

async function writePictures(
  folder: string,
  plans: ReadonlyMap<Part, SplitPlan>,
  seed: number,
  size: number,
  onProgress?: (done: number, total: number) => void,
): Promise<void> {
  const jobs = [...plans].flatMap(([part, plan]) =>
    plan.scenes.map((scene, index) => ({ part, scene, index })),
  );
  let done = 0;
  await forEachParallel(jobs, 2 * availableParallelism(), async ({ part, scene, index }) => {
    const mark = `${seed}/${part}/${index}`;
    const svg = scene ? drawScene(scene, mark) : drawOffTopic(mark);
    await writeFile(join(folder, imageName(part, index)), await rasterize(svg, size));
    onProgress?.(++done, jobs.length);
  });
}

function sceneName(part: Part, index: number): string {
  return `${part}-scene-${index}`;
}

function imageName(part: Part, index: number): string {
  return `images/${part}-${index}.png`;
}
