/** @file What a cell's run reached on validation records while it trained: the evaluations in its `metrics.jsonl`. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cellFolder } from './cell';

export interface ValidationPoint {
  step: number;
  /** Of the metric asked for; where training does not measure it, since it is of what is written, of the loss. */
  metric: string;
  value: number;
}

/** In order of steps; empty where the cell has not begun. */
export async function validationCurve(out: string, id: string, metric: string): Promise<ValidationPoint[]> {
  const file = join(cellFolder(out, id), 'metrics.jsonl');
  if (!existsSync(file)) return [];
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  return lines.flatMap((line) => {
    if (!line.includes('"kind":"evaluation"')) return [];
    const one = JSON.parse(line) as { step: number; [name: string]: unknown };
    const name = metric in one ? metric : 'loss';
    const value = one[name];
    return typeof value === 'number' ? [{ step: one.step, metric: name, value }] : [];
  });
}
