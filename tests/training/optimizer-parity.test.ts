/** @file AdamW, Adam with L2, SGD with momentum, clipping and schedules: 20 steps against PyTorch's. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile, tf } from '../../src/lib/engine';
import { createParameters } from '../../src/lib/nn';
import { optimizerConfigSchema } from '../../src/lib/training/config';
import { clipByGlobalNorm, createOptimizer } from '../../src/lib/training/optimizer';
import { learningRateAt, type ScheduleKind } from '../../src/lib/training/schedule';

interface Case {
  optimizer: Record<string, unknown>;
  weightDecay: number;
  schedule: ScheduleKind;
  final: number;
  clipping: number | null;
  rates: number[];
  w: number[];
  b: number[];
}

const fixture = JSON.parse(
  readFileSync(resolve(__dirname, '../parity/fixtures/optimizers.json'), 'utf8'),
) as {
  learningRate: number;
  warmup: number;
  start: { w: number[]; b: number[] };
  gradients: { w: number[]; b: number[] }[];
  cases: Case[];
};
const SHAPES = { w: [3, 4], b: [4] };

/** Both parameters after the 20 steps, and the rates that were used. */
async function run({ optimizer: settings, weightDecay, schedule, final, clipping }: Case) {
  const { start, gradients, learningRate, warmup } = fixture;
  const parameters = createParameters(
    (['w', 'b'] as const).map((name) => ({
      name,
      shape: SHAPES[name],
      initialize: () => Float32Array.from(start[name]),
    })),
    1,
  );
  const optimizer = createOptimizer(parameters, {
    config: optimizerConfigSchema.parse(settings),
    weightDecay,
    trainable: ['w', 'b'],
  });
  const update = compile(
    (inputs: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => {
      const given = new Map([
        ['w', w],
        ['b', b],
      ]);
      optimizer.update(inputs, clipByGlobalNorm(given, clipping).clipped);
      return inputs;
    },
    { state: [...parameters.variables(), ...optimizer.state.values()] },
  );
  const rates = gradients.map((_, step) =>
    learningRateAt(step, { kind: schedule, learningRate, steps: gradients.length, warmup, final }),
  );
  for (const [step, { w, b }] of gradients.entries()) {
    const inputs = tf.tensor1d(optimizer.inputs(step, rates[step] as number));
    (await update(inputs, tf.tensor(w, SHAPES.w), tf.tensor(b, SHAPES.b))).dispose();
  }
  const [w, b] = await Promise.all(['w', 'b'].map((name) => parameters.get(name).data()));
  update.dispose();
  optimizer.dispose();
  parameters.dispose();
  return { rates, w: [...(w as Float32Array)], b: [...(b as Float32Array)] };
}

describe('20 steps as PyTorch takes them', () => {
  it.each(
    fixture.cases.map(
      (one) => [`${JSON.stringify(one.optimizer)}, decay ${one.weightDecay}, ${one.schedule}`, one] as const,
    ),
  )('%s', async (_, one) => {
    const found = await run(one);
    expect(found.rates).toBeClose(one.rates, { relative: 1e-6, absolute: 1e-12 });
    expect(found.w).toBeClose(one.w, { relative: 1e-5, absolute: 1e-6 });
    expect(found.b).toBeClose(one.b, { relative: 1e-5, absolute: 1e-6 });
  });

  it('L2 in the gradient and decoupled decay are the same under plain SGD, and differ under Adam', () => {
    const [decoupled, l2] = fixture.cases as [Case, Case];
    const [sgdL2, sgdDecoupled] = fixture.cases.slice(-2) as [Case, Case];
    expect(sgdL2.w).toBeClose(sgdDecoupled.w, { absolute: 1e-5 });
    const furthest = Math.max(...decoupled.w.map((value, i) => Math.abs(value - (l2.w[i] as number))));
    expect(furthest).toBeGreaterThan(0.01);
  });
});
