/**
 * @file EMAP (Hessel and Lee 2020): the best additive part of a model's scores, in which text and picture each have their
 * say but cannot interact. What a model loses by it, its cross-modal interactions had gained; where nothing is lost, a
 * picture model beside a text model would have done.
 *
 *     f̃(tᵢ, vᵢ) = meanⱼ f(tᵢ, vⱼ) + meanⱼ f(tⱼ, vᵢ) − meanⱼₖ f(tⱼ, vₖ)
 *
 * n² forward passes for n records. Scores are log-probabilities: logits but for a constant of each (text, picture), which
 * moves all classes alike and decides nothing.
 */
import { join } from 'node:path';
import { type RecordSet, readRecords, type Task } from '../data';
import { argMax } from '../decoding';
import { InputError } from '../errors';
import { isRecordTask } from '../tasks';
import { examplesFor } from '../training/evaluate';
import { loadTrainedModel } from '../training/trained-model';

/** Additive scores [n, C] of scores f [n, n, C] by text, then picture, row-major. */
export function additiveScores(scores: ArrayLike<number>, n: number, classes: number): Float64Array {
  const at = (text: number, picture: number, c: number) =>
    scores[(text * n + picture) * classes + c] as number;
  const byText = new Float64Array(n * classes);
  const byPicture = new Float64Array(n * classes);
  const all = new Float64Array(classes);
  for (let text = 0; text < n; text++) {
    for (let picture = 0; picture < n; picture++) {
      for (let c = 0; c < classes; c++) {
        const share = at(text, picture, c) / n;
        byText[text * classes + c] = (byText[text * classes + c] as number) + share;
        byPicture[picture * classes + c] = (byPicture[picture * classes + c] as number) + share;
        all[c] = (all[c] as number) + share / n;
      }
    }
  }
  return byText.map((value, i) => value + (byPicture[i] as number) - (all[i % classes] as number));
}

export interface Emap {
  /** Records that were scored. */
  records: number;
  /** Share of right answers of the model as it is, and of its additive part. */
  accuracy: number;
  additive: number;
  /** Right or wrong, record by record, for a paired comparison. */
  right: { model: boolean[]; additive: boolean[] };
  labels: string[];
  /** Log-probabilities [n, n, C] of the labels by text, then picture, row-major. */
  scores: Float64Array;
}

/** EMAP of the classifier in `directory` on the first `most` records of `file` that have a picture. */
export async function emap(
  directory: string,
  file: string,
  { most = 100, batchSize = 256 } = {},
): Promise<Emap> {
  const trained = await loadTrainedModel(join(directory, 'model'));
  try {
    const { task, model } = trained;
    if (!isRecordTask(task) || !['classification', 'relation'].includes(task.name)) {
      throw new InputError(`${directory}: EMAP is of classifiers; this is a ${task.name} model`);
    }
    const all = (await readRecords(file, task.name as Task)) as RecordSet;
    const kept = all.records.flatMap((_, row) => (all.pictures[row] === null ? [] : [row])).slice(0, most);
    const n = kept.length;
    if (n < 2) throw new InputError(`${file}: EMAP needs two records with pictures or more, found ${n}`);
    const pick = <T>(list: readonly T[]) => kept.map((row) => list[row] as T);
    const set = { ...all, records: pick(all.records), pictures: pick(all.pictures), lines: pick(all.lines) };
    const examples = await examplesFor({ ...trained, task }, set);
    const labels = task.state.labels as string[];
    const scores = new Float64Array(n * n * labels.length);
    for (let shift = 0; shift < n; shift++) {
      const pictures = kept.map((_, row) => (row + shift) % n);
      const { probabilities } = await model.outputs(examples.like(set, pictures), batchSize);
      for (const [text, picture] of pictures.entries()) {
        for (let c = 0; c < labels.length; c++) {
          const p = probabilities?.data[text * labels.length + c] as number;
          scores[(text * n + picture) * labels.length + c] = Math.log(Math.max(p, 1e-30));
        }
      }
    }
    const own = Float64Array.from({ length: n * labels.length }, (_, i) => {
      const row = Math.floor(i / labels.length);
      return scores[row * n * labels.length + row * labels.length + (i % labels.length)] as number;
    });
    const truth = set.records.map((record) => labels.indexOf((record as { label: string }).label));
    const rightOf = (rows: Float64Array) =>
      truth.map(
        (label, row) => argMax(rows.subarray(row * labels.length, (row + 1) * labels.length)) === label,
      );
    const right = { model: rightOf(own), additive: rightOf(additiveScores(scores, n, labels.length)) };
    const share = (list: boolean[]) => list.filter(Boolean).length / n;
    const shares = { accuracy: share(right.model), additive: share(right.additive) };
    return { records: n, ...shares, right, labels: [...labels], scores };
  } finally {
    trained.model.dispose();
  }
}
