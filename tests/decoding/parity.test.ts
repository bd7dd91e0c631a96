/**
 * @file Rules and strategies against Python `transformers` (`tests/parity/decoding_reference.py`): its processors on
 * random logits (to 1e-4, the fixture's five digits), and what `generate` writes with a tiny random GPT-2, token for
 * token, with the scores of beams to 1e-4.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  beamSearch,
  contrastiveSearch,
  epsilonCutoff,
  etaCutoff,
  forbiddenWords,
  forcedTokens,
  greedy,
  type LogitsRule,
  minimumLength,
  minP,
  NetworkLogits,
  noRepeatNgram,
  RuleList,
  repetitionPenalty,
  rulesFromOptions,
  temperature,
  topK,
  topP,
  typical,
} from '../../src/lib/decoding';
import { use } from '../../src/lib/engine';
import { createParameters } from '../../src/lib/nn';
import { createTextNetwork, loadTextCheckpoint } from '../../src/lib/text';
import '../support/matchers';

interface Written {
  written: number[][];
  scores?: number[];
}

interface Case {
  /** By their names in transformers. */
  settings: Record<string, unknown>;
  alone: Written[];
  batch: Written;
}

/** Of each rule those that it has. */
interface RuleSettings {
  penalty: number;
  size: number;
  words: number[][];
  tokens: number;
  stopIds: number[];
  at: number;
  ids: number[];
  temperature: number;
  k: number;
  p: number;
  share: number;
  mass: number;
  epsilon: number;
  includePrompt?: boolean;
  keepAtLeast?: number;
}

interface Fixture {
  prompts: number[][];
  cases: Case[];
  rules: {
    prompt: number;
    ids: number[][];
    logits: number[][];
    cases: { rule: string; settings: RuleSettings; logits: (number | null)[][] }[];
    together: { order: string[]; logits: (number | null)[][] };
  };
}

const read = (name: string) =>
  JSON.parse(readFileSync(resolve(__dirname, '../parity/fixtures', `${name}.json`), 'utf8')) as Fixture;
const fixture = read('decoding');
const moved = read('decoding-moved');

const makers: Record<string, (settings: RuleSettings) => LogitsRule> = {
  repetitionPenalty: ({ penalty, ...rest }) => repetitionPenalty(penalty, rest),
  noRepeatNgram: ({ size }) => noRepeatNgram(size),
  forbiddenWords: ({ words }) => forbiddenWords(words),
  minimumLength: ({ tokens, stopIds }) => minimumLength(tokens, stopIds),
  forcedTokens: ({ at, ids }) => forcedTokens([{ at, ids }]),
  temperature: (settings) => temperature(settings.temperature),
  topK: ({ k }) => topK(k),
  topP: ({ p, ...rest }) => topP(p, rest),
  minP: ({ share, ...rest }) => minP(share, rest),
  typical: ({ mass, ...rest }) => typical(mass, rest),
  epsilonCutoff: ({ epsilon, ...rest }) => epsilonCutoff(epsilon, rest),
  etaCutoff: ({ epsilon, ...rest }) => etaCutoff(epsilon, rest),
};

describe('rules agree with the processors of transformers', () => {
  const { prompt, ids, logits, cases, together } = fixture.rules;
  const contexts = ids.map((row) => ({ prompt: row.slice(0, prompt), written: row.slice(prompt) }));
  const expected = (row: (number | null)[]) => row.map((value) => value ?? Number.NEGATIVE_INFINITY);
  // One rule alone may leave no token; the list would refuse that.
  const all = cases.map((one) => ({ ...one, title: `${one.rule} ${JSON.stringify(one.settings)}` }));
  it.each(all)('$title', ({ rule, settings, logits: wanted }) => {
    const made = makers[rule]?.(settings) as LogitsRule;
    for (const [row, values] of logits.entries()) {
      for (const input of [Float32Array.from(values), Float64Array.from(values)]) {
        const before = input.slice();
        const out = made.apply(input, contexts[row] as never);
        expect(out).toBeClose(expected(wanted[row] as number[]), { absolute: 1e-4 });
        expect(input).toEqual(before); // rules do not write into their input
        expect(out.constructor).toBe(input.constructor);
      }
    }
  });

  it('all together, in the same order', () => {
    const options = {
      temperature: 1.7,
      topK: 12,
      topP: 0.9,
      minP: 0.02,
      typical: 0.9,
      epsilonCutoff: 0.01,
      etaCutoff: 0.05,
      repetitionPenalty: 1.2,
      noRepeatNgram: 2,
      forbidden: [[3], [21, 22, 5]],
    };
    const list = new RuleList(rulesFromOptions(options));
    expect(together.order.length).toBe(list.rules.length);
    for (const [row, values] of logits.entries()) {
      const out = list.apply(Float32Array.from(values), contexts[row] as never);
      expect(out).toBeClose(expected(together.logits[row] as number[]), { absolute: 1e-4 });
    }
  });
});

describe('strategies write what transformers writes', () => {
  let model: NetworkLogits;
  let release = () => {};

  beforeAll(async () => {
    await use({ device: 'cpu' });
    const folder = resolve(__dirname, '../parity/fixtures/text-checkpoints/gpt2');
    const { config, weights } = await loadTextCheckpoint(folder);
    const network = createTextNetwork(config);
    const parameters = createParameters(network.specifications(), 1);
    parameters.load(weights, { allowExtra: true });
    model = new NetworkLogits({ network, parameters });
    release = () => {
      model.dispose();
      parameters.dispose();
    };
  });
  afterAll(() => release());

  async function write(prompts: number[][], settings: Record<string, unknown>): Promise<Written> {
    const get = <T>(name: string) => settings[name] as T;
    const options = {
      maximumTokens: get<number>('max_new_tokens'),
      minimumTokens: get<number | undefined>('min_new_tokens') ?? 0,
      stopIds: get<number[] | undefined>('eos_token_id') ?? [],
      rules: rulesFromOptions({
        repetitionPenalty: get('repetition_penalty'),
        noRepeatNgram: get('no_repeat_ngram_size'),
        forbidden: get('bad_words_ids'),
      }),
    };
    if (settings.penalty_alpha !== undefined) {
      const contrast = { candidates: get<number>('top_k'), penalty: get<number>('penalty_alpha') };
      const out = await contrastiveSearch(model, prompts, { ...options, ...contrast });
      return { written: out.map(({ ids }) => ids) };
    }
    const beams = get<number | undefined>('num_beams') ?? 1;
    if (beams === 1) {
      const out = await greedy(model, prompts, options);
      return { written: out.map(({ ids }) => ids) };
    }
    const out = await beamSearch(model, prompts, {
      ...options,
      beams,
      lengthPenalty: get('length_penalty'),
      earlyStopping: get('early_stopping'),
      groups: get('num_beam_groups'),
      diversityPenalty: get('diversity_penalty'),
      returned: get('num_return_sequences'),
    });
    const flat = out.flat();
    return { written: flat.map(({ ids }) => ids), scores: flat.map(({ score }) => score) };
  }

  const all = [...fixture.cases, ...moved.cases].map((one) => ({
    ...one,
    title: JSON.stringify(one.settings),
  }));
  it.each(all)('$title', async ({ settings, alone, batch }) => {
    const together = await write(fixture.prompts, settings);
    const each = await Promise.all(fixture.prompts.map((prompt) => write([prompt], settings)));
    expect(each.map(({ written }) => written)).toEqual(alone.map(({ written }) => written));
    expect(together.written).toEqual(each.flatMap(({ written }) => written));
    for (const [i, { scores }] of alone.entries()) {
      if (scores) expect(each[i]?.scores).toBeClose(scores, { absolute: 1e-4 });
    }
    // In a batch transformers counts the padding as text that must not repeat.
    if (!settings.no_repeat_ngram_size) expect(together.written).toEqual(batch.written);
  });
});
