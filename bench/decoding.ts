/**
 * @file Suite `decoding`: greedy text with a key–value cache against `generate` of Python `transformers` and of
 * transformers.js (which reads the kit's ONNX export), in the same run, from the same weights, which must give the same
 * tokens: a GPT of nanoGPT's size for a CPU, the published stories260K (Llama), and a GPT-2 of the published small one's
 * size, at batch 1 and 8. Milliseconds a step of the batch.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { decoding, engine, fusion, nn, places, random, text, training } from '../src/lib';
import { PythonPeer, peerPython } from './python-peer';
import { type BenchResult, type BenchSuite, rowOf } from './suite';
import { TransformersJs } from './transformers-js';

const RUNS = 5;
const PROMPT = 16;

interface Model {
  name: string;
  tokens: number;
  /** Config and weights, or `null` where they are not here. */
  make(): Promise<{ config: text.TextConfig; weights: nn.ParameterArrays; tokenizer: text.Tokenizer } | null>;
}

const tokenizer = () => text.trainByteLevelBpe(['a'], { vocabularySize: 258 });

/** Random weights: the speed is the same, and a text that repeats itself still has to agree. */
function randomGpt2(name: string, tokens: number, settings: Record<string, unknown>): Model {
  return {
    name,
    tokens,
    async make() {
      const config = text.textConfigSchema.parse({ modelType: 'gpt2', initializerRange: 0.08, ...settings });
      const parameters = nn.createParameters(text.createTextNetwork(config).specifications(), 1);
      const weights = await parameters.toArrays();
      parameters.dispose();
      return { config, weights, tokenizer: tokenizer() };
    },
  };
}

const MODELS: readonly Model[] = [
  randomGpt2('GPT, 4 layers, width 128', 200, {
    nEmbd: 128,
    nLayer: 4,
    nHead: 4,
    nPositions: 256,
    vocabSize: 512,
  }),
  {
    name: 'stories260K',
    tokens: 200,
    async make() {
      const folder = places.realData('stories260K');
      return folder
        ? text.readLlama2cCheckpoint(join(folder, 'stories260K.bin'), join(folder, 'tok512.bin'))
        : null;
    },
  },
  randomGpt2('GPT-2 small', 40, { vocabSize: 50257, nPositions: 256 }),
];

export const decodingSuite: BenchSuite = {
  name: 'decoding',
  description: 'text with a key–value cache, against transformers and transformers.js',
  async run(say, wanted) {
    const result: BenchResult = {
      rows: [],
      skipped: [],
    };
    const python = peerPython();
    if (!python) {
      result.skipped.push({ peer: 'transformers', reason: 'not installed; npm run setup:peers installs it' });
      return result;
    }
    for (const model of MODELS) {
      const cases = [1, 8].map((batch) => ({ batch, name: `${model.name}, batch ${batch}` }));
      if (cases.some(({ name }) => wanted(name))) {
        await measure(
          model,
          cases.filter(({ name }) => wanted(name)),
          { python, result, say },
        );
      }
    }
    return result;
  },
};

interface Bench {
  python: string;
  result: BenchResult;
  say: (line: string) => void;
}

async function measure(
  model: Model,
  cases: readonly { batch: number; name: string }[],
  { python, result, say }: Bench,
): Promise<void> {
  const made = await model.make();
  if (!made) {
    result.skipped.push({ peer: `transformers, ${model.name}`, reason: 'set SIGHTLINE_SHARED_DATA' });
    return;
  }
  const { config, weights, tokenizer: words } = made;
  const folder = mkdtempSync(join(tmpdir(), 'sightline-bench-'));
  const peer = new PythonPeer(python, 'decoding.py');
  const network = text.createTextNetwork(config);
  const parameters = nn.createParameters(network.specifications(), 0);
  const threads = availableParallelism();
  try {
    parameters.load(weights, { allowExtra: true });
    await text.saveTextCheckpoint(
      join(folder, 'model'),
      { config, weights, tokenizer: words, heads: ['causal-lm'] },
      {},
    );
    const guided = new fusion.GuidedNetwork({
      text: config,
      vision: null,
      fusion: { kind: 'none' },
      pooling: 'mean',
    });
    const exportable = { model: { network: guided, parameters }, task: { name: 'causal-lm' as const } };
    await training.exportOnnx(exportable, join(folder, 'model'), ['fp32']);
    const library = await TransformersJs.load(join(folder, 'model'), threads);
    const { version, transformers } = await peer.ask<{ version: string; transformers: string }>({
      do: 'load',
      folder: join(folder, 'model'),
    });
    for (const { batch, name } of cases) {
      // One thread suits one row: between two short products a second one mostly waits.
      await engine.use({ device: 'cpu', threads });
      const generator = new random.Generator(1, 'prompts');
      const prompts = Array.from({ length: batch }, () =>
        Array.from({ length: PROMPT }, () => 3 + generator.integer(config.vocabSize - 3)),
      );
      const logits = new decoding.NetworkLogits({ network, parameters });
      const ours = async () => {
        const start = performance.now();
        const written = await decoding.greedy(logits, prompts, { maximumTokens: model.tokens });
        return { seconds: (performance.now() - start) / 1000, written: written.map(({ ids }) => ids) };
      };
      const theirs = (runs: number) =>
        peer.ask<{ seconds: number[]; written: number[][] }>({
          do: 'generate',
          prompts,
          tokens: model.tokens,
          runs,
          threads,
        });
      const [a, b, c] = [await ours(), await theirs(1), await library.write(prompts, model.tokens)];
      const agreement = (others: number[][]) => {
        const all = a.written.flat();
        const same = all.filter((id, i) => id === others.flat()[i]).length / all.length;
        if (same < 0.98)
          throw new Error(`${name}: the texts agree in ${(100 * same).toFixed(1)} % of the tokens`);
        return `${(100 * same).toFixed(1)} % of the tokens the same`;
      };
      const notes = [agreement(b.written), agreement(c.written)];
      const [mine, python, javascript]: number[][] = [[], [], []];
      const step = (seconds: number) => (1000 * seconds) / model.tokens;
      for (let i = 0; i < RUNS; i++) {
        mine?.push(step((await ours()).seconds));
        python?.push(step((await theirs(1)).seconds[0] as number));
        javascript?.push(step((await library.write(prompts, model.tokens)).seconds));
      }
      logits.dispose();
      for (const [peer, times, note] of [
        [`transformers ${transformers}`, python, `threads: ${threads} each; PyTorch ${version}; ${notes[0]}`],
        [`transformers.js ${library.version}`, javascript, `threads: ${threads} each; ${notes[1]}`],
      ] as const) {
        const row = rowOf(
          name,
          peer,
          'ms a step',
          { ours: mine as number[], theirs: times as number[] },
          note,
        );
        result.rows.push(row);
        say(
          `${name}, ${peer}: ratio ${row.ratio.toFixed(2)}; ${Math.round((1000 * batch) / row.ours)} and ${Math.round((1000 * batch) / row.theirs)} tokens/s`,
        );
      }
    }
    await library.dispose();
  } finally {
    peer.close();
    parameters.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}
