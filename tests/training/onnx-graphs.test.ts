/**
 * @file Exported graphs of models that write, of every form of fusion, run by ONNX Runtime alone: the cached steps of
 * prompts that stand behind padding of unequal lengths give the kit's logits, to 1e-4, with a picture and without.
 */
import * as ort from 'onnxruntime-node';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { NetworkLogits } from '../../src/lib/decoding';
import { encodeModel, use } from '../../src/lib/engine';
import { fusionConfigSchema, GuidedNetwork, gateConfigSchema } from '../../src/lib/fusion';
import { createParameters, type Parameters } from '../../src/lib/nn';
import { Generator } from '../../src/lib/random';
import { type TextConfigInput, textConfigSchema } from '../../src/lib/text';
import { onnxGraphs } from '../../src/lib/training/onnx/graphs';
import type { TrainedModel } from '../../src/lib/training/trained-model';
import { visionConfigSchema } from '../../src/lib/vision';
import '../support/matchers';

const V = 23;
const SIDE = 8;
const texts: Record<string, TextConfigInput> = {
  gpt2: {
    modelType: 'gpt2',
    vocabSize: V,
    nEmbd: 16,
    nLayer: 2,
    nHead: 2,
    nPositions: 80,
    initializerRange: 0.4,
  },
  llama: {
    modelType: 'llama',
    vocabSize: V,
    hiddenSize: 16,
    intermediateSize: 24,
    numHiddenLayers: 2,
    numAttentionHeads: 4,
    numKeyValueHeads: 2,
    maxPositionEmbeddings: 96,
    initializerRange: 0.4,
  },
  bart: {
    modelType: 'bart',
    vocabSize: V,
    dModel: 16,
    encoderLayers: 1,
    decoderLayers: 2,
    encoderAttentionHeads: 2,
    decoderAttentionHeads: 2,
    encoderFfnDim: 24,
    decoderFfnDim: 24,
    maxPositionEmbeddings: 96,
    dropout: 0,
    initStd: 0.4,
  },
};
const forms = ['none', 'concat', 'prefix', 'cross-attention', 'gated-cross-attention', 'gated-addition'];
// Of the networks that differ from GPT-2 in their cache and positions alone, the forms that touch these.
const formsOf: Record<string, string[]> = {
  gpt2: forms,
  llama: ['none', 'concat', 'prefix'],
  bart: ['none', 'prefix', 'cross-attention'],
};
const cases = Object.keys(texts).flatMap((text) =>
  (formsOf[text] ?? []).map((form) => ({ text, form, gate: form === 'concat' })),
);
const close = { absolute: 1e-4, relative: 1e-4 };

type Feeds = Record<string, ort.Tensor>;
let parameters: Parameters;
let sessions: Map<string, ort.InferenceSession>;
let logits: NetworkLogits;
afterEach(() => {
  logits.dispose();
  parameters.dispose();
});
beforeAll(() => use({ device: 'cpu' }));

async function build(form: string, text: string, gate: boolean) {
  const guided = new GuidedNetwork({
    text: textConfigSchema.parse(texts[text]),
    vision:
      form === 'none' ? null : visionConfigSchema.parse({ modelType: 'cnn', imageSize: SIDE, channels: [6] }),
    fusion: fusionConfigSchema.parse(form.includes('cross') ? { kind: form, heads: 2 } : form),
    pooling: 'mean',
    gate: gate ? gateConfigSchema.parse({ mode: 'soft', hiddenSize: 8 }) : null,
  });
  const { languageModel } = guided.text;
  parameters = createParameters([...guided.specifications(), ...languageModel.specifications()], 5);
  const trained = { model: { network: guided, parameters }, task: { name: 'captioning' } };
  const graphs = await onnxGraphs(trained as unknown as TrainedModel);
  sessions = new Map();
  for (const [file, fields] of graphs) {
    sessions.set(file, await ort.InferenceSession.create(encodeModel(fields), { logSeverityLevel: 3 }));
  }
  logits = new NetworkLogits({ network: guided.text, parameters, guided });
  return guided;
}

function run(file: string, feeds: Feeds): Promise<Feeds> {
  return (sessions.get(file) as ort.InferenceSession).run(feeds) as Promise<Feeds>;
}

const longs = (rows: readonly (readonly number[])[]) =>
  new ort.Tensor('int64', BigInt64Array.from(rows.flat(), BigInt), [rows.length, rows[0]?.length ?? 0]);

/** `past_key_values` of the outputs named `present`; empty ones where there are none yet. */
function cacheOf(file: string, found: Feeds | null, batch: number): Feeds {
  const session = sessions.get(file) as ort.InferenceSession;
  const wanted = session.inputMetadata.filter(({ name }) => name.startsWith('past'));
  return Object.fromEntries(
    wanted.map((input) => {
      const known = found?.[input.name.replace('past_key_values', 'present')];
      if (known) return [input.name, known];
      const [, heads, , width] = (input as unknown as { shape: number[] }).shape as [0, number, 0, number];
      return [input.name, new ort.Tensor('float32', new Float32Array(0), [batch, heads, 0, width])];
    }),
  );
}

/** Logits of the last place of each row. */
function lastRows({ logits: all }: Feeds): Float32Array[] {
  const [batch, time] = (all as ort.Tensor).dims as [number, number];
  const data = (all as ort.Tensor).data as Float32Array;
  return Array.from({ length: batch }, (_, i) => data.slice(((i + 1) * time - 1) * V, (i + 1) * time * V));
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

/** The same pictures as a processor lays them: [batch, 3, S, S]. */
function pixelValues(pictures: readonly (Float32Array | null)[]): ort.Tensor {
  const data = new Float32Array(pictures.length * SIZE);
  for (const [row, one] of pictures.entries()) {
    for (let i = 0; one && i < SIZE; i++) {
      data[row * SIZE + (i % 3) * SIDE * SIDE + Math.floor(i / 3)] = one[i] as number;
    }
  }
  return new ort.Tensor('float32', data, [pictures.length, 3, SIDE, SIDE]);
}

/** The kit's logits after each prompt and each written id. */
async function expected(about: NetworkLogits): Promise<Float32Array[][]> {
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

/** What every graph is fed for pictures, and the cache that the text begins with. */
async function seen(guided: GuidedNetwork, pictures: readonly (Float32Array | null)[]) {
  if (!guided.vision) return { beside: {}, cache: null, ones: 0 };
  let present = new ort.Tensor(
    'float32',
    Float32Array.from(pictures, (one) => Number(one !== null)),
    [2],
  );
  const found = await run('vision_encoder', { pixel_values: pixelValues(pictures) });
  if (guided.config.gate) {
    const { ids, mask } = padded(prompts);
    const { relevance } = await run('relevance_gate', {
      input_ids: longs(ids),
      attention_mask: longs(mask),
      ...found,
    });
    const open = (relevance as ort.Tensor).data as Float32Array;
    present = new ort.Tensor(
      'float32',
      open.map((value, i) => value * Number(pictures[i] !== null)),
      [2],
    );
  }
  const beside = { ...found, image_present: present };
  if (guided.pictureTokenCount === 0) return { beside, cache: null, ones: 0 };
  return { beside: {}, cache: await run('image_prefix', beside), ones: guided.pictureTokenCount };
}

/** Padding before the text, as Hugging Face generates. */
function padded(rows: readonly (readonly number[])[]) {
  const longest = Math.max(...rows.map(({ length }) => length));
  const before = rows.map(({ length }) => Array<number>(longest - length).fill(0));
  return {
    ids: rows.map((row, i) => [...(before[i] as number[]), ...row]),
    mask: rows.map((row, i) => [...(before[i] as number[]), ...row.map(() => 1)]),
  };
}

async function causal(guided: GuidedNetwork, pictures: readonly (Float32Array | null)[]) {
  const { beside, cache, ones } = await seen(guided, pictures);
  let { ids, mask } = padded(prompts);
  mask = mask.map((row) => [...Array<number>(ones).fill(1), ...row]);
  let found: Feeds | null = cache;
  const steps: Float32Array[][] = [];
  for (let step = 0; ; step++) {
    const time = ids[0]?.length ?? 0;
    const positions = mask.map((row) => {
      let count = -1;
      return row.map((one) => (one ? ++count : 1)).slice(-time);
    });
    found = await run('model', {
      input_ids: longs(ids),
      attention_mask: longs(mask),
      position_ids: longs(positions),
      ...beside,
      ...cacheOf('model', found, 2),
    });
    steps.push(lastRows(found));
    if (step === written[0]?.length) return steps;
    ids = written.map((row) => [row[step] as number]);
    mask = mask.map((row) => [...row, 1]);
  }
}

async function besideEncoder(
  guided: GuidedNetwork,
  pictures: readonly (Float32Array | null)[],
  start: number,
) {
  const { ids, mask } = padded(prompts);
  // The encoder's positions are those of the row: padding stands behind.
  const turned = prompts.map((row, i) => [
    ...row,
    ...Array<number>((ids[i]?.length ?? 0) - row.length).fill(0),
  ]);
  const turnedMask = mask.map((row) => [...row].reverse());
  const pictureFeeds: Feeds = guided.vision
    ? {
        pixel_values: pixelValues(pictures),
        image_present: new ort.Tensor(
          'float32',
          Float32Array.from(pictures, (one) => Number(one !== null)),
          [2],
        ),
      }
    : {};
  const encoded = await run('encoder_model', {
    input_ids: longs(turned),
    attention_mask: longs(turnedMask),
    ...pictureFeeds,
  });
  let found: Feeds | null = null;
  let next = [[start], [start]];
  const steps: Float32Array[][] = [];
  for (let step = 0; ; step++) {
    found = await run('decoder_model_merged', {
      input_ids: longs(next),
      encoder_attention_mask: longs(turnedMask),
      encoder_hidden_states: encoded.last_hidden_state as ort.Tensor,
      ...cacheOf('decoder_model_merged', found, 2),
    });
    steps.push(lastRows(found));
    if (step === written[0]?.length) return steps;
    next = written.map((row) => [row[step] as number]);
  }
}

describe.each(cases)('$text with $form', ({ text, form, gate }) => {
  it('writes in ONNX Runtime what it writes here', async () => {
    const guided = await build(form, text, gate);
    const pictures = guided.vision ? [picture, null] : [null, null];
    const about = guided.vision ? logits.withPictures(pictures) : logits;
    const ours = await expected(about);
    const { decoder } = guided.text;
    const theirs = decoder
      ? await besideEncoder(guided, pictures, decoder.startId)
      : await causal(guided, pictures);
    for (const [step, rows] of ours.entries()) {
      for (const [i, row] of rows.entries()) expect(theirs[step]?.[i]).toBeClose(row, close);
    }
    if (about !== logits) about.dispose();
  });
});
