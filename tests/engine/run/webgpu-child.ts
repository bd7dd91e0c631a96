/**
 * @file Run by webgpu.test.ts in a process of its own, whose environment names a Vulkan driver (it is read when the
 * process starts): does what its arguments say on the devices `cpu` and `webgpu`, prints what it found as JSON.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { compile, probeDevice, RandomStream, tf, use } from '../../../src/lib/engine';
import { runtimeTensor } from '../../../src/lib/engine/run/device-tensors';
import { record } from '../../../src/lib/engine/trace/recorder';
import { batch, type Sizes, trainer } from '../transformer';
import { cnnBatch, cnnStep } from './cnn';
import { guidedBatch, guidedStep, type Vision } from './guided-step';
import { sweepKernels } from './webgpu-kernels';

const SIZES: Sizes = { B: 2, T: 8, D: 16, H: 2, V: 24, layers: 2 };
type Device = 'cpu' | 'webgpu';

async function onBoth<R>(body: () => Promise<R>): Promise<Record<Device, R>> {
  const found: Partial<Record<Device, R>> = {};
  for (const device of ['cpu', 'webgpu'] as const) {
    await use({ device });
    found[device] = await body();
  }
  return found as Record<Device, R>;
}

async function number(tensor: tf.Tensor): Promise<number> {
  const [value] = await tensor.data();
  tensor.dispose();
  return value as number;
}

const jobs: Record<string, () => Promise<unknown>> = {
  async probe() {
    return { webgpu: await probeDevice('webgpu'), auto: await use({ device: 'auto' }) };
  },

  /** Losses of a GPT-like model with dropout, and one of its weights at the end. */
  async transformer() {
    return onBoth(async () => {
      const random = new RandomStream('dropout');
      const { step, parameters, dispose } = trainer(SIZES, { random, learningRate: 1e-2 });
      const [ids, targets] = batch(SIZES);
      const losses: number[] = [];
      for (let i = 0; i < 6; i++) losses.push(await number(await step(ids, targets)));
      const weights = [...(await (parameters['1.up'] as tf.Variable).data())];
      dispose();
      return { losses, weights };
    });
  },

  async cnn() {
    return onBoth(async () => {
      const { step, dispose } = cnnStep();
      const [pictures, labels] = cnnBatch();
      const losses: number[] = [];
      for (let i = 0; i < 5; i++) losses.push(await number(await step(pictures, labels)));
      dispose();
      return losses;
    });
  },

  /** The kit's own networks. */
  async guided() {
    const found: Record<string, Record<Device, number[]>> = {};
    for (const vision of ['cnn', 'vit'] as const) {
      found[vision] = await onBoth(async () => {
        const { step, dispose } = guidedStep(vision);
        const [ids, pixels] = guidedBatch();
        const losses: number[] = [];
        for (let i = 0; i < 3; i++) losses.push(await number(await step(ids, pixels)));
        dispose();
        return losses;
      });
    }
    return found;
  },

  async kernels() {
    await use({ device: 'webgpu' });
    return sweepKernels();
  },

  /** The same random numbers, to the bit. */
  async random() {
    return onBoth(async () => {
      const stream = new RandomStream(7);
      const draw = compile(() => [stream.uniform([1000]), stream.uniform([3, 5])]);
      await draw();
      return (await draw()).map((tensor) => [...tensor.dataSync()]);
    });
  },

  /** Variables of every dtype: read, cloned, shared, assigned, taken to other devices, disposed of. */
  async state() {
    await use({ device: 'webgpu' });
    const [w, count] = [tf.variable(tf.tensor1d([1, 2])), tf.variable(tf.scalar(3, 'int32'))];
    const flags = tf.variable(tf.tensor1d([1, 0, 1], 'bool'), false, undefined, 'bool');
    const empty = tf.variable(tf.zeros([0, 3]));
    const make = () =>
      compile(
        () => {
          w.assign(tf.mul(w, 2));
          count.assign(tf.add(count, tf.onesLike(count)));
          flags.assign(tf.logicalNot(flags));
          empty.assign(tf.add(empty, 1));
          return tf.sum(w);
        },
        { state: [w, count, flags, empty] },
      );
    const [first, second] = [make(), make()];
    const sums = [await number(await first()), await number(await second())];
    const clone = w.clone();
    const pending = w.data(); // read while the next step wants to free it
    sums.push(await number(await first()));
    const read = [...(await pending)];
    const readAtOnce = await refusal(() => w.dataSync());
    first.dispose();
    sums.push(await number(await second()));
    const held = [[...(await clone.data())], [...(await w.data())], [...(await count.data())]];
    const rest = [[...(await flags.data())], [...(await empty.data())], empty.shape];
    w.assign(tf.tensor1d([5, 6]));
    sums.push(await number(await second()));
    second.dispose();
    await use({ device: 'cpu' });
    const third = make();
    sums.push(await number(await third()));
    await use({ device: 'webgpu' });
    sums.push(await number(await third()));
    await use({ device: 'eager' });
    const eager = [...tf.add(w, 0).dataSync()];
    const cloneLater = [...clone.dataSync()];
    tf.dispose([w, count, flags, empty, clone]);
    return { sums, read, readAtOnce, held, rest, eager, cloneLater };
  },

  /** Resident memory before and after 300 steps with a state of 4 MiB. */
  async memory() {
    await use({ device: 'webgpu' });
    const w = tf.variable(tf.zeros([1024, 1024]));
    const step = compile(
      (x: tf.Tensor) => {
        w.assign(tf.add(tf.mul(w, 0.5), x));
        return tf.mean(w);
      },
      { state: [w] },
    );
    const x = tf.scalar(1);
    const once = async () => {
      const clone = w.clone();
      (await step(x)).dispose();
      clone.dispose();
    };
    for (let i = 0; i < 20; i++) await once();
    const before = process.memoryUsage().rss;
    const tensors = tf.memory().numTensors;
    for (let i = 0; i < 300; i++) await once();
    const grown = {
      mib: (process.memoryUsage().rss - before) / 2 ** 20,
      tensors: tf.memory().numTensors - tensors,
    };
    return { ...grown, mean: (await w.data())[0], location: where(w) };
  },

  /** Which provider ran each node of the two training steps. */
  async fallbacks() {
    const transformer = trainer(SIZES, { random: new RandomStream(1) });
    const cnn = cnnStep();
    return {
      transformer: await nodesOf(transformer.fn, batch(SIZES), transformer.state),
      cnn: await nodesOf(cnn.fn, cnnBatch(), cnn.state),
      ...(await guidedNodes('cnn')),
      ...(await guidedNodes('vit')),
    };
  },
};

async function guidedNodes(vision: Vision) {
  const { fn, state } = guidedStep(vision);
  return { [`BERT and ${vision}`]: await nodesOf(fn, guidedBatch(), state) };
}

/** Where ONNX Runtime holds a variable's value. */
function where(variable: tf.Variable): string {
  const store = tf.findBackend('sightline-device') as unknown as {
    tensorOf(variable: tf.Variable): ort.Tensor;
  };
  return store.tensorOf(variable).location;
}

async function refusal(call: () => unknown): Promise<string> {
  try {
    await call();
    return 'not refused';
  } catch (error) {
    return (error as Error).message;
  }
}

/** Runs a step under ONNX Runtime's profiler: for each op the provider, how many nodes and the largest output's elements. */
async function nodesOf(
  fn: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  args: [tf.Tensor, tf.Tensor],
  state: tf.Variable[],
): Promise<{ op: string; provider: string; shapes: string }[]> {
  const recording = record(fn, args, { name: 'profiled', state });
  const { bytes, inputNames } = recording.graph.finish(recording.outputs);
  const feeds: Record<string, ort.Tensor> = {};
  const feed = (name: string, tensor: tf.Tensor) => {
    if (inputNames.has(name)) feeds[name] = runtimeTensor(tensor.dataSync(), tensor.shape, tensor.dtype);
  };
  for (const [i, name] of recording.argumentInputs.entries()) feed(name, args[i] as tf.Tensor);
  for (const { variable, input } of recording.state) feed(input, variable);
  for (const { inputs } of recording.randomSites) {
    for (const name of inputs) feeds[name] = new ort.Tensor('uint32', Uint32Array.of(5), [1]);
  }
  const folder = mkdtempSync(join(tmpdir(), 'sightline-profile-'));
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: [{ name: 'webgpu', preferredLayout: 'NCHW' }],
    enableProfiling: true,
    profileFilePrefix: join(folder, 'profile'),
    logSeverityLevel: 4,
  });
  await session.run(feeds);
  session.endProfiling();
  const [file] = readdirSync(folder);
  const events: { cat: string; name: string; args: Record<string, unknown> }[] = JSON.parse(
    readFileSync(join(folder, file as string), 'utf8'),
  );
  rmSync(folder, { recursive: true });
  return events
    .filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'))
    .map(({ args: found }) => ({
      op: String(found.op_name),
      provider: String(found.provider),
      shapes: JSON.stringify(found.output_type_shape),
    }));
}

/** All jobs asked for, one after the other in one process, so that what is compiled for the GPU serves all. */
async function main(names: string[]): Promise<void> {
  const answers: Record<string, { found: unknown; milliseconds: number } | { failure: string }> = {};
  for (const name of names) {
    const start = performance.now();
    try {
      const found = await (jobs[name] as () => Promise<unknown>)();
      answers[name] = { found, milliseconds: Math.round(performance.now() - start) };
    } catch (error) {
      answers[name] = { failure: String(error instanceof Error ? error.stack : error) };
    }
  }
  process.stdout.write(JSON.stringify(answers));
}

void main(process.argv.slice(2));
