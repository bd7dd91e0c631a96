import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tf, use } from '../../src/lib/engine';
import { Generator } from '../../src/lib/random';
import {
  evaluateModel,
  loadCheckpoint,
  predictRecords,
  type TrainConfigInput,
  train,
} from '../../src/lib/training';
import { runCli, startCli } from '../support/cli';
import { colourData } from '../support/colour-data';
import { tinyTextNetwork } from '../support/tiny-networks';

let data: string;
beforeAll(async () => {
  data = await colourData();
  await use({ device: 'cpu' });
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

const config = (
  fusion: 'none' | 'concat',
  training: TrainConfigInput['training'] = {},
): TrainConfigInput => ({
  task: 'classification',
  data: { train: 'train.jsonl', test: 'test.jsonl' },
  model: {
    text: tinyTextNetwork,
    vision: 'cnn-tiny',
    fusion,
  },
  training: { epochs: 12, batchSize: 16, learningRate: 3e-3, patience: null, ...training },
});

const out = (name: string) => join(data, 'runs', name);

/** SHA-256 of every file below a folder but those that hold times. */
function digest(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !/result\.json|state\.json|checkpoint.checksums\.json/.test(path))
      .map((path) => [
        path.slice(folder.length),
        createHash('sha256').update(readFileSync(path)).digest('hex'),
      ]),
  );
}

describe('train', () => {
  it('learns what the picture shows; the text-only model stays at what the text says; shuffled pictures undo it', async () => {
    const guided = await train(config('concat'), out('guided'), { folder: data });
    const textOnly = await train(config('none'), out('text-only'), { folder: data });
    expect(guided.metrics.accuracy?.value).toBeGreaterThan(0.9);
    // One text in five names its answer; of the rest a quarter can be guessed.
    expect(textOnly.metrics.accuracy?.value).toBeLessThan(0.7);
    expect(guided.metrics.accuracy?.low).toBeLessThanOrEqual(guided.metrics.accuracy?.value as number);

    const file = join(data, 'test.jsonl');
    const right = await evaluateModel(out('guided'), file);
    expect(right.metrics).toEqual(guided.metrics);
    const shuffled = await evaluateModel(out('guided'), file, { condition: 'shuffled' });
    expect(shuffled.metrics.accuracy?.value).toBeLessThan(0.75);
    const blind = await Promise.all(
      (['none', 'blank', 'mean', 'noise', 'patch-shuffled'] as const).map((condition) =>
        evaluateModel(out('guided'), file, { condition }),
      ),
    );
    for (const { records } of blind) expect(records).toBe(48);

    const predictions = await predictRecords(out('guided'), file);
    expect(predictions.map(({ id }) => id)).toEqual(Array.from({ length: 48 }, (_, i) => `test-${i}`));
    const sums = predictions.map(({ probabilities }) =>
      Object.values(probabilities ?? {}).reduce((a, b) => a + b, 0),
    );
    expect(sums).toBeClose(sums.map(() => 1));
  });

  it.each([
    ['prefix', 60],
    ['cross-attention', 12],
    ['gated-cross-attention', 60],
    ['gated-addition', 12],
  ] as const)(
    'by %s: learns what the picture shows, and falls with shuffled pictures',
    async (fusion, epochs) => {
      const base = config('concat', { epochs });
      const result = await train({ ...base, model: { ...base.model, fusion } }, out(fusion), {
        folder: data,
      });
      expect(result.metrics.accuracy?.value).toBeGreaterThan(0.9);
      const shuffled = await evaluateModel(out(fusion), join(data, 'test.jsonl'), { condition: 'shuffled' });
      expect(shuffled.metrics.accuracy?.value).toBeLessThan(0.75);
    },
  );

  it('leaves the run folder of CONTRACT.md', () => {
    expect(readdirSync(out('guided')).sort()).toEqual([
      'checkpoint',
      'config.json',
      'metrics.jsonl',
      'model',
      'result.json',
    ]);
    const result = JSON.parse(readFileSync(join(out('guided'), 'result.json'), 'utf8'));
    expect(Object.keys(result)).toEqual(
      expect.arrayContaining(['metrics', 'seconds', 'peakMemoryBytes', 'device', 'versions', 'dataHashes']),
    );
    const lines = readFileSync(join(out('guided'), 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.filter(({ kind }) => kind === 'step').map(({ step }) => step)).toEqual(
      Array.from({ length: result.steps }, (_, i) => i + 1),
    );
  });

  it('gives the same bytes for the same seed, others for another, and leaves no tensor behind', async () => {
    const short = config('concat', { maxSteps: 6 });
    await train(short, out('once'), { folder: data });
    const before = tf.memory().numTensors;
    await train(short, out('twice'), { folder: data });
    expect(tf.memory().numTensors).toBe(before);
    await train({ ...short, seed: 2 }, out('other'), { folder: data });
    expect(digest(out('twice'))).toEqual(digest(out('once')));
    expect(digest(out('other'))['/model/model.safetensors']).not.toBe(
      digest(out('once'))['/model/model.safetensors'],
    );
  });

  it('stops early and keeps the best weights', async () => {
    const events: string[] = [];
    const result = await train(
      config('concat', { epochs: 40, patience: 2, learningRate: 1e-2 }),
      out('early'),
      {
        folder: data,
        onEvent: (event) => events.push(event.kind),
      },
    );
    expect(events).toContain('stopped');
    expect(result.bestStep).toBeLessThan(result.steps);
  });

  it('ends with a clear error where the loss is not finite, and keeps the checkpoint from before', async () => {
    const diverging = config('concat', {
      optimizer: { kind: 'sgd' },
      learningRate: 1e30,
      gradientClipping: null,
      warmup: 0,
      checkpointSteps: 1,
    });
    await expect(train(diverging, out('diverged'), { folder: data })).rejects.toThrow(
      /step 2: the loss is .* bert\..* is not finite any more.* diverged.*learningRate/,
    );
    const { tensors, state } = await loadCheckpoint(join(out('diverged'), 'checkpoint'));
    expect(state.step).toBe(1);
    for (const { data: values } of tensors.values()) {
      expect((values as Float32Array).every(Number.isFinite)).toBe(true);
    }
    // An update that overflows although its loss was finite is found before it is kept.
    await expect(
      train({ ...diverging, training: { ...diverging.training, learningRate: 1e39 } }, out('overflown'), {
        folder: data,
      }),
    ).rejects.toThrow(/step 1: .* is not finite any more.* diverged/);
    expect(existsSync(join(out('overflown'), 'checkpoint'))).toBe(false);
  });

  it('refuses a batch that does not fit into memory, and names one that does', async () => {
    const batch = (batchSize: number, accumulation: number) =>
      config('concat', { batchSize, accumulation, epochs: 1 });
    process.env.SIGHTLINE_MEMORY = '4';
    try {
      const tooLarge = train(batch(48, 1), out('too-large'), { folder: data });
      const message = await tooLarge.catch((error: Error) => error.message);
      const mend =
        /^training\.batchSize: a step on 48 records needs at least ([\d.]+) MiB of memory, and there are 4\.0 MiB; set training\.batchSize to (\d+) and training\.accumulation to (\d+)/;
      const [, needed, size, times] = (mend.exec(message as string) ?? []).map(Number) as number[];
      expect(needed).toBeGreaterThan(4);
      expect((size as number) * (times as number)).toBeGreaterThanOrEqual(48);
      await train(batch(size as number, times as number), out('fitting'), { folder: data });
    } finally {
      delete process.env.SIGHTLINE_MEMORY;
    }
  });
});

describe('a killed run', () => {
  it('resumed after SIGKILL at random steps, and after Ctrl-C, gives the bytes of one never killed', async () => {
    const path = join(data, 'killed.json');
    writeFileSync(path, JSON.stringify(config('concat', { epochs: 6, checkpointSteps: 3 })));
    const whole = await runCli('train', path, '--out', out('whole'), '--device', 'cpu');
    expect(whole.code, whole.stderr).toBe(0);

    const generator = new Generator(1, 'kill');
    for (let kills = 0; kills < 4; kills++) {
      const { child, ended } = startCli([
        'train',
        path,
        '--out',
        out('killed'),
        '--device',
        'cpu',
        '--resume',
      ]);
      const target = stepsIn(out('killed')) + 2 + generator.integer(6);
      while (child.exitCode === null && stepsIn(out('killed')) < target)
        await new Promise((go) => setTimeout(go, 5));
      child.kill(kills === 3 ? 'SIGINT' : 'SIGKILL');
      await ended;
    }
    const last = await runCli('train', path, '--out', out('killed'), '--device', 'cpu', '--resume');
    expect(last.code, last.stderr).toBe(0);
    expect(digest(out('killed'))).toEqual(digest(out('whole')));
    expect(last.stdout).toBe(whole.stdout);
  }, 120_000);
});

function stepsIn(folder: string): number {
  const path = join(folder, 'metrics.jsonl');
  return existsSync(path) ? readFileSync(path, 'utf8').split('"kind":"step"').length - 1 : 0;
}

describe('wrong input', () => {
  const refused = async (dottedPath: string, value: unknown) => {
    const path = join(data, 'wrong.json');
    const wrong = JSON.parse(JSON.stringify(config('concat')));
    const keys = dottedPath.split('.');
    const last = keys.pop() as string;
    keys.reduce((part, key) => part[key], wrong)[last] = value;
    writeFileSync(path, JSON.stringify(wrong));
    const result = await runCli('train', path, '--out', out('refused'), '--device', 'cpu');
    expect(result.code).toBe(2);
    expect(result.stdout).toBe('');
    expect(existsSync(out('refused'))).toBe(false);
    return result.stderr;
  };

  it('is refused with exit code 2, the mend, and nothing written', async () => {
    expect(await refused('training.learningrate', 1)).toMatch(
      /training\.learningrate is not known; did you mean learningRate/,
    );
    expect(await refused('training.batchSize', 0)).toMatch(/training\.batchSize.*found 0/);
    expect(await refused('model.vision', 'cnn-smal')).toMatch(/did you mean cnn-small/);
    expect(await refused('data.train', 'absent.jsonl')).toMatch(/absent\.jsonl/);
    expect(await refused('data.test', 'train.jsonl')).toMatch(/groups stand in .*allowLeak/);
    expect(await refused('model.text.maxPositionEmbeddings', 4)).toMatch(/tokens and the network takes 4/);
    expect(await refused('model.text.numAttentionHeads', 3)).toMatch(/numAttentionHeads/);
  }, 120_000);

  it('does not write over a folder, and resumes only with the same config', async () => {
    const path = join(data, 'same.json');
    writeFileSync(path, JSON.stringify(config('none', { maxSteps: 2 })));
    expect((await runCli('train', path, '--out', out('same'), '--device', 'cpu')).code).toBe(0);
    const again = await runCli('train', path, '--out', out('same'), '--device', 'cpu');
    expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/not empty.*--resume/)]);
    const other = await runCli(
      'train',
      path,
      '--out',
      out('same'),
      '--device',
      'cpu',
      '--resume',
      '--seed',
      '7',
    );
    expect([other.code, other.stderr]).toEqual([2, expect.stringMatching(/another config/)]);
    const absent = await runCli(
      'evaluate',
      out('nowhere'),
      '--data',
      join(data, 'test.jsonl'),
      '--device',
      'cpu',
    );
    expect([absent.code, absent.stderr]).toEqual([2, expect.stringMatching(/no finished model/)]);
  }, 60_000);

  it('tampered or truncated weights are an error that says so', async () => {
    const weights = join(out('same'), 'model', 'model.safetensors');
    const bytes = readFileSync(weights);
    writeFileSync(weights, bytes.subarray(0, bytes.length - 100));
    const cut = await runCli('evaluate', out('same'), '--data', join(data, 'test.jsonl'), '--device', 'cpu');
    expect([cut.code, cut.stderr]).toEqual([
      2,
      expect.stringMatching(/model\.safetensors: expected \d+ bytes, found/),
    ]);
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ 1;
    writeFileSync(weights, bytes);
    const changed = await runCli(
      'evaluate',
      out('same'),
      '--data',
      join(data, 'test.jsonl'),
      '--device',
      'cpu',
    );
    expect([changed.code, changed.stderr]).toEqual([2, expect.stringMatching(/its content was changed/)]);
  }, 60_000);
});
