/** @file What exported graphs write, greedily, beside what the model writes; the model writes once for all of them. */
import { join } from 'node:path';
import { type AnyRecord, sequentialBatches } from '../../data';
import { ExportedLogits, greedy, NetworkLogits, type NextTokenLogits, roomFor } from '../../decoding';
import { mostTokens, textFormat, type WritingDefinition, writingTaskNamed } from '../../tasks';
import type { Examples } from '../../tasks/examples';
import type { TrainedModel } from '../trained-model';
import type { AgreementOptions, Compared } from './agreement';
import { type OnnxPrecision, onnxFileName } from './export-onnx';

/** One for each precision. */
export async function compareTexts(
  { model, task, tokenizer }: TrainedModel,
  folder: string,
  examples: Examples,
  precisions: readonly OnnxPrecision[],
  { batchSize = 16, onProgress }: AgreementOptions,
): Promise<Compared[]> {
  const { network, parameters } = model;
  const format = textFormat(tokenizer);
  const definition = writingTaskNamed(task.name) as WritingDefinition;
  const ours = new NetworkLogits({ network: network.text, guided: network, parameters });
  const tallies = precisions.map(() => ({ same: 0, milliseconds: 0 }));
  const all: ExportedLogits[] = [];
  try {
    for (const precision of precisions) {
      const suffix = onnxFileName('', precision).replace('.onnx', '');
      const startId = network.text.decoder?.startId;
      const options = { suffix, maxLength: ours.maxLength, startId };
      all.push(await ExportedLogits.open(join(folder, 'onnx'), options));
    }
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
      for (const [i, exported] of all.entries()) {
        const tally = tallies[i] as (typeof tallies)[number];
        const started = performance.now();
        const found = await write(exported.withPictures(shown ?? []));
        tally.milliseconds += performance.now() - started;
        for (const [place, one] of found.entries()) {
          tally.same += Number(String(one.ids) === String(expected[place]?.ids));
        }
      }
      onProgress?.((rows[0] as number) + rows.length);
    }
  } finally {
    ours.dispose();
    for (const exported of all) await exported.dispose();
  }
  return tallies.map(({ same, milliseconds }) => ({
    agreement: same / examples.count,
    largestDifference: null,
    milliseconds: milliseconds / examples.count,
  }));
}
