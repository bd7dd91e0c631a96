/**
 * @file Rules by hand-computed numbers and closed forms (parity.test.ts has transformers'), their order, and what is
 * refused: each message names the value and the mend.
 */
import { describe, expect, it } from 'vitest';
import {
  checkRuleOrder,
  epsilonCutoff,
  etaCutoff,
  forbiddenWords,
  forcedTokens,
  frequencyPenalty,
  type LogitsRule,
  largest,
  logSoftmax,
  minimumLength,
  minP,
  noRepeatNgram,
  RULE_ORDER,
  RuleList,
  repetitionPenalty,
  rulesFromOptions,
  softmax,
  sortRules,
  temperature,
  topK,
  topP,
  typical,
  wordSequences,
} from '../../src/lib/decoding';
import { Generator } from '../../src/lib/random';
import { trainByteLevelBpe } from '../../src/lib/text';
import '../support/matchers';

const none = { prompt: [], written: [] };
/** log of probabilities .5 .25 .125 .0625 .0625 */
const halves = Float64Array.of(0.5, 0.25, 0.125, 0.0625, 0.0625).map(Math.log);
const kept = (rule: LogitsRule, logits: Float32Array | Float64Array = halves, context = none) =>
  possible(rule.apply(logits, context));
const possible = (logits: Float32Array | Float64Array) =>
  [...logits.keys()].filter((id) => (logits[id] as number) > Number.NEGATIVE_INFINITY);

describe('rules by hand', () => {
  it('logSoftmax and softmax, with tokens that are forbidden and logits that would overflow', () => {
    expect(softmax(Float64Array.of(1000, 1000 + Math.log(3), Number.NEGATIVE_INFINITY))).toBeClose([
      0.25, 0.75, 0,
    ]);
    expect(logSoftmax(Float32Array.of(0, 0))).toBeClose([-Math.LN2, -Math.LN2]);
  });

  it('largest: in order, ties by id, −∞ left out, as a sort of everything', () => {
    expect(largest([1, 3, 3, Number.NEGATIVE_INFINITY, 2], 10)).toEqual([1, 2, 4, 0]);
    const values = Float64Array.from({ length: 5000 }, (_, i) => (i * 7919) % 1009);
    const sorted = [...values.keys()].sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
    for (const count of [1, 7, 300, 5000]) expect(largest(values, count)).toEqual(sorted.slice(0, count));
  });

  it('the cuts keep what their formulas keep', () => {
    expect(kept(topK(3))).toEqual([0, 1, 2]);
    expect(kept(topK(4))).toEqual([0, 1, 2, 3, 4]); // the fourth and the fifth are as likely
    expect(kept(topP(0.5))).toEqual([0]);
    expect(kept(topP(0.51))).toEqual([0, 1]);
    expect(kept(topP(0.9))).toEqual([0, 1, 2, 3]);
    expect(kept(topP(1))).toEqual([0, 1, 2, 3, 4]);
    expect(kept(minP(0.3))).toEqual([0, 1]);
    expect(kept(epsilonCutoff(0.1))).toEqual([0, 1, 2]);
    expect(kept(epsilonCutoff(0.9))).toEqual([0]);
    // H = 1.875 ln 2; √0.1 · exp(−H) = 0.0862; min with 0.1: tokens of 0.125 stay
    expect(kept(etaCutoff(0.1))).toEqual([0, 1, 2]);
    // |1 − 1.875|, |2 − 1.875|, |3 − 1.875|, |4 − 1.875| in units of ln 2: 1, 0, 2, (3, 4)
    expect(kept(typical(0.2))).toEqual([1]);
    expect(kept(typical(0.3))).toEqual([0, 1]);
    expect(kept(typical(0.8))).toEqual([0, 1, 2]);
  });

  it('top-p and typical over 3,000 tokens keep what a sort of everything keeps', () => {
    const generator = new Generator(4, 'logits');
    for (const spread of [0.1, 1, 6]) {
      const logits = Float64Array.from({ length: 3000 }, () => spread * generator.normal());
      const p = softmax(logits);
      const entropy = -p.reduce((sum, one) => sum + one * Math.log(one), 0);
      const byNearness = (id: number) => Math.abs(-Math.log(p[id] as number) - entropy);
      const prefix = (order: number[], mass: number) => {
        let sum = 0;
        const end = order.findIndex((id) => {
          sum += p[id] as number;
          return sum >= mass;
        });
        return order.slice(0, end + 1).sort((a, b) => a - b);
      };
      const ids = [...p.keys()];
      const likeliest = [...ids].sort((a, b) => (p[b] as number) - (p[a] as number));
      const nearest = [...ids].sort((a, b) => byNearness(a) - byNearness(b));
      for (const mass of [0.01, 0.3, 0.9]) {
        expect(kept(topP(mass), logits)).toEqual(prefix(likeliest, mass));
        expect(kept(typical(mass), logits)).toEqual(prefix(nearest, mass));
      }
    }
  });

  it('frequency and presence penalties: l − frequency · count − presence', () => {
    const context = { prompt: [3, 3], written: [0, 1, 0] };
    const rule = frequencyPenalty({ frequency: 0.5, presence: 0.25 });
    expect(rule.apply(Float64Array.of(1, 2, 3, 4), context)).toBeClose([-0.25, 1.25, 3, 4]);
    const all = frequencyPenalty({ frequency: 0.5, includePrompt: true });
    expect(all.apply(Float64Array.of(1, 2, 3, 4), context)).toBeClose([0, 1.5, 3, 3]);
  });

  it('repetition penalty lowers positive and negative logits', () => {
    const context = { prompt: [0, 1], written: [] };
    expect(repetitionPenalty(2).apply(Float64Array.of(4, -4, 4, -4), context)).toBeClose([2, -8, 4, -4]);
  });

  it('forced tokens follow their sequence and leave the rest alone', () => {
    const rule = forcedTokens([{ at: 1, ids: [3, 2] }]);
    expect(kept(rule)).toEqual([0, 1, 2, 3, 4]);
    expect(kept(rule, halves, { prompt: [], written: [0] } as never)).toEqual([3]);
    expect(kept(rule, halves, { prompt: [], written: [0, 3] } as never)).toEqual([2]);
    expect(kept(rule, halves, { prompt: [], written: [0, 3, 2] } as never)).toEqual([0, 1, 2, 3, 4]);
  });

  it('wordSequences gives the usual spellings, and forbidding them keeps the word from being written so', () => {
    const tokenizer = trainByteLevelBpe(['The cat sat. A cat. Cat! CAT '.repeat(30)], {
      vocabularySize: 290,
    });
    const sequences = wordSequences(tokenizer, 'cat');
    const texts = sequences.map((ids) => tokenizer.decode(ids));
    expect(new Set(texts)).toEqual(new Set(['cat', ' cat', 'Cat', ' Cat', 'CAT', ' CAT']));
    expect(wordSequences(tokenizer, 'cat', { asWritten: true }).length).toBe(2);
  });
});

describe('the list', () => {
  it('has the order of RULE_ORDER, which sortRules makes', () => {
    const rules = [
      topP(0.9),
      temperature(2),
      forbiddenWords([[1]]),
      repetitionPenalty(1.1),
      forbiddenWords([[2]]),
    ];
    const sorted = sortRules(rules);
    expect(sorted.map(({ kind }) => kind)).toEqual([
      'repetition-penalty',
      'forbidden',
      'forbidden',
      'temperature',
      'top-p',
    ]);
    expect(sorted[1]).toBe(rules[2]);
    expect(() => checkRuleOrder(sorted)).not.toThrow();
    expect(() => new RuleList(rules)).toThrow(
      `"temperature 2" comes after "top-p 0.9"; the order is ${RULE_ORDER.join(', ')}`,
    );
    expect(() => new RuleList([topK(1), topK(2)])).toThrow('"top-k 1" and "top-k 2": take one of them away');
    expect(new RuleList(sorted.slice(3)).description).toBe('temperature 2 → top-p 0.9');
    expect(new RuleList([]).description).toBe('no rules');
  });

  it('order matters: at temperature 4 the first two hold 0.268 + 0.225 < 0.5', () => {
    const hot = new RuleList([temperature(4), topP(0.5)]).apply(halves, none);
    expect([...hot.keys()].filter((id) => (hot[id] as number) > Number.NEGATIVE_INFINITY)).toEqual([0, 1, 2]);
    expect(kept(topP(0.5))).toEqual([0]);
  });

  it('rulesFromOptions takes what is asked for, others at their places', () => {
    const rules = rulesFromOptions({ topK: 3, temperature: 0.5, presencePenalty: 1 }, [
      forbiddenWords([[1]]),
    ]);
    expect(rules.map(({ kind }) => kind)).toEqual(['frequency-penalty', 'forbidden', 'temperature', 'top-k']);
    expect(rulesFromOptions({})).toEqual([]);
  });

  it('contradictory rules are named, each with what it forbade', () => {
    const list = new RuleList([
      noRepeatNgram(1),
      forbiddenWords([[3]]),
      minimumLength(5, [4]),
      forcedTokens([{ at: 0, ids: [4] }]),
      topK(2),
    ]);
    expect(() => list.apply(halves, none)).toThrow(
      'no token is left for place 0 of what is written: "forced tokens 4 at 0" forbids the last of them, after what ' +
        '"forbidden words [3]" and "minimum length 5" had forbidden. These rules contradict each other: take one away, or loosen it',
    );
    const all = new RuleList([forbiddenWords([[0], [1], [2], [3], [4]])]);
    expect(() => all.apply(halves, none)).toThrow(
      /"forbidden words \[0\] \[1\] \[2\] and 2 more" forbids the last of them\. Take the rule away/,
    );
  });

  it('refuses logits that are not numbers, and says whose they are', () => {
    const list = new RuleList([temperature(2)]);
    expect(() => list.apply(Float32Array.of(1, Number.NaN), none)).toThrow(
      'the logit of token 1 is NaN after the network',
    );
    expect(() => list.apply(Float32Array.of(Infinity, 1), none)).toThrow(
      'the logit of token 0 is Infinity after the network',
    );
    expect(() => list.apply(Float32Array.of(-Infinity, -Infinity), none)).toThrow(
      'every token the logit -Infinity',
    );
    const extreme = new RuleList([temperature(1e-300)]);
    expect(() => extreme.apply(Float64Array.of(1e200, 1), none)).toThrow(
      'is Infinity after temperature 1e-300',
    );
    const broken: LogitsRule = { kind: 'custom', description: 'mine', apply: (logits) => logits.slice(1) };
    expect(() => new RuleList([broken]).apply(halves, none)).toThrow('mine: 4 logits for 5');
    const unknown = { ...broken, kind: 'odd' as never };
    expect(() => new RuleList([unknown])).toThrow('kind "odd"; there are: repetition-penalty');
  });
});

describe('settings that are refused', () => {
  it.each<[string, () => unknown]>([
    [
      'temperature: expected a number > 0 (for the likeliest token each time use greedy), got -1',
      () => temperature(-1),
    ],
    [
      'temperature: expected a number > 0 (for the likeliest token each time use greedy), got 0',
      () => temperature(0),
    ],
    ['top-k: expected a whole number ≥ 1, got 0', () => topK(0)],
    ['top-k: expected a whole number ≥ 1, got 2.5', () => topK(2.5)],
    [
      'top-p: expected a number > 0 and ≤ 1 (1 changes nothing; for the likeliest alone use greedy), got 0',
      () => topP(0),
    ],
    ['top-p: keepAtLeast: expected a whole number ≥ 1, got 0', () => topP(0.5, { keepAtLeast: 0 })],
    ['top-p: expected', () => topP(Number.NaN)],
    ['min-p: expected a number ≥ 0 and ≤ 1 (0 changes nothing), got 1.1', () => minP(1.1)],
    ['typical: expected a mass > 0 and < 1, got 1', () => typical(1)],
    ['epsilon cutoff: expected a number > 0 and < 1, got 0', () => epsilonCutoff(0)],
    ['eta cutoff: expected a number > 0 and < 1, got 1', () => etaCutoff(1)],
    ['repetition penalty: expected a number > 0 (1 changes nothing), got 0', () => repetitionPenalty(0)],
    [
      'frequency penalty: expected a finite number, got Infinity',
      () => frequencyPenalty({ frequency: Infinity }),
    ],
    ['no-repeat n-gram: expected a whole number ≥ 1, got 0', () => noRepeatNgram(0)],
    ['forbidden words: expected at least one sequence of ids, got []', () => forbiddenWords([])],
    ['forbidden words: expected sequences of at least one id, got []', () => forbiddenWords([[1], []])],
    ['forbidden words: expected token ids, whole numbers ≥ 0, got -1', () => forbiddenWords([[-1]])],
    [
      'forbidden words [7]: expected ids below 5, the size of the vocabulary, got 7',
      () => forbiddenWords([[7]]).apply(halves, none),
    ],
    [
      'forced tokens: place 1: expected one token a place, got 3 and 4',
      () =>
        forcedTokens([
          { at: 0, ids: [1, 3] },
          { at: 1, ids: [4] },
        ]),
    ],
    ['forced tokens: at: expected a whole number ≥ 0, got -1', () => forcedTokens([{ at: -1, ids: [1] }])],
    ['minimum length: expected a whole number ≥ 0, got -2', () => minimumLength(-2, [0])],
  ])('%s', (message, make) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });
});
