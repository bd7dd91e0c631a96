/** @file Guidance as an axis of evaluation: what is planned, what it is compared with, that nothing is trained again for it. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { use } from '../../../src/lib/engine';
import {
  type AblationConfigInput,
  type AblationSummary,
  compareGuidance,
  costTable,
  evaluationName,
  expandGrid,
  type FinishedLine,
  gridFigures,
  parseAblationConfig,
  planAblation,
  runAblation,
  summarizeAblation,
} from '../../../src/lib/experiments';
import { drawings } from '../../../src/lib/experiments/ablation/drawings';
import { writtenData } from '../../support/written-data';

const base = {
  task: 'translation',
  data: { train: 'train.jsonl', validation: 'validation.jsonl', test: 'test.jsonl' },
  model: {
    text: { modelType: 'gpt2', nEmbd: 32, nLayer: 1, nHead: 2, nPositions: 64, initializerRange: 0.1 },
    vision: 'cnn-tiny',
    gate: true,
    tokenizer: { vocabularySize: 320 },
  },
  training: { epochs: 25, batchSize: 16, learningRate: 5e-3, patience: null },
};
const FUSIONS = ['none', 'cross-attention'];
const RULES = ['vcd:4,cutoff=none', 'cfg'];
const grid: AblationConfigInput = {
  base,
  axes: { 'model.fusion': FUSIONS, guidance: ['none', ...RULES] },
  seeds: [1],
  metric: 'exactMatch',
};
const evaluations = (config: AblationConfigInput) =>
  expandGrid(parseAblationConfig(config)).combinations.map((one) => one.evaluations.map(evaluationName));
const failing = (config: AblationConfigInput) => () => expandGrid(parseAblationConfig(config));

describe('the axis guidance', () => {
  it('plans plain decoding, the rules, and what they must beat; of a text-only model plain decoding alone', () => {
    expect(evaluations(grid)).toEqual([
      ['right'],
      [
        'right',
        'right-guidance-vcd-4,cutoff=none',
        'shuffled-guidance-vcd-4,cutoff=none',
        'right-guidance-beam-2',
        'right-guidance-cfg-1.5',
        'shuffled-guidance-cfg-1.5',
      ],
    ]);
    const cutoff = { ...grid, axes: { 'model.fusion': ['concat'], guidance: ['vcd', 'beam:2'] } };
    expect(evaluations(cutoff)).toEqual([
      [
        'right',
        'right-guidance-vcd-1',
        'shuffled-guidance-vcd-1',
        'right-guidance-beam-2',
        'shuffled-guidance-beam-2',
      ],
    ]);
  });

  it('guides nothing where no picture is shown or a gate is shut, and heeds constraints as they are written', () => {
    const shown: AblationConfigInput = {
      ...grid,
      base: { ...base, model: { ...base.model, gate: true, fusion: 'concat' } },
      axes: { condition: ['right', 'none'], gate: ['learned', 0], guidance: ['cfg', 'cfg:2'] },
      constraints: [{ when: { guidance: 'cfg' }, skip: true }],
    };
    expect(evaluations(shown)).toEqual([
      [
        'right',
        'right-gate-0',
        'none',
        'right-guidance-cfg-2',
        'shuffled-guidance-cfg-2',
        'right-guidance-beam-2',
      ],
    ]);
  });

  it('asks for plain decoding beside each rule, also where a constraint leaves it out', () => {
    const unguided: AblationConfigInput = {
      ...grid,
      axes: { 'model.fusion': ['concat'], condition: ['right', 'shuffled'], guidance: ['none', 'cfg'] },
      constraints: [{ when: { guidance: 'none' }, skip: true }],
    };
    expect(evaluations(unguided)).toEqual([
      ['right', 'right-guidance-cfg-1.5', 'shuffled-guidance-cfg-1.5', 'right-guidance-beam-2'],
    ]);
  });

  it('is refused where it means nothing', async () => {
    const axes = (guidance: string[], fusion = 'concat') => ({ 'model.fusion': [fusion], guidance });
    expect(failing({ ...grid, axes: axes(['cfg', 'cfg:1.5']) })).toThrow('"cfg" and "cfg:1.5" mean the same');
    expect(failing({ ...grid, axes: axes(['cgf:2']) })).toThrow(/axis "guidance": .*did you mean cfg/);
    expect(failing({ ...grid, axes: axes(['cfg'], 'none') })).toThrow('no cell looks at a picture');
    const classification = { ...base, task: 'classification', model: {} };
    expect(failing({ ...grid, base: classification, axes: axes(['cfg']) })).toThrow(
      /classification writes no answer.*train .*qa.*captioning/s,
    );
    const loss = parseAblationConfig({ ...grid, metric: 'loss' });
    await expect(planAblation(loss, { folder: '.' })).rejects.toThrow("loss is the model's own");
  });
});

describe('a grid under guidance', () => {
  let data: string;
  let summary: AblationSummary;
  const out = () => join(data, 'grid');
  const run = async (config: AblationConfigInput, folder: string, resume = false) => {
    const options = { folder: data, codeVersion: 'test', resume };
    const ran = await runAblation(parseAblationConfig(config), folder, options);
    return { ...ran, summary: await summarizeAblation(ran.plan, ran.ledger, folder, { folder: data }) };
  };
  beforeAll(async () => {
    await use({ device: 'cpu' });
    data = await writtenData();
    await run({ ...grid, axes: { 'model.fusion': FUSIONS } }, out());
    summary = (await run(grid, out(), true)).summary;
  }, 240_000);
  afterAll(() => rmSync(data, { recursive: true, force: true }));

  it('trains nothing again, and finds what the comparison of guidance finds', async () => {
    const lines = readFileSync(join(out(), 'ledger.jsonl'), 'utf8').trim().split('\n');
    expect(lines).toHaveLength(3); // the text-only cell once, the guided one again with its new evaluations
    const [, before, after] = lines.map((line) => JSON.parse(line) as FinishedLine);
    expect([after?.id, after?.seconds]).toEqual([before?.id, before?.seconds]);
    const compared = await compareGuidance({
      run: join(out(), 'cells', after?.id as string),
      records: join(data, 'test.jsonl'),
      validation: join(data, 'validation.jsonl'),
      mostValidation: 2,
      rules: [
        { rule: 'vcd', alpha: 4, cutoff: null, step: 500 },
        { rule: 'cfg', scale: 1.5, cutoff: null },
      ],
    });
    const found = (name: string) => compared.rows.find(({ decoding }) => decoding === name);
    for (const [name, decoding] of [
      ['cross-attention', 'plain'],
      ['cross-attention, guidance vcd:4,cutoff=none', 'vcd 4'],
      ['cross-attention, pictures shuffled, guidance vcd:4,cutoff=none', 'vcd 4, shuffled pictures'],
      ['cross-attention, guidance beam:2', 'beam search, 2 beams'],
      ['cross-attention, guidance cfg:1.5', 'cfg 1.5'],
    ] as const) {
      const row = summary.rows.find((one) => one.name === name);
      expect(row?.estimate?.value, name).toBeCloseTo(found(decoding)?.value as number, 12);
      if (decoding !== 'plain')
        expect(row?.metrics.passesPerToken, name).toBeCloseTo(found(decoding)?.passesPerToken as number, 12);
    }
  });

  it('costs as many passes a token as were counted, plain decoding one; how fast it writes is told', () => {
    const systems = costTable(summary)?.rows ?? [];
    expect(systems.map(({ name, passes }) => [name, passes])).toEqual([
      ['text-only', 1],
      ['cross-attention', 1],
      ...RULES.map((rule) => [expect.stringContaining(`guidance ${rule}`), expect.closeTo(2, 1)]),
    ]);
    for (const { passes, name } of systems) {
      const counted = summary.rows.find((row) => row.name === name)?.metrics.passesPerToken;
      if (counted !== undefined) expect(passes).toBeCloseTo(counted, 12);
    }
    for (const { speed } of systems) expect(speed).toBeGreaterThan(0);
    expect(costTable(summary)?.csv()).toMatch(/^name,.*,passes,speed,training,/);
  });

  it('is compared with plain decoding and with what must not do as well; the model itself with the text-only one', () => {
    const row = (name: string) => summary.rows.find((one) => one.name === name);
    const vcd = row('cross-attention, guidance vcd:4,cutoff=none');
    expect([vcd?.baseline, vcd?.controls.map(({ name }) => name)]).toEqual([
      'cross-attention',
      ['cross-attention, pictures shuffled, guidance vcd:4,cutoff=none', 'cross-attention, guidance beam:2'],
    ]);
    expect(vcd?.verdict?.kind).toBe('worse');
    const cfg = row('cross-attention, guidance cfg:1.5');
    // Plain decoding is right nearly everywhere, so nothing is left to be gained.
    expect([cfg?.baseline, cfg?.verdict?.kind]).toEqual(['cross-attention', 'undecided']);
    expect(row('cross-attention')?.baseline).toBe('text-only');
    expect(row('cross-attention')?.controls).toEqual([]);
    expect(row('cross-attention, guidance beam:2')?.role).toBe('control');
    expect(summary.notes.join(' ')).toMatch(/prior shift and another prompt/);
  });

  it('draws quality against strength, with the passes that it costs', () => {
    const figures = gridFigures(summary);
    expect([...figures.keys()]).toEqual(expect.arrayContaining(['guidance-vcd', 'guidance-cfg']));
    const lines = figures.get('guidance-vcd')?.data.filter(({ mode }) => mode === 'lines+markers') ?? [];
    expect(lines.map(({ name, x }) => [name, x])).toEqual([
      ['right pictures, 2.0 passes', [4]],
      ['shuffled pictures, 2.0 passes', [4]],
      ['plain decoding, 1.0 pass', [4]],
      [expect.stringMatching(/^beam of 2, 1\.[5-9] passes$/), [4]],
    ]);
  });

  it('says how far its gate means what it says, as the metric of the run does', () => {
    const [gate, ...others] = summary.details.gates;
    expect([gate?.name, gate?.records, others]).toEqual(['cross-attention', 48, []]);
    expect(gate?.bins.reduce((sum, { count }) => sum + count, 0)).toBe(48);
    const row = summary.rows.find(({ name }) => name === 'cross-attention');
    expect(gate?.calibrationError).toBeCloseTo(row?.metrics.gateCalibrationError as number, 9);
    for (const { low, relevant, high } of gate?.bins ?? []) {
      expect([low <= relevant, relevant <= high, low < high]).toEqual([true, true, true]);
    }
    expect([...gridFigures(summary).keys()]).toContain('gate-reliability');
  });

  it('shows where the best model looks before it answers, over the patches of its pictures', async () => {
    const { attended } = summary.details;
    expect(attended?.name).toBe('cross-attention');
    expect(attended?.records).toHaveLength(4);
    for (const { picture, weights, written, target } of attended?.records ?? []) {
      expect(existsSync(picture)).toBe(true);
      expect(weights.flat().reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 4);
      expect([typeof written, target]).toEqual(['string', expect.stringMatching(/Scheibe$/)]);
    }
    const page = await drawings(summary);
    expect(page.get('attention')?.figure.description).toContain('true eine');
  });

  it('fails before a step is taken where a model has no text-only branch to contrast with', async () => {
    const never: AblationConfigInput = {
      ...grid,
      base: { ...base, training: { ...base.training, pictureDropout: 0 } },
      axes: { 'model.fusion': ['cross-attention'], guidance: ['cfg'] },
    };
    const { summary: refused } = await run(never, join(data, 'never'));
    expect(refused.failures.map(({ error }) => error)).toEqual([
      expect.stringMatching(/guidance cfg: .*training\.pictureDropout above 0/),
    ]);
    const [cell] = readdirSync(join(data, 'never', 'cells'));
    expect(existsSync(join(data, 'never', 'cells', cell as string, 'metrics.jsonl'))).toBe(false);
  });

  it('fails once, and no row of its own is lost, where a trained model is asked what it cannot answer', async () => {
    const folder = join(data, 'later');
    const plain: AblationConfigInput = {
      ...grid,
      base: { ...base, training: { ...base.training, maxSteps: 1, pictureDropout: 0 } },
      axes: { 'model.fusion': ['cross-attention'], condition: ['right'] },
    };
    const guided = {
      ...plain,
      axes: { ...plain.axes, condition: ['shuffled', 'right'], guidance: ['none', 'cfg'] },
    };
    const lines = () => readFileSync(join(folder, 'ledger.jsonl'), 'utf8').trim().split('\n').length;
    await run(plain, folder);
    for (const attempt of [1, 2]) {
      const stop = new AbortController();
      let failures = 0;
      const config = parseAblationConfig(guided);
      const ran = await runAblation(config, folder, {
        folder: data,
        codeVersion: 'test',
        resume: true,
        signal: stop.signal,
        onEvent: ({ kind }) => {
          if (kind === 'failed' && ++failures > 1) stop.abort();
        },
      });
      expect([ran.failed, failures, lines()]).toEqual([1, 1, 1 + attempt]);
      const found = await summarizeAblation(ran.plan, ran.ledger, folder, { folder: data });
      expect(found.cells).toEqual({ total: 1, finished: 0, failed: 1, open: 0 });
      expect(found.failures.map(({ error }) => error)).toEqual([
        expect.stringMatching(/pictureDropout above 0/),
      ]);
      expect(found.rows.find(({ name }) => name === 'cross-attention')?.seeds).toBe(1);
      // Refused before anything else was asked of it.
      expect(existsSync(join(folder, 'cells', ran.plan.cells[0]?.id as string, 'scores-shuffled.json'))).toBe(
        false,
      );
    }
    const { failed, summary: again } = await run(plain, folder, true);
    expect([failed, again.failures, again.cells.finished, lines()]).toEqual([0, [], 1, 3]);
  });
});
