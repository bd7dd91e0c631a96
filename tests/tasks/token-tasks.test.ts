/** @file What ner and relation ask of the pieces of a text, and regression of a text, with every fusion. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NerRecord, RecordSet, RegressionRecord, RelationRecord } from '../../src/lib/data';
import { tf, use } from '../../src/lib/engine';
import { fusionKinds } from '../../src/lib/fusion';
import { metrics, type OutputRows } from '../../src/lib/tasks';
import { Examples } from '../../src/lib/tasks/examples';
import { ner } from '../../src/lib/tasks/ner';
import { regression } from '../../src/lib/tasks/regression';
import { relation } from '../../src/lib/tasks/relation';
import { disposeBatch } from '../../src/lib/tasks/source';
import type { TaskOptions } from '../../src/lib/tasks/task';
import { trainWordPiece } from '../../src/lib/text';
import { parseTrainConfig, prepare } from '../../src/lib/training';
import { type TokenTask, tokenData } from '../support/token-data';

const tokenizer = trainWordPiece(['Ida calls the boat Rosa', 'Ida saw it', 'a b c d e', 'woman norman'], {
  vocabularySize: 60,
  minimumFrequency: 1,
});
const options = (loss: TaskOptions['head']['loss'] = 'cross-entropy') => ({
  head: { loss, dropout: 0 },
  labelSmoothing: 0,
  text: null as never,
  tokenizer,
});
const encodeOptions = { tokenizer, maxLength: 64, unlabelled: false };

function setOf<R>(task: RecordSet['task'], records: Omit<R, 'id'>[]): RecordSet<R & { id: string }> {
  return {
    task,
    file: `${task}.jsonl`,
    records: records.map((record, i) => ({ id: String(i), ...record })) as (R & { id: string })[],
    lines: records.map((_, i) => i + 1),
    pictures: records.map(() => null),
    sha256: '',
  };
}

describe('ner', () => {
  const set = setOf<NerRecord>('ner', [
    { tokens: ['Ida', 'calls', '\u0000', 'boatman'], tags: ['B-person', 'O', 'O', 'B-boat'] },
    { tokens: ['Rosa'], tags: ['B-person'] },
  ]);
  const task = ner.fit(set, options());
  const { inputs, targets } = task.encode(set, encodeOptions);
  const { data, rowShape } = targets.labels as (typeof targets)[string];
  const [time] = rowShape as [number];

  it('the first piece of a token carries its tag; others, special tokens and padding are not asked', () => {
    expect(task.state.tags).toEqual(['O', 'B-boat', 'I-boat', 'B-person', 'I-person']);
    const { ids, wordIds } = tokenizer.encodeWords(set.records[0]?.tokens as string[]);
    expect(Array.from(inputs.ids?.data.subarray(0, ids.length) ?? [])).toEqual(ids);
    const expected = Array.from({ length: time }, (_, at) => {
      const word = wordIds[at] ?? null;
      if (word === null || wordIds.indexOf(word) !== at) return -100;
      return { 0: 3, 1: 0, 3: 1 }[word] as number;
    });
    expect(Array.from(data.subarray(0, time))).toEqual(expected);
    expect(wordIds.filter((word) => word === 3).length).toBeGreaterThan(1); // "boatman" is cut
    expect(wordIds).not.toContain(2); // nothing is left of a control character
    const asked = [...data].filter((label) => label >= 0);
    expect(asked).toHaveLength(4);
  });

  it('predicts a tag for every token: O where nothing is left of it; the probability is the product', () => {
    const examples = new Examples<NerRecord>(set, {
      task: task as never,
      tokenizer,
      maxLength: 64,
      imageSize: null,
    });
    const outputs: OutputRows = {
      tags: { data: new Int32Array(2 * time).fill(2), rowShape: [time] },
      confidence: { data: new Float32Array(2 * time).fill(0.5), rowShape: [time] },
    };
    expect(task.predictions(outputs, examples)).toEqual([
      { prediction: 'I-boat I-boat O I-boat', probabilities: { 'I-boat I-boat O I-boat': 0.125 } },
      { prediction: 'I-boat', probabilities: { 'I-boat': 0.5 } },
    ]);
    const rows = Int32Array.from([0, 1, 1]);
    const scores = Object.fromEntries(
      task.metrics(outputs, examples).map(({ name, of }) => [name, of(rows)]),
    );
    const sentences = [['I-boat', 'I-boat', 'O', 'I-boat'], ['I-boat'], ['I-boat']];
    const { micro } = metrics.entityReport(
      sentences,
      Array.from(rows, (row) => set.records[row]?.tags as string[]),
    );
    expect(scores).toEqual({ precision: micro.precision, recall: micro.recall, f1: micro.f1 });
    expect(micro.precision).toBe(0.25); // a boat that is too long, one that is right, two that are Rosa
  });

  it('the loss is the mean over tokens of −log p of the tag', () => {
    tf.tidy(() => {
      const specifications = task.specifications(2);
      const weights = new Map(
        specifications.map(({ name, shape }) => [
          name,
          tf.variable(tf.randomUniform(shape, -1, 1, 'float32', 3)),
        ]),
      );
      const scope = {
        get: (name: string) => weights.get(name),
        find: (name: string) => weights.get(name) ?? null,
        scope: () => scope,
      } as never;
      const states = tf.randomUniform([2, time, 2], -1, 1, 'float32', 4);
      const logits = tf.add(
        tf.matMul(tf.reshape(states, [-1, 2]), weights.get('classifier.weight') as tf.Tensor, false, true),
        weights.get('classifier.bias') as tf.Tensor,
      );
      const logs = tf.logSoftmax(logits).arraySync() as number[][];
      const asked = [...data].flatMap((label, at) => (label >= 0 ? [-(logs[at]?.[label] as number)] : []));
      const loss = task.loss(
        scope,
        { states, pooled: states },
        { labels: tf.tensor2d(data, [2, time], 'int32') },
        {},
      );
      expect(loss.dataSync()[0]).toBeCloseTo(asked.reduce((a, b) => a + b, 0) / asked.length, 5);
    });
  });

  it('refuses what it cannot learn or judge', () => {
    const other = setOf<NerRecord>('ner', [{ tokens: ['a', 'b'], tags: ['O', 'B-dog'] }]);
    expect(() => task.encode(other, encodeOptions)).toThrow(
      /ner.jsonl:1: field "tags.1" is "B-dog", a type that the model was not trained on; use one of the known tags: O, B-boat/,
    );
    const none = setOf<NerRecord>('ner', [{ tokens: ['a'], tags: ['O'] }]);
    expect(() => ner.fit(none, options())).toThrow(/no record has an entity: every tag is "O"/);
    expect(() => ner.fit(set, options('mean-squared-error'))).toThrow(
      /model.head.loss is "mean-squared-error"; ner/,
    );
    const weighed = (classWeights: Record<string, number>) => ner.fit(set, { ...options(), classWeights });
    expect(() => weighed({ 'I-boat': 2 })).toThrow(
      /classWeights.I-boat is 2, but no training record has the label/,
    );
    expect(() => weighed({ 'B-boat': 2 })).not.toThrow();
    const long = setOf<NerRecord>('ner', [{ tokens: Array(70).fill('a'), tags: Array(70).fill('O') }]);
    expect(() => task.encode(long, encodeOptions)).toThrow(
      /ner.jsonl:1: the text has 72 tokens and the network takes 64/,
    );
  });
});

describe('relation', () => {
  const set = setOf<RelationRecord>('relation', [
    { tokens: ['boatman', 'saw', 'Ida', 'c'], head: [0, 1], tail: [2, 4], label: 'near' },
    { tokens: ['a', 'b'], head: [1, 2], tail: [0, 1], label: 'far' },
  ]);
  const task = relation.fit(set, options());

  it('reads the pieces of both spans, for prediction too', () => {
    const { targets } = task.encode(set, { ...encodeOptions, unlabelled: true });
    expect(Object.keys(targets)).toEqual(['head', 'tail']);
    const { wordIds } = tokenizer.encodeWords(set.records[0]?.tokens as string[]);
    const [time] = (targets.head as (typeof targets)[string]).rowShape as [number];
    const inside = (words: number[]) =>
      Array.from({ length: time }, (_, at) => Number(words.includes(wordIds[at] ?? -1)));
    expect(Array.from(targets.head?.data.subarray(0, time) ?? [])).toEqual(inside([0]));
    expect(Array.from(targets.tail?.data.subarray(0, time) ?? [])).toEqual(inside([2, 3]));
  });

  it('the classifier reads [pooled; mean of the head; mean of the tail]', () => {
    expect(task.specifications(5)[0]?.shape).toEqual([2, 15]);
    tf.tidy(() => {
      const weight = tf.tensor2d([
        [0, 0, 1, 0, 0, 0],
        [0, 0, 0, 0, 0, 1],
      ]); // first of the head, last of the tail
      const bias = tf.zeros([2]);
      const scope = {
        get: (name: string) => (name.endsWith('weight') ? weight : bias),
        find: () => null,
      } as never;
      const states = tf.tensor3d([
        [
          [1, 2],
          [3, 4],
          [5, 6],
          [7, 8],
        ],
      ]);
      const { probabilities } = task.outputs(
        scope,
        { states, pooled: tf.zeros([1, 2]) },
        {
          head: tf.tensor2d([[0, 1, 1, 0]], [1, 4], 'int32'),
          tail: tf.tensor2d([[0, 0, 0, 1]], [1, 4], 'int32'),
        },
      );
      // Logits: the head's mean of 3 and 5, the tail's 8.
      expect(probabilities?.dataSync()[1]).toBeCloseTo(1 / (1 + Math.exp(4 - 8)), 6);
    });
  });

  it('refuses a span of which nothing is left, and a label that is new', () => {
    const empty = setOf<RelationRecord>('relation', [
      { tokens: ['\u0000', 'b'], head: [0, 1], tail: [1, 2], label: 'far' },
    ]);
    expect(() => task.encode(empty, encodeOptions)).toThrow(
      /relation.jsonl:1: field "head" is \[0, 1\]: nothing is left of/,
    );
    const other = setOf<RelationRecord>('relation', [
      { tokens: ['a', 'b'], head: [0, 1], tail: [1, 2], label: 'new' },
    ]);
    expect(() => task.encode(other, encodeOptions)).toThrow(
      /field "label" is "new", which the model was not trained on/,
    );
  });
});

describe('regression', () => {
  const values = [1, 2, 6];
  const of = (unit: number, origin: number) =>
    setOf<RegressionRecord>(
      'regression',
      values.map((value) => ({ text: 'a', value: unit * value + origin })),
    );

  it('learns in deviations from the mean, whatever the unit, and answers in the unit', () => {
    const [metres, feet] = [of(1, 0), of(3.28, 100)];
    const tasks = [metres, feet].map((set) => regression.fit(set, options('mean-squared-error')));
    const targets = tasks.map(
      (task, i) => task.encode([metres, feet][i] as never, encodeOptions).targets.values,
    );
    expect(targets[0]?.data).toBeClose([-2, -1, 3].map((one) => one / Math.sqrt(14 / 3)));
    expect(targets[1]?.data).toBeClose(targets[0]?.data as Float32Array);
    const outputs = { values: { data: Float32Array.from([0, 1, 0]), rowShape: [] } };
    const deviation = Math.sqrt(14 / 3);
    const examples = { set: metres } as never;
    expect(
      (tasks[0] as (typeof tasks)[0])
        .predictions(outputs, examples)
        .map(({ prediction }) => Number(prediction)),
    ).toBeClose([3, 3 + deviation, 3]);
    const [mse] = (tasks[0] as (typeof tasks)[0]).metrics(outputs, examples);
    expect(mse?.of(Int32Array.from([0, 2]))).toBeCloseTo((4 + 9) / 2, 10);
  });

  it('refuses values that do not differ, and another loss', () => {
    expect(() => regression.fit(of(0, 5), options('mean-squared-error'))).toThrow(
      /"value" is 5 in every record/,
    );
    expect(() => regression.fit(of(1, 0), options('cross-entropy'))).toThrow(/a regression has one loss/);
  });
});

describe.each(['ner', 'relation', 'regression'] as const)('%s by every fusion', (task: TokenTask) => {
  let folder: string;
  beforeAll(async () => {
    await use({ device: 'cpu' });
    folder = await tokenData(task, 16);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(fusionKinds)(
    '%s: the picture reaches what is read, and the loss reaches the fusion',
    async (fusion) => {
      const config = parseTrainConfig(
        {
          task,
          data: { train: 'train.jsonl', validation: 'validation.jsonl' },
          model: { text: 'tiny', vision: 'cnn-tiny', fusion, head: { dropout: 0 } },
        } as never,
        'config.json',
      );
      const { model, train, dispose } = await prepare(config, { folder });
      // Flamingo's gates begin shut.
      for (const name of model.parameters.names())
        if (name.endsWith('_gate')) model.parameters.get(name).assign(tf.fill([1], 0.5));
      const batch = await train.batch(Int32Array.from([0, 1]));
      const read = (inputs: typeof batch.inputs) =>
        tf.tidy(() => {
          const fused = model.network.forward(model.parameters, inputs);
          const outputs = model.task.outputs(model.parameters, fused, batch.targets);
          return [
            ...((outputs.confidence ?? outputs.probabilities ?? outputs.values) as tf.Tensor).dataSync(),
          ];
        });
      const learned = model.parameters.names().filter((name) => /^(fusion|vision|cnn)\./.test(name));
      const { value, grads } = tf.variableGrads(
        () => model.loss(batch.inputs, batch.targets) as tf.Scalar,
        [...model.parameters.variables()],
      );
      expect(value.dataSync()[0]).toBeGreaterThan(0);
      const moved = learned.filter((name) => {
        const gradient = grads[model.parameters.get(name).name];
        return gradient && tf.tidy(() => tf.max(tf.abs(gradient)).dataSync()[0] as number) > 0;
      });
      if (fusion !== 'none') {
        expect(moved.length).toBeGreaterThan(learned.length / 2);
        const turned = { ...batch.inputs, pixels: tf.reverse(batch.inputs.pixels as tf.Tensor, 0) };
        expect(read(turned)).not.toBeClose(read(batch.inputs), { absolute: 1e-4 });
        turned.pixels.dispose();
      }
      tf.dispose([value, grads]);
      disposeBatch(batch);
      dispose();
    },
  );
});
