/**
 * @file What the picture tells of the answer: the gain in log-likelihood, in nats a token (Lee and Hwang 2026),
 *
 *     gain = Σ_t [ log p(y_t | picture, x, y_<t) − log p(y_t | x, y_<t) ] / tokens
 *
 * of a model that writes; of a classifier log p(label | picture, x) − log p(label | x), one token a record. A model that
 * was never trained without pictures (`training.pictureDropout`) is a poor judge of the second term.
 */
import type { Condition } from '../data';
import { InputError } from '../errors';
import { isRecordTask, type OutputRows } from '../tasks';
import type { Examples } from '../tasks/examples';
import { type Answered, answerUnder } from '../training/evaluate';
import { type BootstrapInterval, bootstrapInterval } from './statistics';

export interface PictureGain {
  /** Nats a token, over all records, with its 95 % interval clustered by group. */
  mean: BootstrapInterval;
  /** Nats of each record, all its tokens together. */
  records: Float64Array;
  /** Tokens of each record's answer, its end included. */
  tokens: Float64Array;
}

/** Of the run in `directory` on the records of `file`; `against` in place of no picture at all. */
export async function pictureGain(
  directory: string,
  file: string,
  { against = 'none' as Condition, seed = 1 } = {},
): Promise<PictureGain> {
  let clusters: string[] = [];
  const [right, without] = await answerUnder(
    [{ condition: 'right' }, { condition: against }],
    directory,
    file,
    (answered) => {
      clusters = answered.source.clusters();
      return logLikelihoods(answered, directory);
    },
    { seed },
  );
  if (!right || !without) throw new Error('pictureGain: two conditions gave no two answers');
  const { tokens } = right;
  const records = right.sums.map((sum, row) => sum - (without.sums[row] as number));
  const metric = (indices: Int32Array) => {
    let [sum, count] = [0, 0];
    for (const i of indices) {
      sum += records[i] as number;
      count += tokens[i] as number;
    }
    return sum / count;
  };
  return { mean: bootstrapInterval({ metric, records: records.length, clusters, seed }), records, tokens };
}

function logLikelihoods({ task, source, outputs }: Answered, directory: string) {
  const { loss, count, probabilities } = outputs as Partial<OutputRows>;
  if (loss && count)
    return { sums: Float64Array.from(loss.data, (x) => -x), tokens: Float64Array.from(count.data) };
  if (!probabilities || !isRecordTask(task) || !task.state.labels) {
    throw new InputError(`${directory}: a ${task.name} model gives no likelihood of an answer`);
  }
  const labels = task.state.labels as string[];
  const { records } = (source as Examples).set;
  const sums = Float64Array.from(records, (record, row) => {
    const label = labels.indexOf((record as { label: string }).label);
    return Math.log(Math.max(probabilities.data[row * labels.length + label] as number, 1e-30));
  });
  return { sums, tokens: new Float64Array(records.length).fill(1) };
}
