/**
 * @file Suite `onnx`: exported classifiers in ONNX Runtime against the same weights in PyTorch (`transformers`), in one
 * run: latency at batch 1, throughput at batch 32. A classifier of this kit's size, and an encoder of BERT-base's. With
 * float32 the logits have to agree; with 8-bit weights their difference is told. Sizes of the files in the notes.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { fusion, nn, random, text, training } from '../src/lib';
import { PythonPeer, peerPython } from './python-peer';
import { type BenchResult, type BenchSuite, rowOf } from './suite';

const RUNS = 5;
const CLASSES = 13;

interface Model {
  name: string;
  time: number;
  config: Record<string, unknown>;
  /** Calls a run, at batch 1 and 32. */
  calls: Record<number, number>;
}

const MODELS: readonly Model[] = [
  {
    name: 'classifier, 2 layers, width 128, 32 tokens',
    time: 32,
    config: {
      hiddenSize: 128,
      numHiddenLayers: 2,
      numAttentionHeads: 4,
      intermediateSize: 512,
      vocabSize: 4000,
    },
    calls: { 1: 200, 32: 30 },
  },
  {
    name: 'BERT-base, 128 tokens',
    time: 128,
    config: { hiddenSize: 768, numHiddenLayers: 12, numAttentionHeads: 12, intermediateSize: 3072 },
    calls: { 1: 4, 32: 1 },
  },
];

export const onnxSuite: BenchSuite = {
  name: 'onnx',
  description: 'exported classifiers in ONNX Runtime, against PyTorch',
  async run(say, wanted) {
    const result: BenchResult = { rows: [], skipped: [] };
    const python = peerPython();
    if (!python) {
      result.skipped.push({ peer: 'PyTorch', reason: 'not installed; npm run setup:peers installs it' });
      return result;
    }
    for (const model of MODELS) {
      const batches = [1, 32].filter((batch) => wanted(`${model.name}, batch ${batch}`));
      if (batches.length > 0) await measure(model, batches, { python, result, say });
    }
    return result;
  },
};

async function measure(
  model: Model,
  batches: readonly number[],
  { python, result, say }: { python: string; result: BenchResult; say: (line: string) => void },
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-bench-'));
  const peer = new PythonPeer(python, 'classifier.py');
  const threads = availableParallelism();
  try {
    const files = await write(model, folder);
    const { version } = await peer.ask<{ version: string }>({
      do: 'load',
      folder: join(folder, 'model'),
      threads,
    });
    for (const batch of batches) {
      const generator = new random.Generator(1, 'ids', batch);
      const vocabulary = files.vocabulary;
      const ids = Array.from({ length: batch * model.time }, () => 5 + generator.integer(vocabulary - 5));
      const calls = model.calls[batch] as number;
      const theirs = (count: number) =>
        peer.ask<{ seconds: number; logits: number[] }>({ do: 'run', ids, batch, calls: count });
      const expected = await theirs(1);
      for (const precision of ['fp32', 'int8'] as const) {
        const file = files.paths.find((one) => one.precision === precision) as training.OnnxFile;
        const session = await ort.InferenceSession.create(join(folder, 'model', file.path), {
          intraOpNumThreads: threads,
        });
        const ours = runner(session, ids, batch);
        const difference = Math.max(
          ...(await ours(1)).logits.map((value, i) => Math.abs(value - (expected.logits[i] as number))),
        );
        const name = `${model.name}, batch ${batch}, ${precision}`;
        if (precision === 'fp32' && difference > 1e-3)
          throw new Error(`${name}: logits differ by ${difference}`);
        const times = { ours: [] as number[], theirs: [] as number[] };
        for (let i = 0; i < RUNS; i++) {
          times.ours.push((1000 * (await ours(calls)).seconds) / calls);
          times.theirs.push((1000 * (await theirs(calls)).seconds) / calls);
        }
        await session.release();
        const note = `threads: ${threads} each; ${(file.bytes / 2 ** 20).toFixed(1)} MiB; logits within ${difference.toExponential(1)}`;
        const row = rowOf(name, `PyTorch ${version}`, 'ms a call', times, note);
        result.rows.push(row);
        say(
          `${name}: ratio ${row.ratio.toFixed(2)}; ${row.ours.toFixed(2)} and ${row.theirs.toFixed(2)} ms a call`,
        );
      }
    }
  } finally {
    peer.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same random weights as a Hugging Face folder and as ONNX files in it. */
async function write(model: Model, folder: string) {
  const config = text.textConfigSchema.parse({ modelType: 'bert', initializerRange: 0.05, ...model.config });
  const network = new fusion.GuidedNetwork({
    text: config,
    vision: null,
    fusion: { kind: 'none' },
    pooling: 'network',
  });
  const classifier = { width: network.width, classes: CLASSES, dropout: 0 };
  const parameters = nn.createParameters(
    [...network.specifications(), ...nn.headSpecifications(classifier)],
    1,
  );
  try {
    await text.saveTextCheckpoint(join(folder, 'model'), {
      config,
      weights: await parameters.toArrays(),
      tokenizer: text.trainWordPiece(['a b c'], { vocabularySize: 12 }),
      heads: ['pooler', 'sequence-classification'],
      labels: Array.from({ length: CLASSES }, (_, i) => `class ${i}`),
    });
    const task = {
      name: 'classification' as const,
      logits: (params: nn.ParameterScope, { pooled }: fusion.FusionOutput) =>
        nn.head(params, classifier, pooled),
    };
    const exportable = { model: { network, parameters }, task };
    const paths = await training.exportOnnx(exportable, join(folder, 'model'), ['fp32', 'int8']);
    return { paths, vocabulary: config.vocabSize };
  } finally {
    parameters.dispose();
  }
}

function runner(session: ort.InferenceSession, ids: readonly number[], batch: number) {
  const shape = [batch, ids.length / batch];
  const whole = (numbers: BigInt64Array) => new ort.Tensor('int64', numbers, shape);
  const feeds = {
    input_ids: whole(BigInt64Array.from(ids, BigInt)),
    attention_mask: whole(new BigInt64Array(ids.length).fill(1n)),
    token_type_ids: whole(new BigInt64Array(ids.length)),
  };
  return async (calls: number) => {
    const start = performance.now();
    let found = await session.run(feeds);
    for (let i = 1; i < calls; i++) found = await session.run(feeds);
    const seconds = (performance.now() - start) / 1000;
    return { seconds, logits: [...((found.logits as ort.Tensor).data as Float32Array)] };
  };
}
