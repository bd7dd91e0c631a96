/**
 * @file Answers as spans of a passage: the decoding against every span there is, loss and gradient against their closed
 * form, what is refused; and end to end, text-only and guided.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convert, type QaRecord, type RecordSet, readRecords } from '../../src/lib/data';
import { tf, use } from '../../src/lib/engine';
import { Generator } from '../../src/lib/random';
import { fitAnswerSpan } from '../../src/lib/tasks/answer-span';
import { bestSpan } from '../../src/lib/tasks/best-span';
import { Examples } from '../../src/lib/tasks/examples';
import { disposeBatch } from '../../src/lib/tasks/source';
import { trainByteLevelBpe, trainWordPiece } from '../../src/lib/text';
import { evaluateModel, predictRecords, type TrainConfigInput, train } from '../../src/lib/training';
import { runCli } from '../support/cli';
import { sharedData } from '../support/shared-data';
import { spanData } from '../support/span-data';
import { tinyTextNetwork } from '../support/tiny-networks';

const records = [
  { id: '0', question: 'Who saw it?', context: 'Ida saw the boatman.', answer: 'Ida', answerStart: 0 },
  {
    id: '1',
    question: 'Whom did Ida see?',
    context: 'Ida saw the boatman.',
    answer: 'the boatman',
    answerStart: 8,
  },
  { id: '2', question: 'Who?', context: 'A boat, Rosa', answer: 'Rosa' },
];
const setOf = (some: readonly Omit<QaRecord, never>[]): RecordSet<QaRecord> => ({
  task: 'qa',
  file: 'qa.jsonl',
  records: some as QaRecord[],
  lines: some.map((_, i) => i + 1),
  pictures: some.map(() => null),
  sha256: '',
});
const tokenizer = trainWordPiece(
  records.flatMap(({ question, context }) => [question, context]),
  { vocabularySize: 60, minimumFrequency: 1 },
);
const options = {
  head: { loss: 'cross-entropy', dropout: 0 } as const,
  labelSmoothing: 0,
  text: null as never,
};
const fit = (set: RecordSet<QaRecord>) => fitAnswerSpan(set, { ...options, tokenizer });
const encodeOptions = { tokenizer, maxLength: 64, unlabelled: false };

describe('the best span', () => {
  it('is the best of all that are short enough', () => {
    const generator = new Generator(1, 'spans');
    for (let trial = 0; trial < 200; trial++) {
      const count = 1 + generator.integer(9);
      const longest = 1 + generator.integer(count);
      const draw = () => Array.from({ length: count }, () => generator.uniform() * 4 - 2);
      const [start, end] = [draw(), draw()];
      const all = start.flatMap((s, i) =>
        end.map((e, j) => ({ score: s + e, allowed: j >= i && j - i < longest })),
      );
      const best = Math.max(...all.filter(({ allowed }) => allowed).map(({ score }) => score));
      const { first, last, score } = bestSpan(start, end, longest);
      expect(score).toBe(best);
      expect(score).toBe((start[first] as number) + (end[last] as number));
      expect(last >= first && last - first < longest).toBe(true);
    }
  });

  it('begins before it ends, also where the best end stands first', () => {
    expect(bestSpan([0, 0, 9], [9, 0, 1])).toEqual({ first: 2, last: 2, score: 10 });
    expect(bestSpan([0, 0, 0], [0, 0, 5], 1)).toEqual({ first: 2, last: 2, score: 5 });
  });
});

describe('spans as targets', () => {
  const set = setOf(records);
  const task = fit(set);
  const { targets, inputs } = task.encode(set, encodeOptions);
  const time = targets.context?.rowShape[0] as number;

  it('the pieces from start to end are the answer, and the context is what stands behind the question', () => {
    for (const [row, { question, context, answer }] of records.entries()) {
      const { tokens } = tokenizer.encode(question, context);
      const [start, end] = [targets.start?.data[row] as number, targets.end?.data[row] as number];
      const text = tokens
        .slice(start, end + 1)
        .join(' ')
        .replaceAll(' ##', '');
      expect(text).toBe(answer.toLowerCase());
      const first = tokens.indexOf('[SEP]') + 1;
      const mask = Array.from({ length: time }, (_, at) => Number(at >= first && at < tokens.length - 1));
      expect(Array.from(targets.context?.data.subarray(row * time, (row + 1) * time) ?? [])).toEqual(mask);
      expect(Array.from(inputs.ids?.data.subarray(row * time, row * time + tokens.length) ?? [])).toEqual(
        tokenizer.encode(question, context).ids,
      );
    }
    expect(task.state.longestAnswer).toBe(tokenizer.encode('the boatman').ids.length - 2);
    expect(Object.keys(task.encode(set, { ...encodeOptions, unlabelled: true }).targets)).toEqual([
      'context',
    ]);
  });

  it('loss and gradient are those of two softmaxes over the context, worked by hand', () => {
    tf.tidy(() => {
      const states = tf.randomUniform([3, time, 2], -1, 1, 'float32', 4);
      const weight = tf.variable(tf.randomUniform([2, 2], -1, 1, 'float32', 5));
      const bias = tf.variable(tf.tensor1d([0.3, -0.2]));
      const scope = { get: (name: string) => (name.endsWith('weight') ? weight : bias), find: () => null };
      const tensors = Object.fromEntries(
        Object.entries(targets).map(([name, { data, rowShape }]) => [
          name,
          tf.tensor(data, [3, ...rowShape], 'int32'),
        ]),
      );
      const { value, grads } = tf.variableGrads(
        () => task.loss(scope as never, { states, pooled: states }, tensors, {}) as tf.Scalar,
        [weight],
      );
      const h = states.arraySync() as number[][][];
      const w = weight.arraySync() as number[][];
      let loss = 0;
      const gradient = [
        [0, 0],
        [0, 0],
      ];
      for (const [row, own] of h.entries()) {
        const inside = Array.from({ length: time }, (_, at) => at).filter(
          (at) => targets.context?.data[row * time + at] === 1,
        );
        for (const [side, name] of ['start', 'end'].entries()) {
          const logit = (at: number) =>
            (own[at] as number[]).reduce((sum, x, d) => sum + x * ((w[side] as number[])[d] as number), 0);
          const total = inside.reduce((sum, at) => sum + Math.exp(logit(at)), 0);
          const truth = targets[name]?.data[row] as number;
          loss -= (logit(truth) - Math.log(total)) / 6;
          for (const at of inside) {
            const slope = (Math.exp(logit(at)) / total - Number(at === truth)) / 6;
            for (const d of [0, 1])
              (gradient[side] as number[])[d] =
                ((gradient[side] as number[])[d] as number) + slope * ((own[at] as number[])[d] as number);
          }
        }
      }
      expect(value.dataSync()[0]).toBeCloseTo(loss, 5);
      expect(grads[weight.name]?.dataSync() as Float32Array).toBeClose(gradient.flat(), { absolute: 1e-5 });
    });
  });

  it('an answer is cut from the passage as it stands there, and scored against every reference', () => {
    const examples = new Examples<QaRecord>(
      setOf([records[0], { ...records[1], references: ['a boatman', 'nobody'] }] as QaRecord[]),
      { task: task as never, tokenizer, maxLength: 64, imageSize: null },
    );
    const asked = examples.set.records.map(({ question, context }) => tokenizer.encode(question, context));
    const width = Math.ceil(Math.max(...asked.map(({ ids }) => ids.length)) / 4) * 4;
    // Surest of "the" as start, and of the last piece of "boatman" as end.
    const at = asked.map(({ tokens }) => [tokens.lastIndexOf('the'), tokens.lastIndexOf('.') - 1] as const);
    const side = (index: 0 | 1) => {
      const data = new Float32Array(2 * width).fill(Math.log(0.01));
      for (const [row, places] of at.entries()) data[row * width + places[index]] = Math.log(0.5);
      return { data, rowShape: [width] };
    };
    const outputs = { start: side(0), end: side(1) };
    const found = task.predictions(outputs, examples);
    expect(found.map(({ prediction }) => prediction)).toEqual(['the boatman', 'the boatman']);
    expect(found[0]?.probabilities?.['the boatman']).toBeCloseTo(0.25, 6);
    const scores = task.metrics(outputs, examples).map(({ name, values }) => [name, [...(values ?? [])]]);
    // Articles do not count.
    expect(Object.fromEntries(scores)).toEqual({ exactMatch: [0, 1], f1: [0, 1] });
  });

  it('refuses what it cannot point at', () => {
    const one = (change: object) => () => fit(setOf([{ ...records[0], ...change } as QaRecord]));
    expect(one({ context: undefined })).toThrow(
      /qa.jsonl:1: field "context" is undefined; a network that sees both/,
    );
    expect(one({ answer: 'Rosa', answerStart: undefined })).toThrow(
      /field "answer" is "Rosa", which does not stand in "context"; a span is looked for/,
    );
    expect(one({ answer: 'a', answerStart: undefined })).toThrow(/more than once; add "answerStart"/);
    expect(one({ context: '\u0000 Ida', answer: '\u0000', answerStart: 0 })).toThrow(
      /nothing is left of it when/,
    );
    expect(() => fitAnswerSpan(setOf(records), { ...options, labelSmoothing: 0.1, tokenizer })).toThrow(
      /training.labelSmoothing is 0.1/,
    );
    expect(() => task.encode(setOf(records), { ...encodeOptions, maxLength: 8 })).toThrow(
      /the text has \d+ tokens and the network takes 8/,
    );
  });
});

const xquad = sharedData('xquad');
describe.skipIf(!xquad)('XQuAD (needs ../shared/data/xquad)', () => {
  it.each(['en', 'de'])('the spans of its answers, read back, are its answers: %s', async (language) => {
    const folder = mkdtempSync(join(tmpdir(), 'sightline-xquad-'));
    await convert('xquad', xquad as string, join(folder, 'records'), { language });
    const set = await readRecords(join(folder, 'records/validation.jsonl'), 'qa');
    rmSync(folder, { recursive: true });
    const own = trainWordPiece(
      set.records.flatMap(({ context = '' }) => [context]),
      { vocabularySize: 1500, lowercase: false },
    );
    const task = fitAnswerSpan(set, { ...options, tokenizer: own });
    const examples = new Examples<QaRecord>(set, {
      task: task as never,
      tokenizer: own,
      maxLength: 2000,
      imageSize: null,
    });
    const batch = await examples.batch(Int32Array.from(set.records.keys()));
    const sure = (name: string) => {
      const places = (batch.targets[name] as tf.Tensor).dataSync();
      const width = (batch.targets.context as tf.Tensor).shape[1] as number;
      const data = new Float32Array(places.length * width).fill(-50);
      for (const [row, place] of places.entries()) data[row * width + place] = 0;
      return { data, rowShape: [width] };
    };
    const found = task.predictions({ start: sure('start'), end: sure('end') }, examples);
    disposeBatch(batch);
    const right = found.filter(({ prediction }, row) => prediction === set.records[row]?.answer).length;
    // An answer may begin or end within a word.
    expect(right / found.length).toBeGreaterThan(0.97);
  });
});

it('is cut without the blank that byte-level pieces begin with', async () => {
  const set = setOf(records);
  const own = trainByteLevelBpe(
    records.map(({ context }) => context),
    { vocabularySize: 300 },
  );
  const task = fitAnswerSpan(set, { ...options, tokenizer: own });
  const examples = new Examples<QaRecord>(set, {
    task: task as never,
    tokenizer: own,
    maxLength: 64,
    imageSize: null,
  });
  const { targets } = task.encode(set, { ...encodeOptions, tokenizer: own });
  const width = (targets.context as { rowShape: number[] }).rowShape[0] as number;
  const sure = (name: 'start' | 'end') => {
    const data = new Float32Array(records.length * width).fill(-50);
    for (const [row, place] of (targets[name] as { data: Int32Array }).data.entries())
      data[row * width + place] = 0;
    return { data, rowShape: [width] };
  };
  const found = task.predictions({ start: sure('start'), end: sure('end') }, examples);
  expect(found.map(({ prediction }) => prediction)).toEqual(records.map(({ answer }) => answer));
});

describe('end to end', () => {
  let folder: string;
  beforeAll(async () => {
    await use({ device: 'cpu' });
    folder = await spanData();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const config = (fusion: 'concat' | 'none'): TrainConfigInput => ({
    task: 'qa',
    data: { train: 'train.jsonl', validation: 'validation.jsonl', test: 'test.jsonl' },
    model: {
      text: { ...tinyTextNetwork, hiddenSize: 32, maxPositionEmbeddings: 48 },
      vision: 'cnn-tiny',
      fusion,
    },
    training: { epochs: 20, batchSize: 16, learningRate: 5e-3, patience: null },
  });

  it('the guided model finds in the passage what the picture means; text-only does not, nor with another picture', async () => {
    const guided = await train(config('concat'), join(folder, 'runs/guided'), { folder });
    const textOnly = await train(config('none'), join(folder, 'runs/text-only'), { folder });
    const test = join(folder, 'test.jsonl');
    const f1 = ({ metrics }: { metrics: Record<string, { value: number }> }) => metrics.f1?.value as number;
    expect(f1(guided)).toBeGreaterThan(0.9);
    expect(f1(textOnly)).toBeLessThan(0.7); // one question in five names its colour; of the rest a quarter can be guessed
    const shuffled = await evaluateModel(join(folder, 'runs/guided'), test, { condition: 'shuffled' });
    expect(f1(shuffled)).toBeLessThan(0.6);
    const predictions = await predictRecords(join(folder, 'runs/guided'), test);
    expect(new Set(predictions.map(({ prediction }) => prediction))).toContain('warm tea');
    const exported = await runCli('export', join(folder, 'runs/guided'), '--out', join(folder, 'exported'));
    expect(exported).toMatchObject({ code: 2 });
    expect(exported.stderr).toMatch(/looks for answers in a passage, for which there is no export yet/);
  }, 120_000);

  it('an answer that does not stand where its record says ends with exit code 2 before a step is taken', async () => {
    const bad = { id: 'x', question: 'q', context: 'some tea', answer: 'tea', answerStart: 4 };
    writeFileSync(join(folder, 'bad.jsonl'), `${JSON.stringify(bad)}\n`);
    writeFileSync(
      join(folder, 'bad.json'),
      JSON.stringify({ task: 'qa', data: { train: 'bad.jsonl' }, model: { text: 'tiny', fusion: 'none' } }),
    );
    const refused = await runCli('train', join(folder, 'bad.json'), '--out', join(folder, 'runs/bad'));
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toMatch(
      /bad.jsonl:1: field "answerStart" is 4; it must be where the answer "tea" begins in "context", which has " te" there/,
    );
  });
});
