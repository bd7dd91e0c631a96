/** @file The tables of the study `fine-tuning`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { experiments } from '../../src/lib';
import { boundOf } from './bounds';
import { estimateText, shareText } from './estimate-text';
import type { FinishedPart } from './study';

type Way = 'random' | 'pretrained';

/** Pretrained text networks are named by their folder, random ones by their settings. */
function wayOf({ settings }: experiments.Row): Way {
  const { text } = settings.model as { text: unknown };
  return typeof text === 'string' ? 'pretrained' : 'random';
}

const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;

/** Of each task, fusion and number of records: both ways and their paired difference. */
export async function sizesTable(tasks: readonly FinishedPart[]): Promise<string> {
  const made: experiments.ResultRow[] = [];
  for (const part of tasks) {
    const rows = await experiments.scoredRows(part.plan, part.ledger, part.out);
    const resampled = new experiments.ResampledRuns();
    const bound = boundOf(part);
    for (const row of rows) {
      if (wayOf(row) !== 'random') continue;
      const other = rows.find(
        (one) =>
          wayOf(one) === 'pretrained' &&
          one.settings['model.fusion'] === row.settings['model.fusion'] &&
          one.settings['data.limit'] === row.settings['data.limit'],
      );
      const difference = other && experiments.rowDifference(other.runs, row.runs, resampled);
      const [random, pretrained] = [row, other].map((one) =>
        one ? experiments.rowInterval(one.runs, resampled) : null,
      );
      if (!random || !pretrained || !difference) continue;
      made.push({
        task: `${part.part.name}, ${part.summary.metric}`,
        fusion: row.looks ? 'guided' : 'text-only',
        records: row.trainingRecords,
        random: estimateText(random),
        pretrained: estimateText(pretrained),
        difference: estimateText(difference),
        bound: bound ? shareText(bound.value) : '–',
      });
    }
  }
  return experiments
    .resultsTable(made, {
      columns: [
        { key: 'task', title: 'task, metric, %' },
        { key: 'fusion', title: 'reads' },
        { key: 'records', format: 'integer' },
        { key: 'random', title: 'from random weights' },
        { key: 'pretrained', title: 'fine-tuned' },
        { key: 'difference', title: 'fine-tuned − random' },
        { key: 'bound', title: 'text-only bound' },
      ],
    })
    .markdown();
}

/** Accuracy by learning rate, and what the fine-tuned network has forgotten at each. */
export async function sweepTable(
  rates: FinishedPart,
  words: FinishedPart,
  taken: Readonly<Record<Way, number>>,
): Promise<string> {
  const rows = await experiments.scoredRows(rates.plan, rates.ledger, rates.out);
  const all = [...new Set(rows.map(({ settings }) => settings['training.learningRate'] as number))];
  const made: experiments.ResultRow[] = [];
  for (const rate of all) {
    const at = (way: Way) =>
      rows.find((row) => wayOf(row) === way && row.settings['training.learningRate'] === rate);
    const [random, pretrained] = [at('random'), at('pretrained')];
    const shown = (row: experiments.Row | undefined) => {
      const found = row && experiments.rowInterval(row.runs);
      return found ? estimateText(found) : null;
    };
    made.push({
      rate: String(rate),
      random: shown(random),
      pretrained: shown(pretrained),
      forgotten: pretrained?.cells.length
        ? (await forgottenBy(pretrained, rates, words)).forgotten.toFixed(2)
        : null,
    });
  }
  const table = experiments.resultsTable(made, {
    columns: [
      { key: 'rate', title: 'learning rate' },
      { key: 'random', title: 'from random weights, accuracy, %' },
      { key: 'pretrained', title: 'fine-tuned, accuracy, %' },
      { key: 'forgotten', title: 'forgotten, nats a token' },
    ],
  });
  return `Learning rates, on validation records: classification from 1,000 records, text-only, 400 steps. The tables take ${taken.random} from random weights and ${taken.pretrained} for fine-tuning.\n\n${table.markdown()}`;
}

/** Loss of the pretraining question before and after, of the text-only models and the guided ones. */
export async function forgettingTable(tasks: readonly FinishedPart[], words: FinishedPart): Promise<string> {
  const made: experiments.ResultRow[] = [];
  let before = 0;
  for (const part of tasks) {
    for (const row of await experiments.scoredRows(part.plan, part.ledger, part.out)) {
      if (wayOf(row) !== 'pretrained' || row.runs.length === 0) continue;
      const found = await forgottenBy(row, part, words);
      before = found.before;
      made.push({
        task: part.part.name,
        fusion: row.looks ? 'guided' : 'text-only',
        records: row.trainingRecords,
        after: found.after.toFixed(2),
        forgotten: found.forgotten.toFixed(2),
        distance: found.distance.toFixed(2),
      });
    }
  }
  const table = experiments.resultsTable(made, {
    columns: [
      { key: 'task' },
      { key: 'fusion', title: 'reads' },
      { key: 'records', format: 'integer' },
      { key: 'after', title: 'loss after, nats a token' },
      { key: 'forgotten' },
      { key: 'distance', title: '‖θ − θ₀‖ / ‖θ₀‖' },
    ],
  });
  return `What was forgotten: the pretrained network guesses the next token of unread sentences at a loss of ${before.toFixed(2)} nats; the fine-tuned ones, put back under the head of pretraining, at these (means over seeds).\n\n${table.markdown()}`;
}

interface Forgotten {
  before: number;
  after: number;
  forgotten: number;
  distance: number;
}

/** Means over a row's runs. Each run's is measured once and kept in its folder. */
async function forgottenBy(
  row: experiments.Row,
  part: FinishedPart,
  words: FinishedPart,
): Promise<Forgotten> {
  const pretrained = join(words.out, 'cells', words.plan.cells[0]?.id as string);
  const validation = words.plan.cells[0]?.config.data.validation as string;
  const unread = resolve(words.folder, dirname(validation), 'unread.txt');
  const before = await kept(join(pretrained, 'pretraining-loss.json'), () =>
    experiments.pretrainingLoss(pretrained, unread),
  );
  const runs: experiments.Forgetting[] = [];
  for (const { cell } of row.cells) {
    const folder = join(part.out, 'cells', cell.id);
    runs.push(
      await kept(join(folder, 'forgetting.json'), () =>
        experiments.measureForgetting(pretrained, folder, unread),
      ),
    );
  }
  const after = mean(runs.map(({ loss }) => loss.value));
  const distance = mean(runs.map((run) => run.distance));
  return { before: before.value, after, forgotten: after - before.value, distance };
}

async function kept<T>(file: string, measure: () => Promise<T>): Promise<T> {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as T;
  const value = await measure();
  writeFileSync(file, `${JSON.stringify(value)}\n`);
  return value;
}
