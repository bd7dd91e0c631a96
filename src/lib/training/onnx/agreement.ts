/**
 * @file Whether exported files answer as the model does: the same records through ONNX Runtime alone and through the kit,
 * the share that gets the same answer, and how far the logits are apart. Of 8-bit weights that is the quality lost.
 */
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { type AnyRecord, type RecordSet, readRecords, sequentialBatches } from '../../data';
import { ExportedLogits, greedy, NetworkLogits, type NextTokenLogits, roomFor } from '../../decoding';
import { compile, tf } from '../../engine';
import { InputError } from '../../errors';
import type { GuidedInputs } from '../../fusion';
import { IGNORED } from '../../nn';
import {
  type FittedTask,
  isRecordTask,
  isWritingTask,
  mostTokens,
  textFormat,
  type WritingDefinition,
  writingTaskNamed,
} from '../../tasks';
import type { Examples } from '../../tasks/examples';
import { examplesFor } from '../evaluate';
import type { TrainedModel } from '../trained-model';
import { type OnnxPrecision, onnxFileName } from './export-onnx';

export interface OnnxAgreement {
  precision: OnnxPrecision;
  records: number;
  /** Share of the answers (of a text that is written: of whole texts; of entities: of tags) that are the kit's. */
  agreement: number;
  /** Of a logit, or of a value in deviations of the training values; `null` for texts that are written. */
  largestDifference: number | null;
  /** Milliseconds that ONNX Runtime took a record, in batches. */
  milliseconds: number;
}

export interface AgreementOptions {
  /** Of a file only the first so many are compared. */
  mostRecords?: number;
  batchSize?: number;
  onProgress?: (done: number) => void;
}

/** Values nearer than this share of their deviation in training are the same. */
const SAME_VALUE = 1e-3;

/** Throws what ONNX Runtime throws where a file of `folder`/onnx cannot be run. */
export async function onnxAgreement(
  trained: TrainedModel & { task: FittedTask },
  folder: string,
  examples: Examples,
  precision: OnnxPrecision,
  options: AgreementOptions = {},
): Promise<OnnxAgreement> {
  const compared = isWritingTask(trained.task.name)
    ? await compareWriting(trained, folder, examples, precision, options)
    : await compareLogits(trained, folder, examples, precision, options);
  return { precision, records: examples.count, ...compared };
}

/** `onnxAgreement` on the records of a file. Throws an `InputError` where the model reads no records. */
export async function onnxAgreementOn(
  trained: TrainedModel,
  folder: string,
  file: string,
  precision: OnnxPrecision,
  options: AgreementOptions = {},
): Promise<OnnxAgreement> {
  const { task } = trained;
  if (!isRecordTask(task)) throw new InputError(`a ${task.name} model reads running text and no records`);
  const all = (await readRecords(file, task.name)) as RecordSet;
  const set = firstRecords(all, options.mostRecords ?? all.records.length);
  const examples = await examplesFor({ ...trained, task }, set);
  return onnxAgreement({ ...trained, task }, folder, examples, precision, options);
}

function firstRecords(set: RecordSet, most: number): RecordSet {
  const [records, lines, pictures] = [set.records, set.lines, set.pictures].map((all) => all.slice(0, most));
  return { ...set, records, lines, pictures } as RecordSet;
}

type Compared = Omit<OnnxAgreement, 'precision' | 'records'>;

async function compareLogits(
  { model, task }: TrainedModel,
  folder: string,
  examples: Examples,
  precision: OnnxPrecision,
  { batchSize = 32, onProgress }: AgreementOptions,
): Promise<Compared> {
  const session = await ort.InferenceSession.create(join(folder, 'onnx', onnxFileName('model', precision)), {
    logSeverityLevel: 3,
  });
  const { parameters, network } = model;
  const deviation = Number(task.state.deviation ?? 1); // of a regression's values
  type Tensors = { [name: string]: tf.Tensor };
  const ours = compile(
    (inputs: Tensors, targets: Tensors) => {
      const fused = network.forward(parameters, inputs as unknown as GuidedInputs);
      return task.logits?.(parameters, fused, targets) as tf.Tensor;
    },
    { state: parameters.variables(), name: 'logits' },
  );
  let [same, answers, largest, milliseconds] = [0, 0, 0, 0];
  try {
    for (const rows of sequentialBatches(examples.count, batchSize)) {
      const { inputs, targets } = await examples.batch(rows);
      const { pictureId: _, forcedRelevance: __, ...read } = inputs as Tensors;
      const feeds = feedsOf(read, targets, task.spans ?? []);
      const started = performance.now();
      const found = await session.run(
        Object.fromEntries(session.inputNames.map((name) => [name, feeds[name] as ort.Tensor])),
      );
      milliseconds += performance.now() - started;
      const expected = await ours(read, targets);
      const theirs = (found.logits as ort.Tensor).data as Float32Array;
      const values = expected.dataSync() as Float32Array;
      for (const [i, value] of values.entries()) {
        largest = Math.max(largest, Math.abs(value - (theirs[i] as number)));
      }
      const classes = expected.shape.at(-1) as number;
      // Of a token's pieces the first is asked.
      const asked = expected.rank === 3 ? ((targets.labels as tf.Tensor).dataSync() as Int32Array) : null;
      for (let row = 0; row < values.length / classes; row++) {
        if (asked?.[row] === IGNORED) continue;
        const part = (all: Float32Array) => all.subarray(row * classes, (row + 1) * classes);
        answers += 1;
        same += Number(sameAnswer(part(values), part(theirs), deviation));
      }
      tf.dispose([inputs, targets, expected]);
      onProgress?.((rows[0] as number) + rows.length);
    }
  } finally {
    ours.dispose();
    await session.release();
  }
  return {
    agreement: same / answers,
    largestDifference: largest / deviation,
    milliseconds: milliseconds / examples.count,
  };
}

function sameAnswer(a: Float32Array, b: Float32Array, deviation: number): boolean {
  if (a.length === 1) return Math.abs((a[0] as number) - (b[0] as number)) < SAME_VALUE * deviation;
  const best = (all: Float32Array) => all.indexOf(Math.max(...all));
  return best(a) === best(b);
}

/** A batch as exported graphs take it. */
function feedsOf(
  inputs: { [name: string]: tf.Tensor },
  targets: { [name: string]: tf.Tensor },
  spans: readonly string[],
): Record<string, ort.Tensor> {
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

async function compareWriting(
  { model, task, tokenizer }: TrainedModel,
  folder: string,
  examples: Examples,
  precision: OnnxPrecision,
  { batchSize = 16, onProgress }: AgreementOptions,
): Promise<Compared> {
  const { network, parameters } = model;
  const format = textFormat(tokenizer);
  const definition = writingTaskNamed(task.name) as WritingDefinition;
  const suffix = onnxFileName('', precision).replace('.onnx', '');
  const ours = new NetworkLogits({ network: network.text, guided: network, parameters });
  const exported = await ExportedLogits.open(join(folder, 'onnx'), {
    suffix,
    maxLength: ours.maxLength,
    startId: network.text.decoder?.startId,
  });
  let [same, milliseconds] = [0, 0];
  try {
    for (const rows of sequentialBatches(examples.count, batchSize)) {
      const ids = Array.from(rows, (row) =>
        format.prompt(definition.prompt(examples.set.records[row] as AnyRecord)),
      );
      const shown = network.vision ? await examples.pictures(rows) : null;
      const room = Math.min(...ids.map(({ length }) => roomFor(ours, length)));
      const write = (logits: NextTokenLogits) =>
        greedy(logits, ids, {
          maximumTokens: Math.max(0, Math.min(mostTokens(task.state), room)),
          stopIds: [format.endId],
        });
      const kit = shown ? ours.withPictures(shown) : ours;
      const expected = await write(kit);
      if (kit !== ours) kit.dispose();
      const started = performance.now();
      const found = await write(exported.withPictures(shown ?? []));
      milliseconds += performance.now() - started;
      for (const [i, one] of found.entries()) {
        same += Number(String(one.ids) === String(expected[i]?.ids));
      }
      onProgress?.((rows[0] as number) + rows.length);
    }
  } finally {
    ours.dispose();
    await exported.dispose();
  }
  return {
    agreement: same / examples.count,
    largestDifference: null,
    milliseconds: milliseconds / examples.count,
  };
}
