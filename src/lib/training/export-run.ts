/**
 * @file A finished run as a folder for other tools: weights, tokenizer, preprocessing, ONNX graphs, model card. The folder
 * appears whole or not at all.
 */
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { InputError } from '../errors';
import { writeOutputFolder } from '../export/output-folder';
import { readJsonObject } from '../hub';
import { isWritingTask } from '../tasks';
import { CHECKPOINT_FILES } from '../text';
import { agreementsOf } from './export-agreement';
import { type ControlsOptions, controlsOf } from './export-controls';
import { type ExportDtype, huggingFaceExport, type LoadablePart } from './export-huggingface';
import { HEAD_FILE } from './export-text';
import { readFinishedRun } from './finished-run';
import { type CardSettings, modelCard } from './model-card';
import { exportOnnx, type OnnxPrecision } from './onnx/export-onnx';
import { loadTrainedModel } from './trained-model';

export const EXPORT_FORMATS = ['huggingface', 'onnx', 'all'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportRunOptions extends ControlsOptions {
  /** `huggingface`: weights; `onnx`: graphs in their place; `all` (default): both. Settings and tokenizer always. */
  format?: ExportFormat;
  /** Of the ONNX graphs; all by default. */
  precisions?: readonly OnnxPrecision[];
  /** Numbers of the safetensors files; F16 and BF16 round to nearest even. */
  dtype?: ExportDtype;
  /** Replace an earlier export in `folder`; a folder that holds anything else is never replaced. */
  overwrite?: boolean;
  /**
   * For the card: measure the controls of a guided model, and how nearly the graphs answer as the model does (default),
   * or leave both out.
   */
  controls?: boolean;
  card?: CardSettings;
}

export interface ExportReport {
  folder: string;
  /** Paths below the folder, and their lengths. */
  files: { path: string; bytes: number }[];
  parts: LoadablePart[];
}

/** What an export may consist of. */
const ENTRIES = [
  ...CHECKPOINT_FILES,
  HEAD_FILE,
  'README.md',
  'preprocessor_config.json',
  'text',
  'vision',
  'onnx',
];

/** What ONNX graphs hold themselves. */
const WEIGHTS = ['model.safetensors', HEAD_FILE, 'text', 'vision'];

/** Codes by which a disk says that it is full, or that a quota or a limit of file sizes is. */
const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/**
 * Exports the run in `directory` to `folder`. Throws an `InputError` where the run is not finished, where `folder` holds
 * something that is no earlier export, and where the test records of the controls are gone; and an `Error` on a full disk.
 * Nothing is left under the name `folder` then but what stood there before.
 */
export async function exportRun(
  directory: string,
  folder: string,
  options: ExportRunOptions = {},
): Promise<ExportReport> {
  const { format = 'all', overwrite = false, controls = true } = options;
  const run = await readFinishedRun(directory);
  if (overwrite) await refuseOthers(folder);
  const trained = await loadTrainedModel(run.folder.model);
  try {
    const prompt = trained.model.config.prompt
      ? 'a learned prompt'
      : trained.head.prompt
        ? 'a template'
        : null;
    if (prompt) {
      throw new InputError(
        `${directory}: the model has ${prompt}, for which the formats of an export have no place; evaluate and predict with the run itself`,
      );
    }
    if (isWritingTask(trained.task.name) && !trained.task.write) {
      throw new InputError(
        `${directory}: the model looks for answers in a passage, for which there is no export yet; evaluate and predict with the run itself`,
      );
    }
    const files = await huggingFaceExport(trained, { dtype: options.dtype, name: folder });
    const fill = async (place: string): Promise<void> => {
      await files.fill(place);
      if (format === 'onnx')
        for (const name of WEIGHTS) await rm(join(place, name), { recursive: true, force: true });
      const onnx = format === 'huggingface' ? [] : await exportOnnx(trained, place, options.precisions);
      const measured = controls ? await controlsOf(run, options) : null;
      const agreements = controls ? await agreementsOf(run, trained, place, onnx, options) : [];
      const { dtype, card = {} } = options;
      const parts = format === 'onnx' ? [] : files.parts;
      const facts = { parts, headBeside: files.headBeside, controls: measured, dtype, onnx, agreements };
      await writeFile(join(place, 'README.md'), modelCard(run, trained, facts, card), { flush: true });
    };
    await writeOutputFolder(folder, fill, overwrite ? { replaceable: ENTRIES } : {});
    const parts = format === 'onnx' ? [] : files.parts;
    return { folder: resolve(folder), files: await filesBelow(folder), parts };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || !FULL.includes(code)) throw error;
    throw new Error(
      `${folder}: the disk is full, or a limit of the system is reached (${code}); nothing was left there: make room, or name another disk`,
      { cause: error },
    );
  } finally {
    trained.model.dispose();
  }
}

/** What is replaced has to say that it is an export of this kit. */
async function refuseOthers(folder: string): Promise<void> {
  const held = await readdir(folder).catch(() => []);
  if (held.length === 0) return;
  const config = await readJsonObject(join(folder, 'config.json'));
  if (config?.sightline !== undefined) return;
  throw new InputError(
    `${folder}: not replaced: it is no export of this kit (config.json has no block "sightline"); name another folder`,
  );
}

async function filesBelow(folder: string): Promise<ExportReport['files']> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const files = await Promise.all(
    paths.map(async (path) => ({ path: relative(folder, path), bytes: (await stat(path)).size })),
  );
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
