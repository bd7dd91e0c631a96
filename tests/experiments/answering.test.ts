/**
 * @file What the notebooks on the vision-guided decoder count and draw: the floor of text-only models and the
 * probabilities of answers by hand, and on a small model that has learned to look, its comparison, its attention and its
 * sweep of guidance.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRecords, taskCeiling } from '../../src/lib/data';
import { type ContextRow, logSoftmax } from '../../src/lib/decoding';
import { use } from '../../src/lib/engine';
import {
  answerLogProbabilities,
  attentionBeforeAnswer,
  compareAnswers,
  pictureAttention,
  sweepGuidance,
  textOnlyFloor,
  type WatchedWriting,
  watchWriting,
} from '../../src/lib/experiments';
import { textFormat } from '../../src/lib/tasks';
import { loadLanguageModel } from '../../src/lib/training';
import { TinyModel } from '../decoding/tiny-model';
import { colourData } from '../support/colour-data';

it('the log-probability of an answer is the sum over its tokens, each after those before', async () => {
  const tiny = new TinyModel(7, 1);
  const prompt = [3, 1];
  const answers = [[4], [5, 2, 6]];
  const log = (ids: number[], id: number) => logSoftmax(tiny.logits(ids))[id] as number;
  const found = await answerLogProbabilities(tiny, prompt, answers);
  expect(found[0]).toBeCloseTo(log([3, 1], 4), 6);
  expect(found[1]).toBeCloseTo(log([3, 1], 5) + log([3, 1, 5], 2) + log([3, 1, 5, 2], 6), 6);
  // Rows say where they come from, so that a cache finds them.
  const calls: (readonly ContextRow[])[] = [];
  const next = (rows: readonly ContextRow[]) => {
    calls.push(rows);
    return tiny.next(rows);
  };
  const { vocabularySize, maxLength, slides } = tiny;
  await answerLogProbabilities({ vocabularySize, maxLength, slides, next }, prompt, answers);
  expect(calls.map((rows) => rows.map(({ parent }) => parent))).toEqual([[null, null], [1], [0]]);
});

describe('a small model that looks', () => {
  let folder: string;
  let textOnly: WatchedWriting;
  let guided: WatchedWriting;
  const file = (part: string) => join(folder, `${part}.jsonl`);

  beforeAll(async () => {
    await use({ device: 'cpu' });
    folder = await colourData(96, 1);
    for (const part of ['train', 'validation', 'test']) {
      const lines = readFileSync(file(part), 'utf8').trim().split('\n');
      const questions = lines.map((line) => {
        const { text, label, ...rest } = JSON.parse(line) as { text: string; label: string };
        return JSON.stringify({
          ...rest,
          question: text,
          answer: label,
          imageRelevant: !text.includes(label),
        });
      });
      writeFileSync(file(part), `${questions.join('\n')}\n`);
    }
    const data = { train: file('train'), validation: file('validation'), test: file('test') };
    const text = {
      modelType: 'gpt2',
      nEmbd: 32,
      nLayer: 1,
      nHead: 2,
      nPositions: 64,
      initializerRange: 0.1,
    };
    const training = { batchSize: 16, learningRate: 5e-3, patience: null };
    const out = (name: string) => join(folder, 'runs', name);
    textOnly = await watchWriting({
      name: 'text-only',
      out: out('text-only'),
      config: {
        task: 'qa',
        data,
        model: { text, fusion: 'none', tokenizer: { vocabularySize: 320 } },
        training: { ...training, epochs: 8 },
      },
    });
    guided = await watchWriting({
      name: 'guided',
      after: textOnly,
      out: out('guided'),
      watch: { gate: 'fusion.blocks.0.attention_gate' },
      config: {
        task: 'qa',
        data,
        model: { text: textOnly.out, vision: 'cnn-tiny', fusion: 'gated-cross-attention', gate: true },
        training: { ...training, epochs: 30 },
      },
    });
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('begins where the text-only model ended, and its gate opens from 0', () => {
    expect(guided.lossBefore).toBeCloseTo(Math.min(...losses(textOnly)), 6);
    const [first, last] = [guided.watched.values.gate?.[0], guided.watched.values.gate?.at(-1)];
    expect(first).toBe(0);
    expect(Math.abs(last as number)).toBeGreaterThan(0.01);
    expect(guided.watched.steps).toHaveLength(guided.watched.values.gate?.length as number);
    expect(Math.min(...losses(guided))).toBeLessThan(guided.textOnlyFloor);
    expect(Math.min(...losses(textOnly))).toBeGreaterThan(textOnly.textOnlyFloor);
  });

  it('has a floor of text-only models: entropies of equal texts over tokens of answers', async () => {
    const model = await loadLanguageModel(guided.out);
    const set = await readRecords(file('validation'), 'qa');
    const two = (answers: string[]) => ({
      ...set,
      records: answers.map((answer) => ({ ...set.records[0], question: 'which?', answer })),
    });
    const length = (answer: string) => textFormat(model.tokenizer).target(answer).length;
    const floor = textOnlyFloor(two(['red', 'blue']) as never, 'qa', model.tokenizer);
    expect(floor).toBeCloseTo((2 * Math.LN2) / (length('red') + length('blue')), 12);
    expect(textOnlyFloor(two(['red', 'red']) as never, 'qa', model.tokenizer)).toBeCloseTo(0, 12);
    model.dispose();
  });

  it('is compared with the text-only model and its ceiling', async () => {
    const { rows, verdicts } = await compareAnswers({
      name: 'discs',
      runs: { textOnly: textOnly.out, guided: guided.out },
      records: file('test'),
      subsets: [{ name: 'open', keep: ({ imageRelevant }) => imageRelevant === true }],
    });
    const { records } = await readRecords(file('test'), 'qa');
    expect(rows[0]?.ceiling).toBe(taskCeiling('qa', records)?.accuracy);
    expect(rows.map(({ subset }) => subset)).toEqual([...Array(4).fill('all'), ...Array(4).fill('open')]);
    expect(rows[1]?.value).toBeCloseTo(guided.result.metrics.exactMatch?.value as number, 6);
    expect(rows[1]?.value).toBeGreaterThan(rows[2]?.value as number); // right above shuffled
    expect(verdicts[0]?.verdict.kind).toBe('better');
  });

  it('shows where it looks: weights over the patches as they lie', async () => {
    const model = await loadLanguageModel(guided.out);
    const { records, pictures } = await readRecords(file('test'), 'qa');
    const picture = await model.picture(pictures[0] as string);
    const [found] = await pictureAttention(model, [{ picture, prompt: records[0]?.question as string }]);
    const map = attentionBeforeAnswer(found as NonNullable<typeof found>);
    expect([map.length, map[0]?.length]).toEqual([4, 4]);
    expect(map.flat().reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    expect(found?.maps[0]?.[0]).toHaveLength(found?.tokens.length as number);
    model.dispose();
  });

  it('is swept: plain as evaluated, cfg 1 the same, every way at its cost', async () => {
    const cfg = (scale: number) => ({ rule: 'cfg' as const, scale, cutoff: null });
    const points = await sweepGuidance({
      run: guided.out,
      records: file('test'),
      ways: [
        { rules: [] },
        { rules: [cfg(1)] },
        { rules: [cfg(2)] },
        { rules: [cfg(2)], condition: 'shuffled' },
        { rules: [], sampled: true },
      ],
    });
    expect(points.map(({ name }) => name)).toEqual(['plain', 'cfg 1', 'cfg 2', 'cfg 2', 'plain']);
    expect(points[0]?.value).toBeCloseTo(guided.result.metrics.exactMatch?.value as number, 6);
    expect(points[1]?.texts).toEqual(points[0]?.texts);
    expect(points[2]?.passesPerToken).toBe(2);
    expect(points[0]?.passesPerToken).toBe(1);
    expect(points[3]?.value).toBeLessThan(points[2]?.value as number);
  });
});

function losses({ run }: WatchedWriting): number[] {
  return run.points.flatMap(({ validation }) => (validation === undefined ? [] : [validation]));
}
