/** @file Writing: greedy is the likeliest token each time; draws come with the frequencies of the softmax. */
import { beforeAll, describe, expect, it } from 'vitest';
import { beamSearch, grammarRule, TextSampler, wordSequences } from '../../src/lib/decoding';
import { tf, use } from '../../src/lib/engine';
import { createParameters } from '../../src/lib/nn';
import { createTextNetwork, textConfigSchema, trainByteLevelBpe } from '../../src/lib/text';

const tokenizer = trainByteLevelBpe(['the cat sat on the mat. '.repeat(20)], { vocabularySize: 280 });
const network = createTextNetwork(
  textConfigSchema.parse({
    modelType: 'gpt2',
    vocabSize: tokenizer.vocabularySize,
    nEmbd: 16,
    nLayer: 1,
    nHead: 2,
    nPositions: 12,
    initializerRange: 0.5,
  }),
);

describe('TextSampler', () => {
  beforeAll(() => use({ device: 'cpu' }));
  const model = { network, parameters: createParameters(network.specifications(), 1), tokenizer };

  it('greedy takes the argmax of the network itself, beyond its window too', async () => {
    const sampler = new TextSampler(model);
    const { ids } = await sampler.write('the cat', { tokens: 20, temperature: 0, stopAt: [] });
    expect(ids.length).toBe(20);
    const context = [...tokenizer.encode('the cat', null, { addSpecialTokens: false }).ids];
    for (const id of ids) {
      const window = context.slice(-network.maxLength);
      const best = tf.tidy(() => {
        const { states } = network.forward(model.parameters, {
          ids: tf.tensor2d([window], undefined, 'int32'),
        });
        const logits = network.languageModel.logits(model.parameters, states) as tf.Tensor3D;
        return tf.argMax(tf.slice(logits, [0, window.length - 1, 0], [1, 1, -1]), -1).dataSync()[0];
      });
      expect(id).toBe(best);
      context.push(id);
    }
    sampler.dispose();
  });

  it('draws with the softmax of logits over temperature, among the topK: 4,000 draws, five standard errors', async () => {
    const sampler = new TextSampler(model);
    const context = [...tokenizer.encode('the', null, { addSpecialTokens: false }).ids];
    const logits = await sampler.logits(context);
    const top = Array.from(logits.keys())
      .sort((a, b) => (logits[b] as number) - (logits[a] as number))
      .slice(0, 3);
    const weights = top.map((id) => Math.exp((logits[id] as number) / 2));
    const total = weights.reduce((sum, one) => sum + one);
    const counts = new Map<number, number>();
    const draws = 4000;
    // The first token of many seeds; the context's logits are computed anew each time.
    for (let seed = 0; seed < draws; seed++) {
      const { ids } = await sampler.write('the', { tokens: 1, temperature: 2, topK: 3, seed, stopAt: [] });
      counts.set(ids[0] as number, (counts.get(ids[0] as number) ?? 0) + 1);
    }
    for (const [i, id] of top.entries()) {
      const share = (weights[i] as number) / total;
      const error = 5 * Math.sqrt((share * (1 - share)) / draws);
      expect(Math.abs((counts.get(id) ?? 0) / draws - share)).toBeLessThan(error);
    }
    sampler.dispose();
  });

  it('is the same for the same seed, streams what it writes, and stops where it is told to', async () => {
    const sampler = new TextSampler(model);
    const pieces: string[] = [];
    const options = { tokens: 15, seed: 3, stopAt: [] };
    const first = await sampler.write('the', { ...options, onText: (piece) => pieces.push(piece) });
    expect(await sampler.write('the', options)).toEqual(first);
    expect(first.text.startsWith(pieces.join(''))).toBe(true);
    const stop = first.ids[5] as number;
    const { ids } = await sampler.write('the', { ...options, stopAt: [stop] });
    expect(ids).toEqual(first.ids.slice(0, first.ids.indexOf(stop)));
    await expect(sampler.write('the', { ...options, temperature: -1 })).rejects.toThrow('temperature');
    sampler.dispose();
  });

  it('takes every rule, a grammar and stop strings; its pieces together are its text', async () => {
    const sampler = new TextSampler(model);
    const pieces: string[] = [];
    const onText = (piece: string) => pieces.push(piece);
    const rules = [grammarRule('(the|a) (cat|mat) sat\\.', tokenizer)];
    const strict = await sampler.write('the', {
      tokens: 20,
      topP: 0.9,
      repetitionPenalty: 1.1,
      rules,
      onText,
    });
    expect(strict.text).toMatch(/^(the|a) (cat|mat) sat\.$/);
    expect(strict.ending).toBe('complete');
    expect(pieces.join('')).toBe(strict.text);
    const cut = await sampler.write('the', { tokens: 20, rules, stopStrings: [' sat'] });
    expect(cut.text).toMatch(/^(the|a) (cat|mat)$/);
    expect(cut.ending).toBe('stop-string');
    expect(tokenizer.decode(cut.ids)).toContain(' sat');
    const [ids] = wordSequences(tokenizer, 'the', { asWritten: true });
    const forbidden = await sampler.write('the', {
      tokens: 12,
      temperature: 0,
      stopAt: [],
      forbidden: [ids as number[]],
    });
    expect(forbidden.ids).not.toContain(ids?.[0]);
    sampler.dispose();
  });

  it('aborts, writes at least as much as is asked, and gives its model to other strategies', async () => {
    const sampler = new TextSampler(model);
    const controller = new AbortController();
    const writing = sampler.write('the', {
      tokens: 50,
      stopAt: [],
      signal: controller.signal,
      onText: () => controller.abort(new Error('enough')),
    });
    await expect(writing).rejects.toThrow('enough');
    const { ids } = await sampler.write('the', { tokens: 9, temperature: 0, stopAt: [] });
    const long = await sampler.write('the', {
      tokens: 9,
      temperature: 0,
      stopAt: [ids[0] as number],
      minimumTokens: 5,
    });
    expect(long.ids.length).toBeGreaterThanOrEqual(5);
    const [found] = await beamSearch(sampler.model, [sampler.promptIds('the')], {
      beams: 1,
      maximumTokens: 9,
    });
    expect(found?.[0]?.ids).toEqual(ids);
    sampler.dispose();
  });
});
