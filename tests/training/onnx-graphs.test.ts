/**
 * @file Exported graphs of models that write, of every form of fusion, run by ONNX Runtime alone: the cached steps of
 * prompts that stand behind padding of unequal lengths give the kit's logits, to 1e-4, with a picture and without.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { beamSearch, ExportedLogits, NetworkLogits, type NextTokenLogits } from '../../src/lib/decoding';
import { tf, use } from '../../src/lib/engine';
import { fusionConfigSchema, GuidedNetwork, gateConfigSchema } from '../../src/lib/fusion';
import { createParameters, type Parameters } from '../../src/lib/nn';
import { Generator } from '../../src/lib/random';
import { textConfigSchema } from '../../src/lib/text';
import { exportOnnx } from '../../src/lib/training/onnx/export-onnx';
import { visionConfigSchema } from '../../src/lib/vision';
import { TINY_VOCABULARY, tinyWriters } from '../support/tiny-networks';
import '../support/matchers';

const V = TINY_VOCABULARY;
const SIDE = 8;
const forms = [
  'none',
  'concat',
  'prefix',
  'cross-attention',
  'gated-cross-attention',
  'gated-addition',
  'film',
];
// Of the networks that differ from GPT-2 in their cache and positions alone, the forms that touch these.
const formsOf: Record<string, string[]> = {
  gpt2: forms,
  llama: ['none', 'concat', 'prefix'],
  bart: ['none', 'prefix', 'cross-attention'],
};
const cases = Object.keys(tinyWriters).flatMap((text) =>
  (formsOf[text] ?? []).map((form) => ({ text, form, gate: form === 'concat' })),
);
const close = { absolute: 1e-4, relative: 1e-4 };

let parameters: Parameters;
let logits: NetworkLogits;
let exported: ExportedLogits;
let folder: string;
async function release(): Promise<void> {
  logits.dispose();
  parameters.dispose();
  await exported.dispose();
  rmSync(folder, { recursive: true });
}
beforeAll(() => use({ device: 'cpu' }));

async function build(form: string, text: string, gate: boolean) {
  const guided = new GuidedNetwork({
    text: textConfigSchema.parse(tinyWriters[text]),
    vision:
      form === 'none' ? null : visionConfigSchema.parse({ modelType: 'cnn', imageSize: SIDE, channels: [6] }),
    fusion: fusionConfigSchema.parse(form.includes('cross') ? { kind: form, heads: 2 } : form),
    pooling: 'mean',
    gate: gate ? gateConfigSchema.parse({ mode: 'soft', hiddenSize: 8 }) : null,
  });
  const { languageModel, decoder } = guided.text;
  parameters = createParameters([...guided.specifications(), ...languageModel.specifications()], 5);
  const trained = { model: { network: guided, parameters }, task: { name: 'captioning' as const } };
  folder = mkdtempSync(join(tmpdir(), 'sightline-onnx-'));
  await exportOnnx(trained, folder, ['fp32']);
  exported = await ExportedLogits.open(join(folder, 'onnx'), {
    maxLength: guided.text.maxLength,
    startId: decoder?.startId,
  });
  logits = new NetworkLogits({ network: guided.text, parameters, guided });
  return guided;
}

const prompts = [
  [3, 7, 11, 2, 19],
  [5, 1],
];
const written = [
  [4, 9, 13],
  [17, 0, 6],
];
const SIZE = SIDE * SIDE * 3;
const picture = Float32Array.from({ length: SIZE }, () => 0).map((_, i) =>
  new Generator(9, 'p', i).uniform(),
);

/** Logits after each prompt and each written id. */
async function logitsOf(about: NextTokenLogits): Promise<Float32Array[][]> {
  const steps: Float32Array[][] = [];
  const rows = prompts.map((ids, source) => ({ ids: [...ids], source, parent: null as number | null }));
  for (let step = 0; ; step++) {
    steps.push(await about.next(rows));
    if (step === written[0]?.length) return steps;
    for (const [i, row] of rows.entries()) {
      row.ids = [...row.ids, written[i]?.[step] as number];
      row.parent = i;
    }
  }
}

describe.each(cases)('$text with $form', ({ text, form, gate }) => {
  afterEach(release);
  it('writes in ONNX Runtime what it writes here', async () => {
    const guided = await build(form, text, gate);
    const pictures = guided.vision ? [picture, null] : [null, null];
    const about = guided.vision ? logits.withPictures(pictures) : logits;
    const ours = await logitsOf(about);
    const theirs = await logitsOf(exported.withPictures(pictures));
    for (const [step, rows] of ours.entries()) {
      for (const [i, row] of rows.entries()) expect(theirs[step]?.[i]).toBeClose(row, close);
    }
    // Another prompt under the same number is read anew.
    const again = { ids: [9, 9, 4], source: 0, parent: null };
    const [other] = await exported.withPictures(pictures).next([again]);
    const reused = exported.withPictures(pictures);
    await reused.next([{ ids: [3, 7], source: 0, parent: null }]);
    expect((await reused.next([again]))[0]).toEqual(other);
    // A beam makes rows change places.
    const options = { beams: 3, maximumTokens: 6, stopIds: [4] };
    const beams = await beamSearch(about, prompts, options);
    const found = await beamSearch(exported.withPictures(pictures), prompts, options);
    const ids = (all: typeof beams) => all.map((row) => row.map((beam) => beam.ids));
    expect(ids(found)).toEqual(ids(beams));
    if (about !== logits) about.dispose();
  });
});

describe('a masked language model', () => {
  it('gives the logits of every token, whatever is padding', async () => {
    const config = textConfigSchema.parse({
      modelType: 'bert',
      vocabSize: V,
      hiddenSize: 16,
      numHiddenLayers: 2,
      numAttentionHeads: 2,
      intermediateSize: 24,
      maxPositionEmbeddings: 40,
      initializerRange: 0.4,
    });
    const network = new GuidedNetwork({
      text: config,
      vision: null,
      fusion: { kind: 'none' },
      pooling: 'mean',
    });
    const { languageModel } = network.text;
    const own = createParameters([...network.specifications(), ...languageModel.specifications()], 5);
    const place = mkdtempSync(join(tmpdir(), 'sightline-onnx-'));
    await exportOnnx({ model: { network, parameters: own }, task: { name: 'masked-lm' } }, place, ['fp32']);
    const session = await ort.InferenceSession.create(join(place, 'onnx', 'model.onnx'));
    const ids = [3, 7, 11, 2, 19, 5, 1, 0, 0, 0];
    const mask = [1, 1, 1, 1, 1, 1, 1, 1, 0, 0];
    const whole = (numbers: number[]) =>
      new ort.Tensor('int64', BigInt64Array.from(numbers, BigInt), [2, numbers.length / 2]);
    const found = await session.run({
      input_ids: whole(ids),
      attention_mask: whole(mask),
      token_type_ids: whole(ids.map(() => 0)),
    });
    const expected = tf.tidy(() => {
      const read = {
        ids: tf.tensor2d(ids, [2, 5], 'int32'),
        mask: tf.tensor2d(mask, [2, 5], 'int32'),
      };
      return languageModel.logits(own, network.text.forward(own, read).states).dataSync() as Float32Array;
    });
    expect(found.logits?.dims).toEqual([2, 5, V]);
    expect(found.logits?.data as Float32Array).toBeClose(expected, close);
    await session.release();
    own.dispose();
    rmSync(place, { recursive: true });
  });
});
