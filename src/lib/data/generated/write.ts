/**
 * @file Generated sets on disk: a record file a part, `images/`, and the arguments in `about.json`. The folder appears
 * whole or not at all; the same arguments give the same bytes on one version of sharp.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { InputError } from '../../errors';
import { writeOutputFolder } from '../../export/output-folder';
import { quote } from '../json-lines';
import { forEachParallel } from '../parallel';
import type { ClassificationRecord } from '../records';
import { writeRecords } from '../write-records';

export type GeneratedPart = 'train' | 'validation' | 'test';

/** A picture still to be drawn: SVG, or pixels, uint8 [height, width, 3]. */
export type Drawing = string | { data: Uint8Array; height: number; width: number };

/** One part: its records, and how each picture that they name is drawn. */
export interface GeneratedRecords {
  records: ClassificationRecord[];
  /** By the record's `image`. */
  pictures: ReadonlyMap<string, () => Drawing>;
}

export interface GeneratedReport {
  parts: { part: GeneratedPart; records: number; pictures: number }[];
}

/** Write all parts to `out`. Throws an `InputError` where `out` holds something; then nothing was written. */
export async function writeGenerated(
  out: string,
  parts: ReadonlyMap<GeneratedPart, GeneratedRecords>,
  about: Record<string, unknown>,
  onProgress?: (done: number, total: number) => void,
): Promise<GeneratedReport> {
  return writeOutputFolder(out, async (folder) => {
    await mkdir(join(folder, 'images'));
    const jobs = [...parts.values()].flatMap(({ pictures }) => [...pictures]);
    let done = 0;
    await forEachParallel(jobs, 2 * availableParallelism(), async ([name, draw]) => {
      await writeFile(join(folder, name), await toPng(draw()));
      onProgress?.(++done, jobs.length);
    });
    const report: GeneratedReport = { parts: [] };
    for (const [part, { records, pictures }] of parts) {
      await writeRecords(join(folder, `${part}.jsonl`), records);
      report.parts.push({ part, records: records.length, pictures: pictures.size });
    }
    await writeFile(join(folder, 'about.json'), `${JSON.stringify(about, null, 2)}\n`);
    return report;
  });
}

function toPng(drawing: Drawing): Promise<Buffer> {
  const picture =
    typeof drawing === 'string'
      ? sharp(Buffer.from(drawing))
      : sharp(drawing.data, { raw: { width: drawing.width, height: drawing.height, channels: 3 } });
  return picture.removeAlpha().png({ compressionLevel: 9, palette: false }).toBuffer();
}

/** `total` things 80 / 10 / 10, each part at least one. */
export function threeParts(total: number): [GeneratedPart, number][] {
  const small = Math.max(1, Math.floor(total / 10));
  return [
    ['train', total - 2 * small],
    ['validation', small],
    ['test', small],
  ];
}

/** Throws an `InputError` unless `value` is a whole number of at least `least`. */
export function requireWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new InputError(`${name} is ${quote(value)}; give a whole number of at least ${least}`);
}
