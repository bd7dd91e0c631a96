/**
 * @file Suite `engine`: a training step of a GPT-like model (4 layers, 4 heads, vocabulary 512, 64 tokens, AdamW),
 * compiled on the CPU, against PyTorch in the same run and against the matrix-product rate of the same machine.
 * Both sides start from the same weights and must show the same losses. Each runs at its best thread count; runs
 * alternate, so that what disturbs the machine disturbs both.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { engine } from '../src/lib';
import { type Gpt2Case, type Gpt2Step, gpt2Step, matrixOperations } from './gpt2-step';
import { PythonPeer, peerPython } from './python-peer';
import { type BenchResult, type BenchRow, type BenchSuite, median, rowOf, type SkippedPeer } from './suite';

const RUNS = 5;
/** A run lasts about this long, but no fewer steps than `FEWEST_STEPS`. */
const RUN_MS = 1500;
const FEWEST_STEPS = 5;
const THREAD_ROUNDS = 3;
const MATRIX = 1024;

const COMMON = { layers: 4, heads: 4, vocabulary: 512, time: 64, learningRate: 3e-4, weightDecay: 0.01 };
const CASES: Gpt2Case[] = [128, 256].flatMap((width) =>
  [4, 16, 32].map((batch) => ({ ...COMMON, width, batch })),
);

/** Something whose steps can be timed. */
interface Contender {
  name: string;
  threads: number;
  /** Milliseconds of each of `steps` steps. */
  time(steps: number, threads: number): Promise<number[]>;
}

export const engineSuite: BenchSuite = {
  name: 'engine',
  description: 'a GPT-like training step, compiled on the CPU, against PyTorch and against the GEMM rate',
  async run(say, wanted) {
    const result: BenchResult = { rows: [], skipped: [] };
    for (const settings of CASES) if (wanted(nameOf(settings))) await measure(settings, result, say);
    await engine.use({ device: 'cpu' });
    return result;
  },
};

function nameOf({ width, batch }: Gpt2Case): string {
  return `width ${width}, batch ${batch}`;
}

async function measure(settings: Gpt2Case, result: BenchResult, say: (line: string) => void): Promise<void> {
  const name = nameOf(settings);
  const ours = await gpt2Step(settings);
  const { peers, close } = await startPeers(settings, ours, result.skipped);
  try {
    const us: Contender = {
      name: 'ours',
      threads: 1,
      time: (steps, threads) => timeOurs(ours, steps, threads),
    };
    for (const contender of [us, ...peers]) await findThreads(contender);
    const runs = new Map([us, ...peers].map((contender) => [contender, [] as number[]]));
    const quickest = new Map<Contender, number>();
    const rates: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      for (const [contender, medians] of runs) {
        const steps = await oneRun(contender);
        medians.push(median(steps));
        quickest.set(contender, Math.min(quickest.get(contender) ?? Number.POSITIVE_INFINITY, ...steps));
      }
      rates.push(await multiplicationRate(us.threads));
    }
    const times = (contender: Contender) => runs.get(contender) as number[];
    const best = (contender: Contender) => quickest.get(contender) as number;
    const rows: BenchRow[] = peers.map((peer) => {
      const note = `threads: ours ${us.threads}, theirs ${peer.threads}`;
      const row = rowOf(name, peer.name, 'ms a step', { ours: times(us), theirs: times(peer) }, note);
      return { ...row, quickest: { ours: best(us), theirs: best(peer) } };
    });
    const limit = rates.map((rate) => matrixOperations(settings) / rate);
    rows.push(
      rowOf(
        name,
        'matrix products alone',
        'ms a step',
        { ours: times(us), theirs: limit },
        `${(median(rates) / 1e6).toFixed(0)} GFLOP/s on a product of ${MATRIX}² matrices`,
      ),
    );
    for (const row of rows) {
      const { quickest: q } = row;
      const also = q ? `; quickest ${q.ours.toFixed(1)} and ${q.theirs.toFixed(1)} ms` : '';
      say(`${name}: ${row.peer} ratio ${row.ratio.toFixed(2)} (${row.note}${also})`);
    }
    result.rows.push(...rows);
  } finally {
    close();
    ours.dispose();
  }
}

async function timeOurs(ours: Gpt2Step, steps: number, threads: number): Promise<number[]> {
  await engine.use({ device: 'cpu', threads });
  const times: number[] = [];
  for (let i = 0; i < steps; i++) {
    const start = performance.now();
    await ours.step();
    times.push(performance.now() - start);
  }
  return times;
}

/**
 * 1, 2, 4, … up to the cores: the count with the quickest step. Counts take turns, so that a moment of disturbance
 * does not choose among them.
 */
async function findThreads(contender: Contender): Promise<void> {
  const quickest = new Map(threadCounts().map((threads) => [threads, Number.POSITIVE_INFINITY]));
  for (let round = 0; round < THREAD_ROUNDS; round++) {
    for (const [threads, before] of quickest) {
      await contender.time(2, threads); // a first call with other threads makes a session of its own
      quickest.set(threads, Math.min(before, ...(await contender.time(FEWEST_STEPS, threads))));
    }
  }
  const best = Math.min(...quickest.values());
  contender.threads = [...quickest].find(([, time]) => time === best)?.[0] as number;
}

function threadCounts(): number[] {
  const cores = availableParallelism();
  const counts: number[] = [];
  for (let count = 1; count < cores; count *= 2) counts.push(count);
  return [...counts, cores];
}

/** Milliseconds of each step of one run. */
async function oneRun({ time, threads }: Contender): Promise<number[]> {
  const [, second] = await time(2, threads);
  const steps = Math.max(FEWEST_STEPS, Math.round(RUN_MS / (second as number)));
  return time(steps, threads);
}

/** Floating-point operations a millisecond of a large matrix product, by the library that our steps use. */
async function multiplicationRate(threads: number): Promise<number> {
  return (2 * MATRIX ** 3) / (await engine.timeProduct(MATRIX, threads));
}

const MODES = [
  { label: 'eager', compile: false },
  { label: 'torch.compile', compile: true },
];

/** PyTorch with our weights, each mode a process of its own. A mode that cannot run is named in `skipped`. */
async function startPeers(
  settings: Gpt2Case,
  ours: Gpt2Step,
  skipped: SkippedPeer[],
): Promise<{ peers: Contender[]; close(): void }> {
  const started: PythonPeer[] = [];
  const close = () => {
    for (const peer of started) peer.close();
  };
  const python = peerPython();
  if (!python) {
    skip(skipped, 'PyTorch', 'not installed; npm run setup:peers installs it');
    return { peers: [], close };
  }
  await engine.use({ device: 'cpu' });
  const expected: number[] = [];
  for (let i = 0; i < 3; i++) expected.push(await ours.step());
  const folder = mkdtempSync(join(tmpdir(), 'sightline-bench-'));
  const weights = join(folder, 'weights');
  writeFileSync(weights, ours.weights.bytes);
  const peers: Contender[] = [];
  for (const { label, compile } of MODES) {
    if (skipped.some(({ peer }) => peer === `PyTorch ${label}`)) continue;
    const peer = new PythonPeer(python, 'gpt2_training.py');
    started.push(peer);
    try {
      const made = { do: 'make', config: settings, weights, names: ours.weights.names, compile };
      const { version } = await peer.ask<{ version: string }>(made);
      const inRows = (list: number[]) =>
        Array.from({ length: settings.batch }, (_, i) =>
          list.slice(i * settings.time, (i + 1) * settings.time),
        );
      const [ids, targets] = [inRows(ours.ids), inRows(ours.targets)];
      const trained = { do: 'losses', ids, targets, steps: expected.length, threads: availableParallelism() };
      const { losses } = await peer.ask<{ losses: number[] }>(trained);
      checkSameLosses(expected, losses);
      peers.push({
        name: `PyTorch ${version} ${label}`,
        threads: 1,
        time: async (steps, threads) =>
          (await peer.ask<{ milliseconds: number[] }>({ do: 'time', steps, warmup: 0, threads }))
            .milliseconds,
      });
    } catch (error) {
      peer.close();
      skip(skipped, `PyTorch ${label}`, (error as Error).message);
    }
  }
  rmSync(folder, { recursive: true });
  return { peers, close };
}

function skip(skipped: SkippedPeer[], peer: string, reason: string): void {
  if (!skipped.some((known) => known.peer === peer)) skipped.push({ peer, reason });
}

function checkSameLosses(ours: number[], theirs: number[]): void {
  const same = ours.every((loss, i) => Math.abs(loss - (theirs[i] as number)) < 1e-3 * Math.abs(loss));
  if (!same) throw new Error(`it does other work: losses ${theirs.join(', ')}, ours ${ours.join(', ')}`);
}
