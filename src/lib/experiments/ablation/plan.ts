/** @file A grid made ready to run: each cell with its id, found sound before anything is written. */
import type { Task as TaskName } from '../../data';
import { InputError } from '../../errors';
import type { TrainConfig } from '../../training/config';
import { checkLimit } from '../../training/training-rows';
import type { AblationConfig, AblationSeed } from './config';
import type { PlannedEvaluation } from './evaluations';
import { type Combination, expandGrid, type Grid } from './grid';
import { checkGuidedMetric } from './guidance';
import { cellId, InputHashes } from './identity';
import type { JsonObject, JsonValue } from './paths';
import { mainMetric } from './scores';

/** One combination with one seed: one training, and its evaluations. */
export interface Cell {
  id: string;
  /** For people: `concat, learningRate 0.01, seed 2`. */
  name: string;
  /** Row number of the combination in the grid. */
  combination: number;
  settings: JsonObject;
  seed: AblationSeed;
  config: TrainConfig;
  evaluations: PlannedEvaluation[];
  /** Hashes of what the config reads, by place. */
  inputs: Record<string, string>;
  /** That are learned from; `null` where no cell of the grid says how many (`data.limit`), and none are counted. */
  trainingRecords: number | null;
}

export interface AblationPlan {
  config: AblationConfig;
  grid: Grid;
  /** All of the first seed, then all of the second, …: what there is of a stopped run compares every row. */
  cells: Cell[];
  /** Of a search by halving, once it is done: what any of its rungs may have trained. */
  searched?: readonly Cell[];
  /** What the statistics are of. */
  metric: string;
  /** The records that are scored: the test file, or validation where the config names none. */
  file: string;
  split: 'test' | 'validation';
}

export interface PlanOptions {
  /** Where relative paths of the config start. */
  folder: string;
  /** How errors name the config. */
  configName?: string;
  onProgress?: (activity: string, done: number, total: number | null) => void;
  /** Of a search: which combinations go on. */
  only?: (combination: Combination) => boolean;
  /** What is known of the files already, where several plans are made of the same ones. */
  hashes?: InputHashes;
}

/** Reads what the cells read. Throws an `InputError` on whatever is wrong in config or data; writes nothing. */
export async function planAblation(config: AblationConfig, options: PlanOptions): Promise<AblationPlan> {
  const { folder, configName = 'the ablation config', onProgress } = options;
  const grid = expandGrid(config, configName, options.only);
  const first = grid.combinations[0]?.runs[0]?.config as TrainConfig;
  const { test, validation } = first.data;
  const file = test ?? validation;
  if (file === null) {
    throw new InputError(
      `${configName}: base.data names neither test nor validation: each seed would be scored on other records; name a file`,
    );
  }
  let metric: string;
  try {
    metric = mainMetric(first.task as TaskName, config.metric);
    if (grid.guidances.length > 0) checkGuidedMetric(metric);
  } catch (error) {
    throw new InputError(`${configName}: ${(error as Error).message}`);
  }
  const { hashes = new InputHashes(folder, onProgress) } = options;
  const limited = grid.combinations.flatMap(({ runs }) => runs).find((run) => run.config.data.limit !== null);
  if (limited) checkLimit(limited.config);
  const cells: Cell[] = [];
  for (const s of config.seeds.keys()) {
    for (const [combination, { settings, evaluations, runs }] of grid.combinations.entries()) {
      const run = runs[s] as (typeof runs)[number];
      const inputs = await hashes.of(run.config);
      cells.push({
        id: cellId(run.config, inputs),
        name: [settingsName(settings), `seed ${seedName(run.seed)}`].filter(Boolean).join(', '),
        combination,
        settings,
        seed: run.seed,
        config: run.config,
        evaluations,
        inputs,
        trainingRecords: limited ? await hashes.trainingRecords(run.config) : null,
      });
    }
  }
  return { config, grid, cells, metric, file, split: test === null ? 'validation' : 'test' };
}

/** `concat, learningRate 0.01`: a form of fusion goes by its own name. */
export function settingsName(settings: JsonObject): string {
  return Object.entries(settings)
    .map(([path, value]) => {
      if (path === 'model.fusion') return value === 'none' ? 'text-only' : valueName(value);
      if (path === 'data.limit') return `${valueName(value, path)} records`;
      return `${path.split('.').at(-1)} ${valueName(value)}`;
    })
    .join(', ');
}

/** A value of an axis in a few characters. */
export function valueName(value: JsonValue, path = ''): string {
  if (typeof value === 'string') return value;
  if (path === 'data.limit') return value === null ? 'all' : Number(value).toLocaleString('en-US');
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const { kind, modelType, ...rest } = value;
    const head = (kind ?? modelType) as string | undefined;
    if (head) return Object.keys(rest).length === 0 ? head : `${head} ${JSON.stringify(rest)}`;
  }
  return JSON.stringify(value);
}

export function seedName(seed: AblationSeed): string {
  return typeof seed === 'number'
    ? String(seed)
    : Object.entries(seed)
        .map(([purpose, value]) => `${purpose} ${value}`)
        .join('/');
}
