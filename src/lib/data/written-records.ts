/**
 * @file Training records out of what a model wrote (data augmentation by generation: Anaby-Tavor et al. 2020, "LAMBADA"; Ye et al.
 * 2022, "ZeroGen"). The prompts are records of kind `augmentation`; `sightline predict` has a trained writer answer
 * them. What cannot be read as an example, has a label that the small set does not know, or says again what another says
 * of the same picture, is left out.
 */
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { InputError } from '../errors';
import { writeOutputFolder } from '../export/output-folder';
import { jsonLines, quote } from './json-lines';
import { readRecords, readUnlabelledRecords } from './read-records';
import type { AnyRecord } from './records';
import { linkPictures, uniteRecords } from './united-records';
import { writeRecords } from './write-records';
import { parseExampleText } from './written-example';

export interface WrittenRecordsOptions {
  /** The record file that the writer was asked from (`generation`). */
  prompts: string;
  /** Labelled records (`classification`) that come first in the new file; only their labels are taken up. */
  beside?: string;
  /** Called after each picture. */
  onProgress?: (done: number, total: number) => void;
}

export interface WrittenRecordsReport {
  /** Records of the file `beside`. */
  beside: number;
  /** Records that were written, and are in the new file. */
  written: number;
  /** What was left out: no example, a label that no record of `beside` has, the same again. */
  leftOut: { unreadable: number; unknownLabel: number; repeated: number };
}

const prediction = z.object({ id: z.string(), prediction: z.string() });

/**
 * Write `train.jsonl`, for `classification`, and its pictures to the folder `out`: the records of `beside`, then those that
 * stand in the file `predictions` of `sightline predict`.
 * @throws InputError where a file is wrong, a prediction's id is not that of its prompt, nothing can be taken up, or
 *   `out` is not empty.
 */
export async function writeWrittenRecords(
  predictions: string,
  out: string,
  { prompts, beside, onProgress }: WrittenRecordsOptions,
): Promise<WrittenRecordsReport> {
  const asked = await readUnlabelledRecords(prompts, 'generation');
  const small = beside === undefined ? null : await readRecords(beside, 'classification');
  const known = small && new Set(small.records.map(({ label }) => label));
  const said = new Set<string>();
  const taken: { record: AnyRecord; row: number }[] = [];
  const leftOut = { unreadable: 0, unknownLabel: 0, repeated: 0 };
  for (const [row, written] of (await readPredictions(predictions, asked.records)).entries()) {
    const { id, group, split, image } = asked.records[row] as AnyRecord & { id: string };
    const example = parseExampleText(written);
    const key = JSON.stringify([image, example?.text]);
    if (!example) leftOut.unreadable++;
    else if (known && !known.has(example.label)) leftOut.unknownLabel++;
    else if (said.has(key)) leftOut.repeated++;
    else {
      said.add(key);
      const record = { id: `${id}-written`, image, group: group ?? id, split, ...example };
      taken.push({ record: record as AnyRecord, row });
    }
  }
  if (taken.length === 0) {
    throw new InputError(
      `${predictions}: none of ${asked.records.length} predictions is an example with a known label (“Is it red or blue? Answer: red.”); train the writer on records of \`sightline data scene --task generation --kind augmentation\``,
    );
  }
  const united = uniteRecords([
    ...(small ? [small] : []),
    {
      file: asked.file,
      records: taken.map(({ record }) => record),
      lines: taken.map(({ row }) => asked.lines[row] as number),
      pictures: taken.map(({ row }) => asked.pictures[row] ?? null),
    },
  ]);
  return writeOutputFolder(out, async (folder) => {
    await linkPictures([folder], united, onProgress);
    await writeRecords(
      join(folder, 'train.jsonl'),
      united.map(({ record }) => record),
    );
    return { beside: small?.records.length ?? 0, written: taken.length, leftOut };
  });
}

/** What was written for each of `asked`, in their order. */
async function readPredictions(path: string, asked: readonly AnyRecord[]): Promise<string[]> {
  const written: string[] = [];
  for await (const { line, value } of jsonLines(resolve(path))) {
    const read = prediction.safeParse(value);
    if (!read.success) {
      throw new InputError(
        `${path}:${line}: is no prediction of a model that writes (${quote(value)}); give the file that \`sightline predict\` made`,
      );
    }
    const { id } = asked[written.length] ?? {};
    if (read.data.id !== id) {
      throw new InputError(
        `${path}:${line}: field "id" is ${quote(read.data.id)}, where the prompts have ${quote(id)}; give the prompts that it was predicted for`,
      );
    }
    written.push(read.data.prediction);
  }
  if (written.length < asked.length) {
    throw new InputError(
      `${path}: has ${written.length} predictions for ${asked.length} prompts; give the prompts that it was predicted for`,
    );
  }
  return written;
}
