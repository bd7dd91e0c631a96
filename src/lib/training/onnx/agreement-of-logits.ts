/** @file The logits of exported graphs beside the model's own, batch by batch; the model is asked once for all of them. */
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { sequentialBatches } from '../../data';
import { compile, tf } from '../../engine';
import type { GuidedInputs } from '../../fusion';
import { IGNORED } from '../../nn';
import type { Examples } from '../../tasks/examples';
import type { TrainedModel } from '../trained-model';
import type { AgreementOptions, Compared } from './agreement';
import { type OnnxPrecision, onnxFileName } from './export-onnx';

/** Values nearer than this share of their deviation in training are the same. */
const SAME_VALUE = 1e-3;

type Tensors = { [name: string]: tf.Tensor };

/** One for each precision. */
export async function compareLogits(
  { model, task }: TrainedModel,
  folder: string,
  examples: Examples,
  precisions: readonly OnnxPrecision[],
  { batchSize = 32, onProgress }: AgreementOptions,
): Promise<Compared[]> {
  const { parameters, network } = model;
  const deviation = Number(task.state.deviation ?? 1); // of a regression's values
  const ours = compile(
    (inputs: Tensors, targets: Tensors) => {
      const fused = network.forward(parameters, inputs as unknown as GuidedInputs);
      return task.logits?.(parameters, fused, targets) as tf.Tensor;
    },
    { state: parameters.variables(), name: 'logits' },
  );
  const tallies = precisions.map(() => ({ same: 0, answers: 0, largest: 0, milliseconds: 0 }));
  const sessions: ort.InferenceSession[] = [];
  try {
    for (const precision of precisions) {
      const path = join(folder, 'onnx', onnxFileName('model', precision));
      sessions.push(await ort.InferenceSession.create(path, { logSeverityLevel: 3 }));
    }
    for (const rows of sequentialBatches(examples.count, batchSize)) {
      const { inputs, targets } = await examples.batch(rows);
      const { pictureId: _, forcedRelevance: __, ...read } = inputs as Tensors;
      const feeds = feedsOf(read, targets, task.spans ?? []);
      const expected = await ours(read, targets);
      const values = expected.dataSync() as Float32Array;
      const classes = expected.shape.at(-1) as number;
      // Of a token's pieces the first is asked.
      const asked = expected.rank === 3 ? ((targets.labels as tf.Tensor).dataSync() as Int32Array) : null;
      for (const [i, session] of sessions.entries()) {
        const tally = tallies[i] as (typeof tallies)[number];
        const started = performance.now();
        const found = await session.run(
          Object.fromEntries(session.inputNames.map((name) => [name, feeds[name] as ort.Tensor])),
        );
        tally.milliseconds += performance.now() - started;
        const theirs = (found.logits as ort.Tensor).data as Float32Array;
        for (const [place, value] of values.entries()) {
          tally.largest = Math.max(tally.largest, Math.abs(value - (theirs[place] as number)));
        }
        for (let row = 0; row < values.length / classes; row++) {
          if (asked?.[row] === IGNORED) continue;
          const part = (all: Float32Array) => all.subarray(row * classes, (row + 1) * classes);
          tally.answers += 1;
          tally.same += Number(sameAnswer(part(values), part(theirs), deviation));
        }
      }
      tf.dispose([inputs, targets, expected]);
      onProgress?.((rows[0] as number) + rows.length);
    }
  } finally {
    ours.dispose();
    for (const session of sessions) await session.release();
  }
  return tallies.map(({ same, answers, largest, milliseconds }) => ({
    agreement: same / answers,
    largestDifference: largest / deviation,
    milliseconds: milliseconds / examples.count,
  }));
}

function sameAnswer(a: Float32Array, b: Float32Array, deviation: number): boolean {
  if (a.length === 1) return Math.abs((a[0] as number) - (b[0] as number)) < SAME_VALUE * deviation;
  const best = (all: Float32Array) => all.indexOf(Math.max(...all));
  return best(a) === best(b);
}

/** A batch as exported graphs take it. */
function feedsOf(inputs: Tensors, targets: Tensors, spans: readonly string[]): Record<string, ort.Tensor> {
  const integers = (tensor: tf.Tensor | undefined) =>
    tensor &&
    new ort.Tensor('int64', BigInt64Array.from(tensor.dataSync() as Int32Array, BigInt), tensor.shape);
  const reals = (tensor: tf.Tensor | undefined) =>
    tensor && new ort.Tensor('float32', tensor.dataSync() as Float32Array, tensor.shape);
  const { ids, mask, tokenTypes, pixels, picturePresent } = inputs;
  const channelsFirst = pixels?.rank === 4 ? tf.transpose(pixels, [0, 3, 1, 2]) : undefined;
  const feeds: Record<string, ort.Tensor | undefined> = {
    input_ids: integers(ids),
    attention_mask: integers(mask),
    token_type_ids: integers(tokenTypes),
    pixel_values: reals(channelsFirst),
    features: pixels?.rank === 3 ? reals(pixels) : undefined,
    image_present: reals(picturePresent),
    ...Object.fromEntries(spans.map((span) => [`${span}_mask`, integers(targets[span])])),
  };
  channelsFirst?.dispose();
  return Object.fromEntries(
    Object.entries(feeds).filter((entry): entry is [string, ort.Tensor] => entry[1] !== undefined),
  );
}
