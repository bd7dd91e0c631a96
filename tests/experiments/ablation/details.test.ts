/** @file What stands behind the rows: of which models, of which labels, on which pictures. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { use } from '../../../src/lib/engine';
import {
  type AblationPlan,
  type AblationSummary,
  parseAblationConfig,
  runAblation,
  summarizeAblation,
} from '../../../src/lib/experiments';
import type { KeptAnswers } from '../../../src/lib/experiments/ablation/answers';
import { detailFigures } from '../../../src/lib/experiments/ablation/detail-figures';
import { gridDetails, MODELS } from '../../../src/lib/experiments/ablation/details';
import { drawings } from '../../../src/lib/experiments/ablation/drawings';
import { ablationMarkdown } from '../../../src/lib/experiments/ablation/outputs';
import type { Row } from '../../../src/lib/experiments/ablation/rows';
import { writtenData } from '../../support/written-data';

describe('details of a grid', () => {
  let out: string;
  const plan = { grid: { primary: 'right' }, metric: 'accuracy', file: 'test.jsonl' } as AblationPlan;
  const own = { condition: 'right', gate: null, text: 'full', guidance: null };
  const rowsOf = (kept: readonly (Partial<KeptAnswers> | null)[]) =>
    kept.map((answers, i) => {
      const folder = join(out, 'cells', `c${i}`);
      mkdirSync(folder, { recursive: true });
      rmSync(join(folder, 'answers.json'), { force: true });
      if (answers) writeFileSync(join(folder, 'answers.json'), JSON.stringify(answers));
      return { ...own, name: `m${i}`, looks: true, cells: [{ cell: { id: `c${i}` }, value: i / 10 }] };
    }) as unknown as Row[];
  const detailsOf = (kept: readonly (Partial<KeptAnswers> | null)[]) =>
    gridDetails(plan, rowsOf(kept), out, out);
  const figuresOf = (details: AblationSummary['details']) =>
    new Map(
      detailFigures({
        name: 'g',
        metric: 'accuracy',
        split: 'test',
        details,
      } as unknown as AblationSummary),
    );
  beforeAll(async () => {
    out = mkdtempSync(join(tmpdir(), 'sightline-details-'));
    const image = sharp({ create: { width: 8, height: 8, channels: 3, background: '#f00' } });
    await image.png().toFile(join(out, 'a.png'));
  });
  afterAll(() => rmSync(out, { recursive: true, force: true }));

  const attended = (...pictures: string[]) => ({
    attended: pictures.map((picture) => ({
      picture,
      prompt: '',
      target: 'x',
      written: 'x',
      correct: true,
      weights: [[1]],
    })),
  });

  it('are of the best of all models, though curves and gates are of the first few', async () => {
    const gate = { said: [0.2, 0.8], relevant: [0, 1] };
    const all = Array.from({ length: MODELS + 2 }, () => ({ gate, ...attended('a.png') }));
    const more = await detailsOf(all);
    expect([more.models, more.gates.length, more.attended?.name]).toEqual([9, 7, 'm8']);
    const said = (details: AblationSummary['details']) => {
      const layout = figuresOf(details).get('gate-reliability')?.layout;
      return ((layout?.annotations ?? []) as { text: string }[]).map(({ text }) => text).join(' ');
    };
    expect(said(more)).toContain('the first 7 of 9 models');
    expect(said(await detailsOf(all.slice(0, MODELS)))).not.toContain('the first');
    // The best that has kept where it looked, where the best of all has not.
    expect((await detailsOf([...all, null])).attended?.name).toBe('m8');
  });

  it('draw no attention on a picture that is gone, and say so', async () => {
    const some = await detailsOf([attended('a.png', 'gone.png')]);
    expect(some.attended?.records.map(({ picture }) => picture)).toEqual([join(out, 'a.png')]);
    expect(some.notes).toEqual([expect.stringMatching(/m0 .*gone\.png, which cannot be read/)]);
    expect((await detailsOf([attended('gone.png')])).attended).toBeNull();
    const failed = await detailsOf([{ attended: null, attendedError: 'no room' }]);
    expect(failed.notes).toEqual([expect.stringContaining('no room')]);
  });

  it('give rare labels one line, whose own cell has no colour: not all of it is right', async () => {
    const labels = Array.from({ length: 26 }, (_, i) => `l${String(i).padStart(2, '0')}`);
    const targets = [...labels.slice(0, 23), ...labels];
    // Of the three rare ones the first is right, the second taken for the third, the third for a common one.
    const predictions = [...targets.slice(0, -2), 'l25', 'l00'];
    const { confusions } = await detailsOf([{ labels: { targets, predictions } }]);
    expect([confusions?.others, confusions?.labels.at(-1)]).toEqual([3, '3 others']);
    expect(confusions?.counts.at(-1)).toEqual([1, ...new Array(22).fill(0), 2]);
    const figure = figuresOf(await detailsOf([{ labels: { targets, predictions } }])).get('confusions');
    const shares = figure?.data[0]?.z as (number | null)[][];
    expect(shares.at(-1)?.at(-1)).toBeNull();
    expect(shares.at(-1)?.[0]).toBeCloseTo(1 / 3, 12);
    expect(shares[0]?.[0]).toBe(1);
    expect(figure?.description).not.toContain('others');
  });
});

describe('a grid whose answers are written', () => {
  let data: string;
  const base = {
    task: 'translation',
    data: { train: 'train.jsonl', validation: 'validation.jsonl', test: 'test.jsonl' },
    model: {
      text: { modelType: 'gpt2', nEmbd: 16, nLayer: 1, nHead: 2, nPositions: 64 },
      vision: 'cnn-tiny',
      fusion: 'cross-attention',
      tokenizer: { vocabularySize: 320 },
    },
    training: { epochs: 1, maxSteps: 2, batchSize: 4 },
  };
  /** One cell, trained once: what it is shown makes no other of it. */
  const run = async (condition: string) => {
    const axes = { condition: [condition] };
    const config = parseAblationConfig({ base, axes, seeds: [1], metric: 'exactMatch' });
    const out = join(data, 'grid');
    const options = { folder: data, codeVersion: 'test', resume: existsSync(out) };
    const ran = await runAblation(config, out, options);
    return summarizeAblation(ran.plan, ran.ledger, out, { folder: data });
  };
  beforeAll(async () => {
    await use({ device: 'cpu' });
    data = await writtenData(12);
  });
  afterAll(() => rmSync(data, { recursive: true, force: true }));

  it("looks at the records' own pictures or at none, and never fails for a figure", async () => {
    for (const condition of ['none', 'shuffled']) {
      const { failures, details } = await run(condition);
      expect([failures, details.attended, details.notes]).toEqual([[], null, []]);
    }
    expect((await run('right')).details.attended?.records).toHaveLength(4);
  }, 60_000);

  it('draws attention also where it has been moved with its records, and tells what it cannot draw', async () => {
    renameSync(data, `${data}-moved`);
    data = `${data}-moved`;
    const moved = await run('right');
    expect(moved.details.notes).toEqual([]);
    expect([...(await drawings(moved)).keys()]).toContain('attention');
    const notes = ['a picture is gone'];
    expect(ablationMarkdown({ ...moved, details: { ...moved.details, notes } })).toContain(`- ${notes[0]}`);
  }, 60_000);
});
