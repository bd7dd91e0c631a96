/**
 * @file Everything that can be wrong is found here, before a step is taken and before a file is written: records,
 * pictures, labels, lengths, leaks, network settings.
 */
import { dirname, resolve } from 'node:path';
import {
  type AnyRecord,
  checkRecords,
  type RecordSet,
  readRecords,
  sharedGroups,
  type Task as TaskName,
} from '../data';
import { InputError } from '../errors';
import { isLanguageModelTask, taskNamed } from '../tasks';
import { Examples, type ExamplesOptions } from '../tasks/examples';
import { GuidedModel } from '../tasks/guided-model';
import { pictureStatistics, pictureStoreFor } from '../vision';
import { augmented } from './augmented';
import { seedFor, type TrainConfig } from './config';
import { continuedModel } from './continue-model';
import { networkConfigs } from './networks';
import { prepareLanguageModel } from './prepare-language-model';
import type { Prepared, PrepareOptions } from './prepared';
import { pretrainedText, startFrom } from './pretrained-text';
import { pretrainedVision, startVisionFrom } from './pretrained-vision';
import { checkOneTokenizer, configuredTokenizer } from './tokenizer';
import { checkLimit, trainingRows } from './training-rows';

/** A record set and what the check of its pictures learned. */
export interface CheckedSet {
  set: RecordSet;
  contentKeys: (string | null)[];
}

export type SplitName = 'train' | 'validation' | 'test';

/** Reads, checks and builds. Throws an `InputError` on anything that is wrong in config or data. */
export async function prepare(config: TrainConfig, options: PrepareOptions): Promise<Prepared> {
  const definition = isLanguageModelTask(config.task) ? null : taskNamed(config.task as TaskName);
  if (config.training.classWeights && !definition?.hasClasses) {
    throw new InputError(
      `training.classWeights: ${config.task} has no classes to weigh; leave it out, or train classification, relation or ner`,
    );
  }
  checkLimit(config);
  if (!config.from) checkOneTokenizer(config.model, options.folder);
  if (!definition) return prepareLanguageModel(config, options);
  const { whole, ...sets } = await readSplits(config, options);
  const continued = config.from ? await continuedModel(config, options) : null;
  const pretrained = continued?.text ?? (await pretrainedText(config.model.text, options));
  const texts = () => sets.train.set.records.flatMap((record) => definition.texts(record));
  const tokenizer =
    pretrained?.tokenizer ?? (await configuredTokenizer(texts, config.model.tokenizer, options.folder));
  const seeing =
    config.model.fusion.kind === 'none' || continued
      ? null
      : await pretrainedVision(config.model.vision, options);
  const networks =
    continued?.networks ?? networkConfigs(config.model, tokenizer, pretrained?.config, seeing?.config);
  const taskOptions = {
    head: config.model.head,
    labelSmoothing: config.training.labelSmoothing,
    classWeights: config.training.classWeights,
    text: networks.text,
    tokenizer,
    whole,
  };
  const task =
    continued?.task(definition, sets.train.set, taskOptions) ?? definition.fit(sets.train.set, taskOptions);
  const model = new GuidedModel(networks, task, seedFor(config, 'initialization'));
  try {
    if (continued) model.parameters.load(continued.text.arrays);
    else if (pretrained) startFrom(model, pretrained);
    if (seeing) startVisionFrom(model, seeing);
    const imageSize = model.network.vision?.imageSize ?? null;
    const store = model.network.vision ? pictureStoreFor(model.network.vision) : undefined;
    const examplesOf = ({ set, contentKeys }: CheckedSet, learning: Partial<ExamplesOptions> = {}) =>
      new Examples(set, {
        ...learning,
        task,
        tokenizer,
        maxLength: model.network.text.maxLength,
        imageSize,
        store,
        contentKeys,
      });
    const train = examplesOf(sets.train, {
      pictureDropout: config.training.pictureDropout,
      seed: seedFor(config, 'dropout'),
    });
    const validation = examplesOf(sets.validation);
    const test = sets.test ? examplesOf(sets.test) : null;
    const supervision = config.model.gate?.supervision;
    const saysRelevance = train.relevant.some((value) => value >= 0);
    if ((supervision === 'labels' || supervision === 'both') && !saysRelevance) {
      throw new InputError(
        `${sets.train.set.file}: no record says imageRelevant, which model.gate.supervision ${JSON.stringify(supervision)} learns from; set it to "matching" or "none", or add the field`,
      );
    }
    const hasPictures = sets.train.set.pictures.some((path) => path !== null);
    if (store && !hasPictures) {
      throw new InputError(
        `${sets.train.set.file}: no record has a picture, and model.fusion is ${config.model.fusion.kind}; set "fusion": "none" for a text-only model`,
      );
    }
    const statistics = store ? await pictureStatistics(store, sets.train.set.pictures) : null;
    const dataHashes: Record<string, string> = {};
    for (const checked of Object.values(sets)) if (checked) dataHashes[checked.set.file] = checked.set.sha256;
    return {
      config,
      task,
      tokenizer,
      model,
      train: await augmented(train, config, model, { ...options, dataHashes }),
      validation,
      test,
      statistics,
      knowsNoPicture:
        continued?.knowsNoPicture ||
        config.training.pictureDropout > 0 ||
        sets.train.set.pictures.some((path) => path === null),
      dataHashes,
      dispose: () => model.dispose(),
    };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

async function readSplits(
  config: TrainConfig,
  options: PrepareOptions,
): Promise<{
  train: CheckedSet;
  validation: CheckedSet;
  test: CheckedSet | null;
  /** All that could be learned from. */
  whole: AnyRecord[];
}> {
  const { data } = config;
  const read = (path: string, split: SplitName) =>
    readChecked(resolve(options.folder, path), config.task as TaskName, split, options);
  const all = await read(data.train, 'train');
  const rows = trainingRows(all.set.records, config, all.set.file);
  const validation =
    rows.validation === null
      ? await read(data.validation as string, 'validation')
      : selectChecked(all, rows.validation);
  const test = data.test ? await read(data.test, 'test') : null;
  const whole = rows.whole.length === all.set.records.length ? all : selectChecked(all, rows.whole);
  if (!data.allowLeak) {
    // Of all that could be learned from, so that no size of the training set is refused that another is not.
    refuseLeak(whole, validation);
    if (test) {
      refuseLeak(whole, test);
      refuseLeak(validation, test);
    }
  }
  const train = rows.train === rows.whole ? whole : selectChecked(all, rows.train);
  return { train, validation, test, whole: whole.set.records };
}

async function readChecked(
  path: string,
  task: TaskName,
  split: SplitName,
  { onProgress }: PrepareOptions,
): Promise<CheckedSet> {
  const set = (await readRecords(path, task, {
    onProgress: (lines) => onProgress?.(`reading ${split} records`, lines, null),
  })) as RecordSet;
  const { contentKeys } = await checkRecords(set, {
    onProgress: (done, total) => onProgress?.(`checking ${split} pictures`, done, total),
  });
  return { set, contentKeys };
}

function selectChecked({ set, contentKeys }: CheckedSet, rows: readonly number[]): CheckedSet {
  return { set: selectRecords(set, rows), contentKeys: rows.map((row) => contentKeys[row] ?? null) };
}

/** The records at `rows`, with their lines and pictures. */
export function selectRecords<R extends AnyRecord>(set: RecordSet<R>, rows: ArrayLike<number>): RecordSet<R> {
  const take = <T>(items: readonly T[]) => Array.from(rows, (row) => items[row] as T);
  return { ...set, records: take(set.records), lines: take(set.lines), pictures: take(set.pictures) };
}

function refuseLeak(a: CheckedSet, b: CheckedSet): void {
  const shared = sharedGroups(a.set.records, b.set.records);
  if (shared.length === 0) return;
  throw new InputError(
    `${b.set.file}: ${shared.length} groups stand in ${a.set.file} too (${shared.slice(0, 3).join(', ')}${shared.length > 3 ? ', …' : ''}): ` +
      'what is trained on would be tested on. Split by group, or set data.allowLeak to true',
  );
}

/** Where a config's relative paths start. */
export function configFolder(path: string): string {
  return dirname(resolve(path));
}
