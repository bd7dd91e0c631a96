/**
 * @file Where a cell's model looks before it answers: the attention of its last block over the patches at the prompt's last
 * token, for the first few test records that have a picture. Of models that write and whose fusion attends to patches.
 */
import { dirname, relative } from 'node:path';
import { rightAnswers } from '../../data/right-answers';
import { isRecordTask, writingTaskNamed } from '../../tasks';
import type { Examples } from '../../tasks/examples';
import { exactMatch } from '../../tasks/metrics';
import type { Answered } from '../../training/evaluate';
import { languageModelOf } from '../../training/language-model';
import { attentionBeforeAnswer, pictureAttention } from '../picture-attention';

export interface AttendedRecord {
  /** File of the picture; relative to the folder of the records where a cell keeps it, so that both can be moved. */
  picture: string;
  prompt: string;
  target: string;
  written: string;
  /** Whether what was written counts as right (`exactMatch`). */
  correct: boolean;
  /** Of the patches, [rows, columns] from the top left; they sum to 1. */
  weights: number[][];
}

const ATTENDING = ['cross-attention', 'gated-cross-attention'];
const RECORDS = 4;

/** `null` where the model does not look in that way, is shown other pictures than the records' own, or nothing has one. */
export async function attendedRecords({
  trained,
  task,
  source,
  outputs,
  condition,
}: Answered): Promise<AttendedRecord[] | null> {
  const { network } = trained.model;
  const writing = writingTaskNamed(task.name);
  if (!writing || !task.write || !isRecordTask(task) || !network.vision || !network.text.causal) return null;
  if (!ATTENDING.includes(network.config.fusion.kind) || condition !== 'right') return null;
  const examples = source as Examples;
  const { file, records, pictures } = examples.set;
  // Where the picture does not matter there is nothing to look for.
  const firstOf = new Map<string, number>();
  for (const [row, picture] of pictures.entries()) {
    if (picture === null || records[row]?.imageRelevant === false || firstOf.has(picture)) continue;
    firstOf.set(picture, row);
  }
  const rows = [...firstOf.values()].slice(0, RECORDS);
  if (rows.length === 0) return null;
  const shown = await examples.pictures(Int32Array.from(rows));
  const asked = rows.map((row, i) => ({
    picture: shown[i] as Float32Array,
    prompt: writing.prompt(records[row] as (typeof records)[number]),
  }));
  const looks = await pictureAttention(languageModelOf(trained), asked);
  const predictions = task.predictions(outputs, examples);
  return rows.map((row, i) => {
    const record = records[row] as (typeof records)[number];
    const target = writing.target(record);
    const written = predictions[row]?.prediction as string;
    return {
      picture: relative(dirname(file), pictures[row] as string),
      prompt: asked[i]?.prompt as string,
      target,
      written,
      correct: exactMatch(written, rightAnswers(record, target)) === 1,
      weights: attentionBeforeAnswer(looks[i] as (typeof looks)[number]),
    };
  });
}
