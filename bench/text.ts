/**
 * @file Suite `text`: pretraining and tokenization against PyTorch and Hugging Face's `tokenizers`, in the same run.
 *
 *   nanoGPT      its configuration for a CPU on tiny Shakespeare: 2,000 steps from the same weights on the same batches;
 *                seconds of both, and the loss over the whole validation text of both
 *   BERT-mini    a step of masked words, batch 16 × 128 tokens
 *   tokenizers   the whole text, line by line, by the same tokenizer.json
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { data, engine, places, text, training } from '../src/lib';
import { metricValues } from '../src/lib/training/evaluation';
import { TrainStep } from '../src/lib/training/train-step';
import { PythonPeer, peerPython } from './python-peer';
import { type BenchResult, type BenchSuite, rowOf } from './suite';

const { tf } = engine;
const NANO = 'nanoGPT on a CPU, 2,000 steps';
const MASKED = 'BERT-mini, masked words, 16 × 128';
const RUNS = 5;

/** What both cases train with: nanoGPT's settings. */
const TRAINING = {
  batchSize: 12,
  maxSteps: 2000,
  learningRate: 1e-3,
  finalLearningRate: 0.1,
  warmup: 0.05,
  weightDecay: 0.1,
  patience: null,
  optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.99 },
} as const;

export const textSuite: BenchSuite = {
  name: 'text',
  description: 'pretraining and tokenization, against PyTorch and tokenizers',
  async run(say, wanted) {
    const result: BenchResult = { rows: [], skipped: [] };
    const python = peerPython();
    const corpus = places.realData('tinyshakespeare');
    if (!python) {
      result.skipped.push({ peer: 'PyTorch', reason: 'not installed; npm run setup:peers installs it' });
    } else if (!corpus) {
      result.skipped.push({
        peer: 'PyTorch',
        reason: 'tiny Shakespeare is not here: set SIGHTLINE_SHARED_DATA',
      });
    } else {
      const folder = mkdtempSync(join(tmpdir(), 'sightline-bench-'));
      try {
        const place = splitCorpus(folder, readFileSync(join(corpus, 'input.txt'), 'utf8'));
        await engine.use({ device: 'cpu', threads: availableParallelism() });
        for (const [name, measure] of [
          [NANO, pretrain],
          [MASKED, maskedWords],
          ['tokenizer', tokenizers],
        ] as const) {
          if (wanted(name)) await measure({ place, python, result, say });
        }
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
    return result;
  },
};

interface Case {
  /** Folder with `train.txt`, `validation.txt` and `all.txt`. */
  place: string;
  python: string;
  result: BenchResult;
  say: (line: string) => void;
}

/** The first nine tenths of the characters train, as in nanoGPT. */
function splitCorpus(folder: string, content: string): string {
  const cut = Math.floor(content.length * 0.9);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'train.txt'), content.slice(0, cut));
  writeFileSync(join(folder, 'validation.txt'), content.slice(cut));
  writeFileSync(join(folder, 'all.txt'), content);
  return folder;
}

async function pretrain({ place, python, result, say }: Case): Promise<void> {
  const dropouts = { residPdrop: 0, embdPdrop: 0, attnPdrop: 0 };
  const run = await Run.create(place, {
    task: 'causal-lm',
    data: { train: 'train.txt', validation: 'validation.txt' },
    model: {
      text: { modelType: 'gpt2', nEmbd: 128, nLayer: 4, nHead: 4, nPositions: 64, ...dropouts },
      tokenizer: { kind: 'characters' },
    },
    training: TRAINING,
  });
  const peer = await run.peer(python, 'gpt2');
  try {
    const steps = TRAINING.maxSteps;
    const rates = Array.from({ length: steps }, (_, step) => run.learningRate(step));
    const batches = await run.saveBatches(steps);
    const threads = availableParallelism();
    say(`${NANO}: ours`);
    const start = performance.now();
    for (let step = 0; step < steps; step++) await run.step(step);
    const ours = (performance.now() - start) / 1000;
    say(`${NANO}: PyTorch`);
    const theirs = await peer.ask<{ seconds: number }>({
      do: 'pretrain',
      ...batches,
      rates,
      batch: TRAINING.batchSize,
      time: 64,
      threads,
    });
    const loss = await run.validationLoss();
    const { loss: theirLoss } = await peer.ask<{ loss: number }>({
      do: 'evaluate',
      tokens: run.saveValidation(),
      time: 64,
    });
    const note = `threads: ${threads} each; one run each`;
    result.rows.push(
      rowOf(NANO, peer.name, 's', { ours: [ours], theirs: [theirs.seconds] }, note),
      rowOf(`${NANO}: validation loss`, peer.name, 'nats', { ours: [loss], theirs: [theirLoss] }),
    );
    say(
      `${NANO}: loss ${loss.toFixed(4)} and ${theirLoss.toFixed(4)}, ${ours.toFixed(0)} and ${theirs.seconds.toFixed(0)} s`,
    );
  } finally {
    peer.close();
    run.dispose();
  }
}

async function maskedWords({ place, python, result, say }: Case): Promise<void> {
  const dropouts = { hiddenDropoutProb: 0, attentionProbsDropoutProb: 0 };
  const run = await Run.create(place, {
    task: 'masked-lm',
    data: { train: 'train.txt', validation: 'validation.txt' },
    model: { text: { ...text.textPresets.mini, ...dropouts }, tokenizer: { vocabularySize: 4000 } },
    languageModel: { blockLength: 128 },
    training: { ...TRAINING, batchSize: 16, schedule: 'constant', warmup: 0 },
  });
  const peer = await run.peer(python, 'bert');
  try {
    const { ids, places: asked, labels } = await run.masked();
    const threads = availableParallelism();
    const theirRun = async (count: number) =>
      peer.ask<{ milliseconds: number[]; losses: number[] }>({
        do: 'steps',
        ids,
        places: asked,
        labels,
        count,
        threads,
      });
    const ourRun = async (count: number) => {
      const [milliseconds, losses]: [number[], number[]] = [[], []];
      for (let i = 0; i < count; i++) {
        const start = performance.now();
        losses.push(await run.step(0));
        milliseconds.push(performance.now() - start);
      }
      return { milliseconds, losses };
    };
    const [a, b] = [await ourRun(3), await theirRun(3)];
    const same = a.losses.every((loss, i) => Math.abs(loss - (b.losses[i] as number)) < 1e-3 * loss);
    if (!same) throw new Error(`the two sides do other work: losses ${a.losses} and ${b.losses}`);
    const times = { ours: [] as number[], theirs: [] as number[] };
    for (let i = 0; i < RUNS; i++) {
      times.ours.push(...(await ourRun(8)).milliseconds);
      times.theirs.push(...(await theirRun(8)).milliseconds);
    }
    const row = rowOf(MASKED, peer.name, 'ms a step', times, `threads: ${threads} each`);
    result.rows.push(row);
    say(`${MASKED}: ratio ${row.ratio.toFixed(2)}, ${Math.round((16 * 128 * 1000) / row.ours)} tokens/s`);
  } finally {
    peer.close();
    run.dispose();
  }
}

async function tokenizers({ place, python, result, say }: Case): Promise<void> {
  const content = readFileSync(join(place, 'all.txt'), 'utf8');
  const lines = content.split('\n');
  const megabytes = Buffer.byteLength(content) / 1e6;
  const options = { vocabularySize: 4000 };
  const peer = new PythonPeer(python, 'text_models.py');
  try {
    for (const [name, tokenizer] of [
      ['WordPiece', text.trainWordPiece(lines, options)],
      ['byte-level BPE', text.trainByteLevelBpe(lines, options)],
    ] as const) {
      const file = join(place, `${name}.json`);
      const [, json] = [...tokenizer.toFiles()].find(([path]) => path === 'tokenizer.json') as [
        string,
        string,
      ];
      writeFileSync(file, json);
      const ours: number[] = [];
      let tokens = 0;
      for (let i = 0; i < RUNS; i++) {
        const start = performance.now();
        tokens = 0;
        for (const line of lines)
          tokens += tokenizer.encode(line, null, { addSpecialTokens: false }).ids.length;
        ours.push((performance.now() - start) / 1000 / megabytes);
      }
      const theirs = await peer.ask<{ seconds: number[]; tokens: number }>({
        do: 'tokenize',
        tokenizer: file,
        text: join(place, 'all.txt'),
        runs: RUNS,
      });
      if (theirs.tokens !== tokens) throw new Error(`${name}: ${tokens} tokens here, ${theirs.tokens} there`);
      const runs = { ours, theirs: theirs.seconds.map((seconds) => seconds / megabytes) };
      const row = rowOf(`tokenizer ${name}`, 'tokenizers', 's a megabyte', runs, 'theirs on all cores');
      result.rows.push(row);
      say(`tokenizer ${name}: ratio ${row.ratio.toFixed(2)}`);
    }
  } finally {
    peer.close();
  }
}

/** A prepared run whose steps are taken one by one. */
class Run {
  private readonly optimizer: training.Optimizer;
  private readonly schedule: data.BatchSchedule;
  private readonly trainStep: TrainStep;
  private taken = 0;

  private constructor(
    private readonly place: string,
    private readonly prepared: training.Prepared,
  ) {
    const { model, config, train } = prepared;
    const trainable = model.parameters.names();
    this.optimizer = training.createOptimizer(model.parameters, {
      config: config.training.optimizer,
      weightDecay: config.training.weightDecay,
      trainable,
    });
    this.schedule = new data.BatchSchedule({
      count: train.count,
      batchSize: config.training.batchSize,
      seed: config.seed,
    });
    this.trainStep = new TrainStep({
      model,
      optimizer: this.optimizer,
      random: new engine.RandomStream(1),
      trainable,
      gradientClipping: 1,
      accumulation: 1,
    });
  }

  static async create(place: string, config: training.TrainConfigInput): Promise<Run> {
    return new Run(place, await training.prepare(training.parseTrainConfig(config), { folder: place }));
  }

  learningRate(step: number): number {
    const {
      schedule: kind,
      learningRate,
      warmup,
      finalLearningRate: final,
      maxSteps,
    } = this.prepared.config.training;
    return training.learningRateAt(step, { kind, learningRate, steps: maxSteps as number, warmup, final });
  }

  /** The next step, on the batch of that number; its loss. */
  async step(step: number): Promise<number> {
    const inputs = tf.tensor1d(this.optimizer.inputs(this.taken++, this.learningRate(step)));
    const { loss } = await this.trainStep.run(() => this.batch(step), inputs);
    inputs.dispose();
    return loss;
  }

  private batch(step: number) {
    const { rows, epoch } = this.schedule.at(step);
    return this.prepared.train.batch(rows, epoch);
  }

  /** PyTorch with these weights. */
  async peer(python: string, kind: 'gpt2' | 'bert'): Promise<PythonPeer & { name: string }> {
    const { model, config } = this.prepared;
    const arrays = [...(await model.parameters.toArrays())];
    const weights = join(this.place, `${kind}.weights`);
    writeFileSync(
      weights,
      Buffer.concat(
        arrays.map(([, { data: values }]) =>
          Buffer.from(values.buffer, values.byteOffset, values.byteLength),
        ),
      ),
    );
    const peer = new PythonPeer(python, 'text_models.py');
    const { version } = await peer.ask<{ version: string }>({
      do: 'make',
      kind,
      config: model.config.text,
      weights,
      names: arrays.map(([name, { shape }]) => [name, shape]),
      training: {
        ...config.training.optimizer,
        weightDecay: config.training.weightDecay,
        learningRate: config.training.learningRate,
      },
    });
    return Object.assign(peer, { name: `PyTorch ${version}` });
  }

  /** The batches of the first steps as int32 files. */
  async saveBatches(steps: number): Promise<{ ids: string; labels: string }> {
    const [ids, labels]: [Uint8Array[], Uint8Array[]] = [[], []];
    for (let step = 0; step < steps; step++) {
      const { inputs, targets } = await this.batch(step);
      ids.push(bytesOf(inputs.ids));
      labels.push(bytesOf(targets.labels as engine.tf.Tensor));
      tf.dispose([inputs, targets]);
    }
    const save = (name: string, parts: Uint8Array[]) => {
      writeFileSync(join(this.place, name), Buffer.concat(parts));
      return join(this.place, name);
    };
    return { ids: save('ids', ids), labels: save('labels', labels) };
  }

  /** The first batch of masked words, as nested lists. */
  async masked(): Promise<{ ids: unknown; places: unknown; labels: unknown }> {
    const { inputs, targets } = await this.batch(0);
    const list = (tensor: engine.tf.Tensor | undefined) => (tensor as engine.tf.Tensor).arraySync();
    const lists = { ids: list(inputs.ids), places: list(targets.places), labels: list(targets.labels) };
    tf.dispose([inputs, targets]);
    return lists;
  }

  async validationLoss(): Promise<number> {
    const { model, task, validation } = this.prepared;
    return metricValues(task, await model.outputs(validation, 256), validation).loss as number;
  }

  /** The validation text's tokens as an int32 file. */
  saveValidation(): string {
    const { stream } = this.prepared.validation as unknown as { stream: data.TokenStream };
    const file = join(this.place, 'validation.tokens');
    writeFileSync(file, new Uint8Array(stream.read(0, stream.length).buffer));
    return file;
  }

  dispose(): void {
    this.trainStep.dispose();
    this.optimizer.dispose();
    this.prepared.dispose();
  }
}

function bytesOf(tensor: engine.tf.Tensor): Uint8Array {
  const values = tensor.dataSync() as Int32Array;
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
}
