/**
 * @file How long a grid will take, before any of it has run: the operations of a training, counted in the graph of its
 * step, over the rate of matrix products that this machine reaches now. Small models spend most of their time elsewhere
 * (elementwise work, pictures, evaluations), so a quarter of that rate is reckoned with, and a second a cell for reading
 * and compiling: right to a factor of about two, which is enough to know hours from days. Of successive halving it is the
 * sum over the rungs.
 */
import { cpus } from 'node:os';
import { timeProduct } from '../../engine';
import { prepare } from '../../training/prepare';
import { recordCompute } from '../compute';
import type { AblationPlan, Cell } from './plan';
import { rungsOf } from './rungs';

const SIZE = 512;
const REACHED = 0.25;
const BEGINNING_SECONDS = 1;

export interface GridEstimate {
  cells: number;
  /** Of one process on this machine, all cells after one another. */
  seconds: number;
  flops: number;
}

/** Of the whole grid, or of all rungs of its search, from its first, middle and last combination. */
export async function estimateGrid(plan: AblationPlan, folder: string): Promise<GridEstimate> {
  const { combinations } = plan.grid;
  const last = combinations.length - 1;
  const chosen = [...new Set([0, Math.floor(last / 2), last])];
  const cells = chosen.map(
    (combination) => plan.cells.find((cell) => cell.combination === combination) as Cell,
  );
  const rungs = rungsOf(plan.config, combinations.length);
  let flops = 0;
  for (const { config } of cells) {
    const prepared = await prepare(config, { folder });
    try {
      const { trainingFlops } = await recordCompute(prepared);
      const { epochs, maxSteps, batchSize, accumulation } = config.training;
      const inSteps = (steps: number) => steps * accumulation * Math.min(batchSize, prepared.train.count);
      const records =
        rungs.length > 0
          ? rungs.reduce((sum, { steps, cells }) => sum + cells * inSteps(steps), 0)
          : plan.cells.length *
            Math.min(epochs * prepared.train.count, inSteps(maxSteps ?? Number.POSITIVE_INFINITY));
      flops += (trainingFlops * records) / cells.length;
    } finally {
      prepared.dispose();
    }
  }
  const milliseconds = await timeProduct(SIZE, cpus().length);
  const rate = REACHED * ((2 * SIZE ** 3) / (milliseconds / 1000));
  const count = rungs.length > 0 ? rungs.reduce((sum, rung) => sum + rung.cells, 0) : plan.cells.length;
  return { cells: count, flops, seconds: count * BEGINNING_SECONDS + flops / rate };
}
