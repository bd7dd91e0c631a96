import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RandomStream, use } from '../../src/lib/engine';
import { recordCompute } from '../../src/lib/experiments/compute';
import { disposeBatch } from '../../src/lib/tasks/source';
import { type TrainConfigInput, train } from '../../src/lib/training';
import { trainConfigSchema } from '../../src/lib/training/config';
import { prepare } from '../../src/lib/training/prepare';
import type { Prepared } from '../../src/lib/training/prepared';
import { batchesByPicture } from '../../src/lib/training/records-per-picture';
import { stepGradients } from '../../src/lib/training/step-gradients';
import { colourData } from '../support/colour-data';
import { temporaryFolder } from '../support/temporary-folder';
import { tinyTextNetwork } from '../support/tiny-networks';

let data: string;
beforeAll(async () => {
  data = await colourData(32);
  // Each picture asked three times, and the first of them a fourth time.
  const records = readFileSync(join(data, 'train.jsonl'), 'utf8').trim().split('\n');
  const asked = records.flatMap((line, i) =>
    ['', 'please , ', 'tell me , ', ...(i === 0 ? ['now , '] : [])].map((before, j) => {
      const record = JSON.parse(line) as { id: string; text: string };
      return JSON.stringify({ ...record, id: `${record.id}-${j}`, text: before + record.text });
    }),
  );
  writeFileSync(join(data, 'train.jsonl'), `${asked.join('\n')}\n`);
  await use({ device: 'cpu' });
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

const config = (
  model: TrainConfigInput['model'] = {},
  training: TrainConfigInput['training'] = {},
  rest: Partial<TrainConfigInput['data']> = {},
): TrainConfigInput => ({
  task: 'classification',
  data: { train: 'train.jsonl', validation: 'validation.jsonl', test: 'test.jsonl', ...rest },
  model: { text: tinyTextNetwork, vision: 'cnn-tiny', fusion: 'concat', ...model },
  training: {
    maxSteps: 12,
    evaluationSteps: 6,
    batchSize: 12,
    patience: null,
    recordsPerPicture: 3,
    ...training,
  },
});

async function withPrepared<T>(
  written: TrainConfigInput,
  use: (prepared: Prepared) => Promise<T> | T,
): Promise<T> {
  const prepared = await prepare(trainConfigSchema.parse(written), { folder: data });
  try {
    return await use(prepared);
  } finally {
    prepared.dispose();
  }
}

describe('records per picture', () => {
  for (const [name, model] of Object.entries({
    concat: { fusion: 'concat' },
    'cross-attention': { fusion: 'cross-attention' },
    prefix: { fusion: 'prefix' },
    film: { fusion: { kind: 'film', hiddenSize: 16 } },
    gate: { fusion: 'gated-addition', gate: { supervision: 'none' } },
  } satisfies Record<string, TrainConfigInput['model']>)) {
    it(`${name}: loss and gradients are those of a batch that holds each record's picture`, async () => {
      await withPrepared(config(model), async ({ model: guided, train: source }) => {
        const ids = source.pictureIds as Int32Array;
        const rows = Int32Array.from([...ids.keys()].filter((row) => (ids[row] as number) < 4).slice(1));
        expect(rows).toHaveLength(12);
        const variables = new Map(guided.parameters.entries());
        const [apart, shared] = [await source.batch(rows, 0, 1), await source.batch(rows, 0, 3)];
        expect([apart, shared].map(({ inputs }) => inputs.pixels?.shape[0])).toEqual([12, 4]);
        const [expected, found] = [apart, shared].map((batch) => {
          const { loss, gradients } = stepGradients(batch, {
            model: guided,
            scope: () => guided.parameters,
            variables,
          });
          return {
            loss: loss.dataSync()[0] as number,
            gradients: new Map([...gradients].map(([key, value]) => [key, value.dataSync()])),
          };
        });
        expect(found?.loss).toBeCloseTo(expected?.loss as number, 5);
        expect([...(found?.gradients.keys() ?? [])]).toEqual([...(expected?.gradients.keys() ?? [])]);
        let largest = 0;
        for (const [key, values] of expected?.gradients ?? []) {
          const scale = Math.max(...values.map(Math.abs), 1e-3);
          found?.gradients.get(key)?.forEach((value, i) => {
            largest = Math.max(largest, Math.abs(value - (values[i] as number)) / scale);
          });
        }
        expect(largest).toBeLessThan(1e-4); // float32, sums in another order
        [apart, shared].forEach(disposeBatch);
      });
    });
  }

  it('a gate that learns from mismatched pairs meets another picture beside each record', async () => {
    const gate = { supervision: 'matching' as const };
    await withPrepared(config({ fusion: 'gated-addition', gate }), async ({ model, train: source }) => {
      const pictures = source.pictureIds as Int32Array;
      const rowsOf = (id: number) => [...pictures.keys()].filter((row) => pictures[row] === id).slice(0, 3);
      const batch = await source.batch(Int32Array.from([0, 1, 2, 3].flatMap(rowsOf)), 0, 3);
      const { relevance } = model.network.forward(model.parameters, batch.inputs, {
        random: new RandomStream(1),
      });
      expect([...(relevance?.mismatched?.counts.dataSync() ?? [])]).toEqual(Array(12).fill(1));
      disposeBatch(batch);
    });
  });

  it('trains: the same seed gives the same weights, a killed run resumed too, and a step costs less', async () => {
    const runs = ['one', 'two'].map((name) => join(data, 'runs', name));
    const [one, two] = runs as [string, string];
    const whole = await train(config(), one, { folder: data });
    expect(whole.steps).toBe(12);
    const stop = new AbortController();
    await expect(
      train(config(), two, {
        folder: data,
        signal: stop.signal,
        onEvent: (event) => event.kind === 'step' && event.step === 5 && stop.abort(),
      }),
    ).rejects.toThrow();
    await train(config(), two, { folder: data, resume: true });
    const weights = runs.map((run) => readFileSync(join(run, 'model', 'model.safetensors')));
    expect(weights[0]?.equals(weights[1] as Buffer)).toBe(true);

    const flops = async (recordsPerPicture: number | null) =>
      (await withPrepared(config({}, { recordsPerPicture }), recordCompute)) as { trainingFlops: number };
    const [apart, shared] = [await flops(null), await flops(3)];
    expect(shared.trainingFlops).toBeLessThan(apart.trainingFlops);
    expect(shared).toEqual({ ...apart, trainingFlops: shared.trainingFlops });
  });

  it('counts for nothing in a text-only model', async () => {
    await withPrepared(config({ fusion: 'none' }), (prepared) => {
      expect(batchesByPicture(prepared)).toBeNull();
    });
  });

  const folder = temporaryFolder();
  /** What a training of one step says, or nothing where it is taken. */
  const refusal = (written: TrainConfigInput): Promise<string | null> =>
    train(written, mkdtempSync(join(folder.path, 'run-')), { folder: data }).then(
      () => null,
      ({ message }: Error) => message,
    );

  it.each<[string, string, TrainConfigInput['model'], number, number]>([
    ['more than all records of a picture', '1.2', {}, 4, 1],
    ['fewer than the records of one picture', '1.2', {}, 48, 1],
    [
      'one record, where the picture takes the most',
      '2',
      { vision: { modelType: 'cnn', imageSize: 64, channels: [16, 32] } },
      48,
      6,
    ],
  ])('where memory has room for %s, what is advised fits at last', async (_, memory, model, each, most) => {
    const mend =
      /set (?:training\.recordsPerPicture to (\d+|null), )?training\.batchSize to (\d+) and training\.accumulation to (\d+)/;
    process.env.SIGHTLINE_MEMORY = memory;
    try {
      let training = { batchSize: 96, accumulation: 1, recordsPerPicture: each as number | null };
      let told = 0;
      for (;;) {
        const message = await refusal(config(model, { maxSteps: 1, ...training }));
        if (message === null) break;
        const found = mend.exec(message);
        expect(found, message).not.toBeNull();
        const [batchSize, accumulation] = [Number(found?.[2]), Number(found?.[3])];
        expect(batchSize).toBeLessThan(training.batchSize);
        expect(batchSize * accumulation).toBeGreaterThanOrEqual(96);
        const recordsPerPicture =
          found?.[1] === undefined ? training.recordsPerPicture : (JSON.parse(found[1]) as number | null);
        training = { batchSize, accumulation, recordsPerPicture };
        told++;
      }
      expect(told).toBeGreaterThan(0);
      expect(told).toBeLessThanOrEqual(most);
    } finally {
      delete process.env.SIGHTLINE_MEMORY;
    }
  });

  const refused: [string, TrainConfigInput, string][] = [
    [
      'a batch that it does not divide',
      config({}, { batchSize: 16 }),
      'training.recordsPerPicture: training.batchSize 16 is no multiple of 3; set it to 15',
    ],
    [
      'pictures changed for each record',
      config({}, {}, { augmentation: { pictures: { crop: 0.5 } } } as never),
      'data.augmentation.pictures changes the picture for each record by itself',
    ],
    [
      'pictures perturbed for each record',
      config({}, { adversarial: { on: 'pixels', epsilon: 0.01 } }),
      'training.adversarial perturbs the picture of each record by itself',
    ],
  ];
  for (const [what, written, message] of refused) {
    it(`refuses ${what}`, async () => {
      await withPrepared(written, (prepared) => {
        expect(() => batchesByPicture(prepared)).toThrow(message);
      });
    });
  }
});
