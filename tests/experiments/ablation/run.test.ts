import { cpSync, existsSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRecords, textOnlyCeiling } from '../../../src/lib/data';
import { tf, use } from '../../../src/lib/engine';
import {
  type AblationConfigInput,
  type AblationEvent,
  type AblationOptions,
  type AblationSummary,
  ablationReport,
  emap,
  type FinishedLine,
  parseAblationConfig,
  pictureGain,
  planAblation,
  type RanAblation,
  runAblation,
  statistics,
  summarizeAblation,
  writeReport,
  writeSummary,
} from '../../../src/lib/experiments';
import { recordsSeen } from '../../../src/lib/experiments/ablation/costs';
import { evaluateModel, predictRecords } from '../../../src/lib/training';
import { lookAt } from '../../support/browser';
import { colourData } from '../../support/colour-data';
import { lastingSummary } from '../../support/tiny-ablation';
import { tinyTextNetwork } from '../../support/tiny-networks';

let data: string;
beforeAll(async () => {
  data = await colourData(64);
  await use({ device: 'cpu', threads: 1 });
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

const base = {
  task: 'classification',
  data: { train: 'train.jsonl', validation: 'validation.jsonl', test: 'test.jsonl' },
  model: { text: tinyTextNetwork, vision: 'cnn-tiny' },
  training: { epochs: 8, batchSize: 16, learningRate: 6e-3, patience: null, evaluationSteps: 16 },
};
const grid: AblationConfigInput = {
  name: 'colours',
  base,
  axes: { 'model.fusion': ['none', 'concat'], condition: ['right', 'shuffled', 'none'] },
  seeds: [1, 2],
};

const out = (name: string) => join(data, 'ablations', name);
async function ablate(
  config: AblationConfigInput,
  name: string,
  options: AblationOptions = {},
): Promise<RanAblation & { summary: AblationSummary; events: AblationEvent[] }> {
  const events: AblationEvent[] = [];
  const ran = await runAblation(parseAblationConfig(config), out(name), {
    folder: data,
    codeVersion: 'test',
    onEvent: (event) => events.push(event),
    ...options,
  });
  const summary = await summarizeAblation(ran.plan, ran.ledger, out(name), { folder: data });
  return { ...ran, summary, events };
}
const ledgerLines = (name: string) =>
  readFileSync(join(out(name), 'ledger.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as FinishedLine);
let whole: Awaited<ReturnType<typeof ablate>>;
beforeAll(async () => {
  whole = await ablate(grid, 'whole');
});

describe('runAblation', () => {
  it('trains each setting once a seed, asks it under each condition, and leaves no tensor and no claim', async () => {
    const lines = ledgerLines('whole');
    expect(lines.map(({ status, settings, seed }) => [status, settings['model.fusion'], seed])).toEqual([
      ['finished', 'none', 1],
      ['finished', 'concat', 1],
      ['finished', 'none', 2],
      ['finished', 'concat', 2],
    ]);
    expect(lines.map(({ evaluations }) => Object.keys(evaluations))).toEqual([
      ['right'],
      ['right', 'shuffled', 'none'],
      ['right'],
      ['right', 'shuffled', 'none'],
    ]);
    for (const line of lines) {
      expect(Object.keys(line)).toEqual(
        expect.arrayContaining([
          'id',
          'config',
          'seed',
          'metrics',
          'seconds',
          'device',
          'startedAt',
          'error',
        ]),
      );
      expect(Object.keys(line.dataHashes)).toEqual(['data.train', 'data.validation', 'data.test']);
      expect(readdirSync(join(out('whole'), 'cells', line.id))).toEqual(
        expect.arrayContaining(['config.json', 'metrics.jsonl', 'result.json', 'model', 'scores-right.json']),
      );
    }
    expect(readdirSync(join(out('whole'), 'claims'))).toEqual([]);
    const before = tf.memory().numTensors;
    await ablate({ ...grid, seeds: [3], axes: {}, base: { ...base, training: { maxSteps: 2 } } }, 'leak');
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gives the metrics that evaluate gives', async () => {
    const line = ledgerLines('whole')[1] as FinishedLine;
    const run = join(out('whole'), 'cells', line.id);
    const file = join(data, 'test.jsonl');
    for (const condition of ['right', 'shuffled', 'none'] as const) {
      expect(line.evaluations[condition]).toEqual((await evaluateModel(run, file, { condition })).metrics);
    }
    expect(line.metrics).toEqual(JSON.parse(readFileSync(join(run, 'result.json'), 'utf8')).metrics);
  });

  it('EMAP asks every text about every picture: of the model itself it knows what evaluate knows', async () => {
    const line = ledgerLines('whole')[1] as FinishedLine;
    const run = join(out('whole'), 'cells', line.id);
    const { records, accuracy, additive, right, labels, scores } = await emap(run, join(data, 'test.jsonl'));
    expect(records).toBe(32);
    expect(accuracy).toBe(line.evaluations.right?.accuracy?.value);
    expect(additive).toBe(right.additive.filter(Boolean).length / 32);
    // Text 3 about picture 8 and the other way round, swapped by hand: as predict answers them.
    const written = readFileSync(join(data, 'test.jsonl'), 'utf8').trim().split('\n');
    const [three, eight] = [3, 8].map((row) => JSON.parse(written[row] as string)) as [
      Record<string, string>,
      Record<string, string>,
    ];
    const swapped = [
      { ...three, image: eight.image, group: eight.group },
      { ...eight, image: three.image, group: three.group },
    ];
    writeFileSync(join(data, 'swapped.jsonl'), swapped.map((one) => `${JSON.stringify(one)}\n`).join(''));
    const at = (text: number, picture: number) =>
      labels.map((_, c) => Math.exp(scores[(text * 32 + picture) * labels.length + c] as number));
    const answers = await predictRecords(run, join(data, 'swapped.jsonl'));
    const found = answers.map((answer) => {
      const { probabilities } = answer as unknown as { probabilities: Record<string, number> };
      return labels.map((label) => probabilities[label] as number);
    });
    expect(at(3, 8)).toBeClose(found[0] as number[], { absolute: 1e-6 });
    expect(at(8, 3)).toBeClose(found[1] as number[], { absolute: 1e-6 });
    expect(at(3, 8)).not.toBeClose(at(8, 3), { absolute: 1e-2 });
    const { mean, tokens } = await pictureGain(run, join(data, 'test.jsonl'));
    expect([...tokens]).toEqual(Array(32).fill(1));
    expect(mean.low).toBeGreaterThan(0); // four in five answers stand in the picture alone
  });

  it('has rows, paired differences and verdicts as computed from the predictions of the runs', async () => {
    const { records } = await readRecords(join(data, 'test.jsonl'), 'classification');
    const rightOf = async (line: FinishedLine, condition: 'right' | 'shuffled') => {
      const run = join(out('whole'), 'cells', line.id);
      const predictions = await predictRecords(run, join(data, 'test.jsonl'), { condition });
      return predictions.map(({ prediction }, row) => Number(prediction === records[row]?.label));
    };
    const [blind1, guided1, blind2, guided2] = ledgerLines('whole') as [
      FinishedLine,
      FinishedLine,
      FinishedLine,
      FinishedLine,
    ];
    const minus = (a: number[], b: number[]) => a.map((value, i) => value - (b[i] as number));
    const clusters = records.map(({ group }) => group as string);
    const expected = statistics.hierarchicalInterval({
      values: [
        minus(await rightOf(guided1, 'right'), await rightOf(blind1, 'right')),
        minus(await rightOf(guided2, 'right'), await rightOf(blind2, 'right')),
      ],
      clusters,
    });
    const { rows, bound } = whole.summary;
    expect(rows.map(({ name, role, seeds }) => [name, role, seeds])).toEqual([
      ['text-only', 'text-only', 2],
      ['concat', 'vision-guided', 2],
      ['concat, pictures shuffled', 'control', 2],
      ['concat, no picture', 'control', 2],
    ]);
    const [, concat, shuffled] = rows;
    const { value, low, high, pValue } = expected;
    expect(concat?.baseline).toBe('text-only');
    expect(concat?.difference).toEqual({ value, low, high, pValue, seeds: 2 });
    const mean = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
    expect(shuffled?.estimate?.value).toBeCloseTo(
      (mean(await rightOf(guided1, 'shuffled')) + mean(await rightOf(guided2, 'shuffled'))) / 2,
      12,
    );
    expect(concat?.controls.map(({ name }) => name)).toEqual([
      'concat, pictures shuffled',
      'concat, no picture',
    ]);
    expect(concat?.verdict?.kind).toBe('better');
    expect(concat?.verdict?.text).toMatch(
      /^concat is better than text-only by .* points .*, and better than every control$/,
    );
    expect([bound?.metric, bound?.value]).toEqual(['accuracy', textOnlyCeiling(records).accuracy]);
    expect(rows[0]?.verdict).toBeNull();
  });

  it('writes the summary, its tables, and figures as PNG, SVG, JSON and pages', async () => {
    await writeSummary(whole.summary, out('whole'));
    const read = (name: string) => readFileSync(join(out('whole'), name), 'utf8');
    expect(JSON.parse(read('summary.json')).rows).toHaveLength(4);
    expect(read('summary.md')).toMatch(/\| concat +\| right +\| +2 \|/);
    expect(read('summary.md')).toContain('- concat is better than text-only by');
    expect(read('summary.tex')).toContain('\\begin{tabular}');
    expect(read('summary.csv').split('\n')[0]).toBe(
      'model.fusion,condition,seeds,accuracy,accuracy_low,accuracy_high,gain,gain_low,gain_high,parameters,seconds',
    );
    const [blind, guided] = whole.summary.rows;
    expect(read('costs.csv').trim().split('\n')).toHaveLength(3);
    expect(read('summary.md')).toContain('| concat');
    expect(guided?.cost?.forwardFlops).toBeGreaterThan(blind?.cost?.forwardFlops as number);
    expect(guided?.cost?.trainingTokens).toBe(32 * 16 * (guided?.cost?.tokens as number));
    expect(guided?.cost?.trainedParameters).toBe(guided?.parameters);
    const names = ['ablation', 'conditions', 'confusions', 'differences', 'learning-curves'];
    expect(readdirSync(join(out('whole'), 'figures')).sort()).toEqual(
      [...names.flatMap((name) => ['html', 'json', 'png', 'svg'].map((ending) => `${name}.${ending}`))]
        .concat('plotly.min.js')
        .sort(),
    );
  });

  it('says how validation went by step, and what the best classifier takes for what', async () => {
    const { details, rows } = whole.summary;
    const linesOf = (id: string) =>
      readFileSync(join(out('whole'), 'cells', id, 'metrics.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { kind: string; step: number; accuracy: number })
        .filter(({ kind }) => kind === 'evaluation');
    const guided = rows.find(({ name }) => name === 'concat');
    const [one, two] = (guided?.runs ?? []).map(({ id }) => linesOf(id));
    const curve = details.curves?.lines.find(({ name }) => name === 'concat');
    expect(details.curves?.metric).toBe('accuracy');
    expect([curve?.steps, curve?.seeds]).toEqual([[16, 32], 2]);
    for (const [i, { accuracy }] of (one ?? []).entries()) {
      const other = two?.[i]?.accuracy as number;
      expect(curve?.mean[i]).toBeCloseTo((accuracy + other) / 2, 12);
      expect([curve?.lowest[i], curve?.highest[i]]).toEqual([
        Math.min(accuracy, other),
        Math.max(accuracy, other),
      ]);
    }
    // Both seeds together: 32 records each, and the diagonal is the accuracy.
    const { confusions } = details;
    expect([confusions?.name, confusions?.labels]).toEqual(['concat', ['blue', 'green', 'red', 'yellow']]);
    expect(confusions?.counts.flat().reduce((sum, count) => sum + count, 0)).toBe(64);
    const right = confusions?.counts.reduce((sum, line, i) => sum + (line[i] as number), 0) as number;
    expect(right / 64).toBeCloseTo(guided?.estimate?.value as number, 12);
    expect(details.gates).toEqual([]);
  });

  it('writes a page that holds all it shows and lets nothing of a name through as markup', async () => {
    const name = '<script>alert("a | b")</script> & more';
    const { summary, plan, ledger } = whole;
    const page = await ablationReport({ ...summary, name }, plan, ledger);
    expect(page).not.toMatch(/<script|<link|<img|src="|href="(?!#|data:)|url\((?!['"]?#)/);
    expect(page).toContain('<h1>&lt;script&gt;alert(&quot;a | b&quot;)&lt;/script&gt; &amp; more</h1>');
    expect(page).toContain('<li class="better">concat is better than text-only by');
    expect(page.match(/<svg/g)).toHaveLength(5);
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id as string);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of page.matchAll(/url\(["']?#([^"')]+)|href="#([^"]+)"/g)) {
      if (id) expect(ids).toContain(id);
    }
    for (const { id } of plan.cells) expect(page).toContain(`<td>${id}</td>`);
    const first = summary.rows[0]?.runs[0];
    expect(page).toContain(`<td>right ${first?.value.toFixed(4)}</td>`);
    expect(page).toContain('<td>model.fusion: none, concat</td>');
  });

  it('writes a page that a browser shows whole: every figure drawn, nothing wider than the window', async () => {
    const { summary, plan, ledger } = whole;
    await writeReport(summary, plan, ledger, out('whole'));
    const { by, title, headings, rows, figures, overflow, requests } = await lookAt(
      join(out('whole'), 'report.html'),
    );
    expect(title).toBe('colours');
    expect(headings).toEqual([
      ...['colours', 'Verdicts', 'Figures', 'Table', 'Cost', 'Before you believe it', 'Runs', 'Checklist'],
      'Run it again',
    ]);
    expect(rows).toBeGreaterThan(4 + 2 + 4 + 10);
    expect(requests).toBe(0);
    expect(figures).toHaveLength(5);
    for (const { width, height, label, texts } of figures) {
      expect(label).toMatch(/\w/);
      expect(texts).toBeGreaterThan(10);
      if (by === 'jsdom') continue;
      expect([width > 450, height > 150]).toEqual([true, true]);
    }
    if (by === 'chromium') expect(overflow).toBeLessThanOrEqual(0);
  });

  it('goes on from a stop in the middle of a cell to the same summary', async () => {
    // Of the whole grid, the last cell has yet to run.
    const kept = ledgerLines('whole').slice(0, 3);
    for (const { id } of kept) {
      cpSync(join(out('whole'), 'cells', id), join(out('stopped'), 'cells', id), { recursive: true });
    }
    const ledger = kept.map((line) => `${JSON.stringify(line)}\n`).join('');
    writeFileSync(join(out('stopped'), 'ledger.jsonl'), ledger);
    const controller = new AbortController();
    const stopped = ablate(grid, 'stopped', {
      resume: true,
      signal: controller.signal,
      onEvent: (event) => {
        if (event.kind === 'training' && event.event.kind === 'step' && event.event.step === 18)
          controller.abort();
      },
    });
    await expect(stopped).rejects.toThrow('stopped; 3 of 4 cells are in the ledger; go on with --resume');
    expect(ledgerLines('stopped')).toHaveLength(3);
    const { summary, events } = await ablate(grid, 'stopped', { resume: true });
    const starts = events.flatMap((event) =>
      event.kind === 'training' && event.event.kind === 'start' ? [event.event.step] : [],
    );
    expect(starts).toEqual([18]);
    expect(ledgerLines('stopped')).toHaveLength(4);
    expect(lastingSummary(summary)).toEqual(lastingSummary(whole.summary));
  });

  it('retrains nothing for another condition, cluster or metric, and nothing at all where all is there', async () => {
    const again = await ablate(grid, 'whole', { resume: true });
    expect(again.events.map(({ kind }) => kind)).toEqual(['plan']);
    const axes = { ...grid.axes, textCondition: ['full', 'colours-masked'] };
    const wider = { ...grid, axes, controls: ['shuffled', 'blank'] as const, metric: 'macroF1' };
    const { summary, events } = await ablate(wider as unknown as AblationConfigInput, 'whole', {
      resume: true,
    });
    expect(events.some(({ kind }) => kind === 'training')).toBe(false);
    expect(summary.metric).toBe('macroF1');
    const guided = summary.rows.find(({ name }) => name === 'concat');
    expect(guided?.controls.map(({ name }) => name)).toEqual([
      'concat, pictures shuffled',
      'concat, pictures blank',
    ]);
    const spoiled = summary.rows.find(({ name }) => name === 'concat, colours masked');
    expect([spoiled?.baseline, spoiled?.controls.map(({ name }) => name)]).toEqual([
      'text-only, colours masked',
      ['concat, pictures shuffled, colours masked', 'concat, pictures blank, colours masked'],
    ]);
    const own = ledgerLines('whole').at(-1)?.evaluations.right?.macroF1?.value;
    expect(guided?.runs.at(-1)?.value).toBeCloseTo(own as number, 12);
  });

  it('never takes an old result for a changed config, nor for changed data', async () => {
    const plan = (config: AblationConfigInput) =>
      planAblation(parseAblationConfig(config), { folder: data }).then(({ cells }) =>
        cells.map(({ id }) => id),
      );
    const ids = await plan(grid);
    const slower = { ...base, training: { ...base.training, learningRate: 1e-3 } };
    expect((await plan({ ...grid, base: slower })).filter((id) => ids.includes(id))).toEqual([]);
    const file = join(data, 'validation.jsonl');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, before.replace('what colour', 'which colour'));
    try {
      expect((await plan(grid)).filter((id) => ids.includes(id))).toEqual([]);
    } finally {
      writeFileSync(file, before);
    }
    expect(await plan(grid)).toEqual(ids);
  });

  it('refuses results of another version of the code, unless told', async () => {
    const other = { resume: true, codeVersion: 'another' };
    await expect(ablate(grid, 'stopped', other)).rejects.toThrow(
      /4 finished cells were run by code version test, this is another.*--allow-mixed/,
    );
    const { events } = await ablate(grid, 'stopped', { ...other, allowMixed: true });
    expect(events.map(({ kind }) => kind)).toEqual(['plan']);
  });

  it('throws away what another version of the code has begun', async () => {
    const small = { ...base, training: { maxSteps: 6, checkpointSteps: 2 } };
    const model = { ...base.model, fusion: 'none' };
    const one: AblationConfigInput = { ...grid, base: { ...small, model }, axes: {}, seeds: [1] };
    const controller = new AbortController();
    const begun = ablate(one, 'begun', {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.kind === 'training' && event.event.kind === 'step' && event.event.step === 4)
          controller.abort();
      },
    });
    await expect(begun).rejects.toThrow('0 of 1 cells');
    cpSync(out('begun'), out('mixed'), { recursive: true });
    const startOf = (events: AblationEvent[]) =>
      events.flatMap((event) =>
        event.kind === 'training' && event.event.kind === 'start' ? [event.event.step] : [],
      );
    expect(startOf((await ablate(one, 'begun', { resume: true, codeVersion: 'another' })).events)).toEqual([
      0,
    ]);
    const mixed = { resume: true, allowMixed: true, codeVersion: 'another' };
    expect(startOf((await ablate(one, 'mixed', mixed)).events)).toEqual([4]);
  });

  it('writes a failed cell down, goes on with the others, and tries it again when resumed', async () => {
    const failing: AblationConfigInput = {
      ...grid,
      base: { ...base, training: { ...base.training, maxSteps: 4, evaluationSteps: 2 } },
      // 3 heads do not divide a width of 16.
      axes: { 'model.fusion': [{ kind: 'cross-attention', heads: 3 }, 'none'] },
      seeds: [1],
    };
    const { summary, failed } = await ablate(failing, 'failing');
    expect(failed).toBe(1);
    expect(summary.cells).toEqual({ total: 2, finished: 1, failed: 1, open: 0 });
    expect(summary.failures[0]?.error).toMatch(/3 does not divide the text width 16/);
    expect(summary.rows.map(({ seeds }) => seeds)).toEqual([0, 1]);
    expect(summary.notes.join(' ')).toMatch(/1 of 2 cells failed/);
    const { events } = await ablate(failing, 'failing', { resume: true });
    expect(events.map(({ kind }) => kind)).toEqual(['plan', 'cell', 'failed']);
  });

  it('writes nothing where the folder is in use, or the data is wrong', async () => {
    await expect(ablate(grid, 'whole')).rejects.toThrow(/is not empty.*--resume/);
    const lost = { ...base, data: { ...base.data, test: 'nowhere.jsonl' } };
    await expect(ablate({ ...grid, base: lost }, 'lost')).rejects.toThrow(/nowhere\.jsonl/);
    const splitOff = { ...base, data: { train: 'train.jsonl' } };
    await expect(ablate({ ...grid, base: splitOff }, 'lost')).rejects.toThrow(
      /names neither test nor validation/,
    );
    await expect(ablate({ ...grid, metric: 'bleu' }, 'lost')).rejects.toThrow(
      /"bleu" is not one of classification/,
    );
    const limit: AblationConfigInput = { ...grid, axes: { 'data.limit': [8, 65, null] } };
    await expect(ablate(limit, 'lost')).rejects.toThrow(/data\.limit: 65 .*train\.jsonl has 64/);
    expect(existsSync(out('lost'))).toBe(false);
  });

  it('knows how many records each size of the data has, and tells sizes apart', async () => {
    const sizes = { ...grid, axes: { 'data.limit': [8, 32, null] } };
    const plan = await planAblation(parseAblationConfig(sizes), { folder: data });
    const { cells } = plan;
    expect(cells.slice(0, 3).map(({ name, trainingRecords }) => [name, trainingRecords])).toEqual([
      ['8 records, seed 1', 8],
      ['32 records, seed 1', 32],
      ['all records, seed 1', 64],
    ]);
    expect(new Set(cells.map(({ id }) => id)).size).toBe(6);
    // By the steps that were taken, whatever the config asks for: patience may have ended some.
    const notesOf = async (steps: readonly number[]) => {
      const { codeVersion, device } = ledgerLines('whole')[0] as FinishedLine;
      const lines = cells.map(({ id }, i) => [
        id,
        { id, status: 'finished', steps: steps[i], codeVersion, device },
      ]);
      const ledger = new Map(lines as [string, FinishedLine][]);
      return (await summarizeAblation(plan, ledger, out('nothing'), { folder: data })).notes.join(' ');
    };
    expect(await notesOf([8, 8, 7, 8, 8, 8])).toMatch(/evaluationSteps, training\.patience to null/);
    expect(await notesOf([8, 8, 8, 8, 8, 8])).not.toMatch(/numbers of steps/);
    const { cells: whole } = await planAblation(parseAblationConfig(grid), { folder: data });
    expect(new Set(whole.map(({ trainingRecords }) => trainingRecords))).toEqual(new Set([null]));
  });

  it('counts the records that a run has seen: of fewer than a batch holds no more than there are', () => {
    const line = ledgerLines('whole')[0] as FinishedLine;
    expect(line.trainingRecords).toBe(64);
    expect(recordsSeen({ ...line, steps: 3 })).toBe(3 * 16);
    expect(recordsSeen({ ...line, steps: 3, trainingRecords: 5 })).toBe(3 * 5);
  });

  it('begins no cell once the budget is spent, and passes over the lines of another grid', async () => {
    const spent = { ...grid, seeds: [1, 2, 7], budget: { flops: 1 } };
    const { events, summary, ...ran } = await ablate(spent, 'stopped', { resume: true });
    expect(ran.spent).toBe(true);
    expect(events.map(({ kind }) => kind)).toEqual(['plan', 'spent']);
    expect(events.at(-1)).toMatchObject({ what: expect.stringContaining('of 1.00e+0 operations'), open: 2 });
    expect(summary.cells).toEqual({ total: 6, finished: 4, failed: 0, open: 2 });
    const other = { ...spent, seeds: [1, 8], budget: { hours: 1e-9 } };
    const { events: begun } = await ablate(other, 'stopped', { resume: true });
    expect(begun[0]).toMatchObject({ kind: 'plan', done: 2, foreign: 2 });
    expect(begun[1]).toMatchObject({ what: expect.stringContaining('budget.hours') });
  });

  it('scores again what has lost its scores', async () => {
    const { id } = ledgerLines('stopped')[0] as FinishedLine;
    unlinkSync(join(out('stopped'), 'cells', id, 'scores-right.json'));
    const { events, summary } = await ablate(grid, 'stopped', { resume: true });
    expect(events.map(({ kind }) => kind)).toEqual(['plan', 'cell', 'finished']);
    expect(lastingSummary(summary)).toEqual(lastingSummary(whole.summary));
  });
});
