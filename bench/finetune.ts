/**
 * @file Suite `finetune`: an epoch of `sightline train` on 10,000 records against the same loop in PyTorch, from the same
 * weights, on the same batches at the same rates. The records are questions of easy-VQA with 13 answers, read as text.
 * Ours is the whole command's work in the second epoch, batches, log and all (the first compiles); theirs the loop on
 * tensors that are ready. The losses of both have to agree.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { data, engine, places, text, training } from '../src/lib';
import { PythonPeer, peerPython } from './python-peer';
import { type BenchResult, type BenchSuite, rowOf } from './suite';

const RECORDS = 10_000;
const EPOCHS = 2;
const RUNS = 3;
const CASES = { small: 'BERT of 2 layers, width 128', mini: 'BERT-mini' } as const;

type Size = keyof typeof CASES;

export const finetuneSuite: BenchSuite = {
  name: 'finetune',
  description: 'an epoch of fine-tuning on 10,000 records, against PyTorch',
  async run(say, wanted) {
    const result: BenchResult = { rows: [], skipped: [] };
    const python = peerPython();
    const published = places.realData('easy-vqa');
    const reason = !python
      ? 'not installed; npm run setup:peers installs it'
      : !published
        ? 'easy-VQA is not here: set SIGHTLINE_SHARED_DATA'
        : null;
    if (reason || !python || !published) {
      result.skipped.push({ peer: 'PyTorch', reason: reason as string });
      return result;
    }
    const folder = mkdtempSync(join(tmpdir(), 'sightline-bench-'));
    try {
      await takeRecords(published, folder);
      await engine.use({ device: 'cpu', threads: availableParallelism() });
      for (const size of Object.keys(CASES) as Size[]) {
        const name = `${CASES[size]}, an epoch of ${RECORDS.toLocaleString('en')} records`;
        if (wanted(name)) await measure(name, size, { folder, python, result, say });
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return result;
  },
};

/** `train.jsonl` with the first records, less their pictures, and a few for validation. */
async function takeRecords(published: string, folder: string): Promise<void> {
  await data.convert('easy-vqa', published, join(folder, 'records'), { pictures: false });
  const lines = readFileSync(join(folder, 'records', 'train.jsonl'), 'utf8')
    .trim()
    .split('\n');
  const plain = lines.slice(0, RECORDS + 100).map((line) => {
    const { image: _, imageRelevant: __, ...record } = JSON.parse(line) as Record<string, unknown>;
    return JSON.stringify(record);
  });
  writeFileSync(join(folder, 'train.jsonl'), `${plain.slice(0, RECORDS).join('\n')}\n`);
  writeFileSync(join(folder, 'validation.jsonl'), `${plain.slice(RECORDS).join('\n')}\n`);
}

interface Case {
  folder: string;
  python: string;
  result: BenchResult;
  say: (line: string) => void;
}

async function measure(name: string, size: Size, { folder, python, result, say }: Case): Promise<void> {
  const config: training.TrainConfigInput = {
    task: 'classification',
    data: { train: 'train.jsonl', validation: 'validation.jsonl', allowLeak: true },
    model: {
      text: { ...text.textPresets[size], hiddenDropoutProb: 0, attentionProbsDropoutProb: 0 },
      fusion: 'none',
      head: { dropout: 0 },
    },
    training: {
      epochs: EPOCHS,
      batchSize: 32,
      learningRate: 1e-4,
      patience: null,
      checkpointSteps: 1_000_000,
    },
  };
  const prepared = await training.prepare(training.parseTrainConfig(config), { folder });
  const peer = new PythonPeer(python, 'finetuning.py');
  try {
    const { made, files, count } = await handOver(prepared, folder);
    const threads = availableParallelism();
    const times = { ours: [] as number[], theirs: [] as number[] };
    let version = '';
    for (let run = 0; run < RUNS; run++) {
      const ours = await trainOnce(config, folder, join(folder, `${size}-${run}`));
      ({ version } = await peer.ask<{ version: string }>({ do: 'make', ...made }));
      const theirs = await peer.ask<{ seconds: number[]; losses: number[] }>({
        do: 'train',
        ...files,
        rates: ours.rates,
        batch: 32,
        threads,
      });
      const apart = ours.losses.findIndex(
        (loss, i) => i < 20 && Math.abs(loss - (theirs.losses[i] as number)) > 1e-3 * loss,
      );
      if (apart >= 0 || theirs.losses.length !== count)
        throw new Error(
          `the two sides do other work: step ${apart + 1} of ${count}, ${theirs.losses.length} there`,
        );
      times.ours.push(ours.seconds);
      times.theirs.push(theirs.seconds.at(-1) as number);
    }
    const row = rowOf(name, `PyTorch ${version}`, 's', times, `threads: ${threads} each; the second epoch`);
    result.rows.push(row);
    say(`${name}: ${row.ours.toFixed(1)} and ${row.theirs.toFixed(1)} s, ratio ${row.ratio.toFixed(2)}`);
  } finally {
    peer.close();
    prepared.dispose();
  }
}

/** Weights, batches and their order, as files for the other side. */
async function handOver(prepared: training.Prepared, folder: string) {
  const { model, config, train } = prepared;
  const write = (name: string, bytes: Uint8Array) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
    new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
  const arrays = [...(await model.parameters.toArrays())];
  const made = {
    config: model.config.text,
    classes: (prepared.task.state.labels as string[]).length,
    weights: write('weights', Buffer.concat(arrays.map(([, { data: values }]) => bytesOf(values)))),
    names: arrays.map(([name, { shape }]) => [name, shape]),
    training: { weightDecay: config.training.weightDecay },
  };
  const { inputs, targets } = await train.batch(Int32Array.from({ length: train.count }, (_, row) => row));
  const numbers = async (tensor: engine.tf.Tensor) => bytesOf(Int32Array.from(await tensor.data()));
  const schedule = new data.BatchSchedule({ count: train.count, batchSize: 32, seed: config.seed });
  const count = EPOCHS * schedule.stepsPerEpoch;
  const order = Array.from({ length: count }, (_, step) => bytesOf(schedule.at(step).rows));
  const files = {
    ids: write('ids', await numbers(inputs.ids)),
    mask: write('mask', await numbers(inputs.mask as engine.tf.Tensor)),
    labels: write('labels', await numbers(targets.labels as engine.tf.Tensor)),
    order: write('order', Buffer.concat(order)),
    time: inputs.ids.shape[1],
  };
  engine.tf.dispose([inputs, targets]);
  return { made, files, count };
}

/** What `sightline train` does; seconds of the second epoch. */
async function trainOnce(config: training.TrainConfigInput, folder: string, out: string) {
  const [losses, rates]: [number[], number[]] = [[], []];
  let [perEpoch, begun, ended] = [0, 0, 0];
  await training.train(config, out, {
    folder,
    onEvent: (event) => {
      if (event.kind === 'start') perEpoch = event.stepsPerEpoch;
      if (event.kind !== 'step') return;
      losses.push(event.loss);
      rates.push(event.learningRate);
      ended = performance.now();
      if (event.step === perEpoch) begun = ended;
    },
  });
  return { losses, rates, seconds: (ended - begun) / 1000 };
}
