/** @file What a loaded checkpoint computes: logits of ids, and what it writes on greedily. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { tf } from '../../../src/lib/engine';
import { createParameters, type ParameterArrays } from '../../../src/lib/nn';
import { bertMaskedWordSpecifications, createTextNetwork, type TextConfig } from '../../../src/lib/text';

export const FIXTURES = resolve(__dirname, '../../parity/fixtures/text-checkpoints');

export interface Expected {
  text: string;
  ids: number[];
  logits: number[][];
  greedy?: number[];
  greedyText?: string;
}

export function expectedOf(name: 'bert' | 'gpt2' | 'llama'): Expected {
  const all = JSON.parse(readFileSync(resolve(FIXTURES, 'expected.json'), 'utf8')) as Record<
    string,
    Expected
  >;
  return all[name] as Expected;
}

interface Checkpoint {
  config: TextConfig;
  weights: ParameterArrays;
}

/** Logits [T, V] of one text, by the masked-word head or the causal one. */
export function logitsOf(checkpoint: Checkpoint, ids: readonly number[]): number[][] {
  return withLogits(checkpoint, (run) => run(ids));
}

/** The `count` likeliest ids after `ids`, one at a time. */
export function greedy(checkpoint: Checkpoint, ids: readonly number[], count: number): number[] {
  return withLogits(checkpoint, (run) => {
    const all = [...ids];
    for (let i = 0; i < count; i++) {
      const last = run(all).at(-1) as number[];
      all.push(last.indexOf(Math.max(...last)));
    }
    return all.slice(ids.length);
  });
}

function withLogits<T>(
  { config, weights }: Checkpoint,
  use: (run: (ids: readonly number[]) => number[][]) => T,
): T {
  const network = createTextNetwork(config);
  const specifications = [
    ...network.specifications(),
    ...(config.modelType === 'bert' ? bertMaskedWordSpecifications(config) : []),
  ];
  const params = createParameters(specifications, 1);
  // BERT's pooler is not asked about here, and its masked-word checkpoints have none.
  params.load(weights, { allowMissing: config.modelType === 'bert', allowExtra: true });
  try {
    return use((ids) =>
      tf.tidy(() => {
        const { states } = network.forward(params, { ids: tf.tensor2d([[...ids]], undefined, 'int32') });
        const logits = network.languageModel.logits(params, states);
        return (tf.squeeze(logits, [0]).arraySync() as number[][]) ?? [];
      }),
    );
  } finally {
    params.dispose();
  }
}
