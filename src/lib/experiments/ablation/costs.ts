/**
 * @file What each row of a grid costs, beside what it gains: learning parameters, operations and tokens in training and
 * for one answer, time, memory. Means over the runs of a row; controls cost what their system costs and are left out.
 */
import { summarize } from '../group-rows';
import { type ResultRow, type ResultsTable, resultsTable } from '../results-table';
import type { FinishedLine } from './ledger';
import type { Row } from './rows';
import type { AblationSummary } from './summary';

/** Of one row. */
export interface RowCost {
  trainedParameters: number;
  /** Of one record, padding counted. */
  tokens: number;
  forwardFlops: number;
  /** Of a whole training, mean over the runs. */
  trainingFlops: number;
  trainingTokens: number;
  peakMemoryBytes: number;
  /** Of answers that are written: rows that the network reads for each token, 1 of plain decoding; `null` of others. */
  passesPerToken: number | null;
  /** Written in batches, mean over the runs. */
  tokensPerSecond: number | null;
}

/**
 * Records that a run has learned from, repetitions counted. A batch is full, but where there are fewer records than it holds
 * (data/batches.ts).
 */
export function recordsSeen({
  steps,
  config: { training },
  trainingRecords = training.batchSize,
}: Pick<FinishedLine, 'steps' | 'config' | 'trainingRecords'>): number {
  return steps * training.accumulation * Math.min(training.batchSize, trainingRecords);
}

/** `null` where no run says what it computed. */
export function rowCost(cells: Pick<Row, 'cells'>['cells']): RowCost | null {
  const lines = cells.map(({ line }) => line);
  const compute = lines.find((line) => line.compute)?.compute;
  if (!compute) return null;
  const { trainedParameters, tokens, forwardFlops } = compute;
  const total = (name: 'passes' | 'tokens') =>
    cells.reduce((sum, { writing }) => sum + (writing?.[name] ?? 0), 0);
  const mean = (of: (line: FinishedLine) => number) => summarize(lines.map(of))?.mean ?? 0;
  return {
    trainedParameters,
    tokens,
    forwardFlops,
    trainingFlops: mean((line) => recordsSeen(line) * (line.compute?.trainingFlops ?? compute.trainingFlops)),
    trainingTokens: mean((line) => recordsSeen(line) * tokens),
    peakMemoryBytes: mean((line) => line.peakMemoryBytes),
    passesPerToken: total('passes') / total('tokens') || null,
    tokensPerSecond: summarize(cells.map(({ writing }) => writing?.tokensPerSecond))?.mean ?? null,
  };
}

/** Text-only against guided by what they cost; `null` where no run says. */
export function costTable({ rows }: AblationSummary): ResultsTable | null {
  const known = rows.filter(({ role, cost }) => role !== 'control' && cost !== null);
  if (known.length === 0) return null;
  const isWritten = known.some(({ cost }) => cost?.passesPerToken);
  const made = known.map(({ name, parameters, seconds, cost }): ResultRow => {
    const { trainedParameters, forwardFlops, trainingFlops, trainingTokens, peakMemoryBytes, ...rest } =
      cost as RowCost;
    return {
      name,
      parameters,
      trained: trainedParameters,
      tokens: rest.tokens,
      answer: forwardFlops / 1e6,
      passes: rest.passesPerToken,
      speed: rest.tokensPerSecond,
      training: trainingFlops / 1e9,
      seen: trainingTokens,
      seconds,
      memory: peakMemoryBytes / 2 ** 20,
    };
  });
  return resultsTable(made, {
    columns: [
      { key: 'name', title: 'row' },
      { key: 'parameters', format: 'integer' },
      { key: 'trained', title: 'of them trained', format: 'integer' },
      { key: 'tokens', title: 'tokens a record', format: 'integer' },
      { key: 'answer', title: 'MFLOP an answer', digits: 2 },
      ...(isWritten
        ? [
            { key: 'passes', title: 'passes a token written', digits: 2 },
            { key: 'speed', title: 'tokens written a second', format: 'integer' as const },
          ]
        : []),
      { key: 'training', title: 'GFLOP of training', digits: 2 },
      { key: 'seen', title: 'tokens of training', format: 'integer' },
      { key: 'seconds', digits: 1 },
      { key: 'memory', title: 'peak memory, MiB', format: 'integer' },
    ],
  });
}
