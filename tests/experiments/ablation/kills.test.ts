/**
 * @file `kill -9` at random moments while two processes work through one grid: every cell is in the ledger once, and the
 * table is that of an undisturbed run. `SIGHTLINE_KILLS=20` asks for more kills than the suite has time for; a grid
 * that is done before they are spent is begun anew in another folder.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { use } from '../../../src/lib/engine';
import {
  type AblationConfigInput,
  Ledger,
  parseAblationConfig,
  planAblation,
  runAblation,
  summarizeAblation,
} from '../../../src/lib/experiments';
import { Generator } from '../../../src/lib/random';
import { colourData } from '../../support/colour-data';
import { lastingSummary } from '../../support/tiny-ablation';
import { tinyTextNetwork } from '../../support/tiny-networks';

const KILLS = Number(process.env.SIGHTLINE_KILLS ?? 3);
const LIBRARY = resolve(__dirname, '../../../dist/src/lib/index.js');
const VERSION = 'kills';

let data: string;
beforeAll(async () => {
  data = await colourData(16);
  await use({ device: 'cpu', threads: 1 });
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

const grid: AblationConfigInput = {
  base: {
    task: 'classification',
    data: { train: 'train.jsonl', validation: 'validation.jsonl', test: 'test.jsonl' },
    model: { text: tinyTextNetwork, vision: 'cnn-tiny' },
    training: { maxSteps: 6, batchSize: 8, evaluationSteps: 3, checkpointSteps: 1 },
  },
  axes: { 'model.fusion': ['none', 'concat'], condition: ['right', 'shuffled'] },
  seeds: [1, 2],
};
const config = parseAblationConfig(grid);

/** Works through the grid and says what it does, a word a line. */
const WORKER = `const { engine, experiments } = require(process.argv[1]);
  const [config, out, folder, codeVersion] = process.argv.slice(2);
  engine.use({ device: 'cpu', threads: 1 }).then(() => experiments.runAblation(JSON.parse(config), out, {
    folder, codeVersion, resume: true, onEvent: ({ kind }) => process.stdout.write(kind + '\\n') }))
    .catch((error) => { process.stderr.write(error.stack); process.exit(1); });`;

interface Worker {
  process: ChildProcess;
  /** Once it works on a cell; false where it ended without. */
  working: Promise<boolean>;
  /** Its exit code; `null` where it was killed. */
  ended: Promise<number | null>;
  complaint(): string;
}

function startWorker(out: string): Worker {
  const child = spawn(process.execPath, ['-e', WORKER, LIBRARY, JSON.stringify(config), out, data, VERSION], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (text) => {
    complaint += text;
  });
  const ended = new Promise<number | null>((done) => child.on('close', done));
  const working = new Promise<boolean>((begun) => {
    child.stdout.on('data', (text) => String(text).includes('cell') && begun(true));
    ended.then(() => begun(false));
  });
  return { process: child, working, ended, complaint: () => complaint };
}

/** Two processes work in `out`, and are killed and started again at random moments; gives the number of kills. */
async function disturbed(out: string, random: Generator, kills: number): Promise<number> {
  const workers = [startWorker(out), startWorker(out)];
  let killed = 0;
  while (killed < kills) {
    const which = random.integer(2);
    const victim = workers[which] as Worker;
    if (!(await victim.working)) break; // the grid is done
    await new Promise((next) => setTimeout(next, 900 * random.uniform()));
    if (!victim.process.kill('SIGKILL')) break;
    if ((await victim.ended) !== null) break;
    killed++;
    workers[which] = startWorker(out);
  }
  for (const worker of workers) {
    const code = await worker.ended;
    expect([code, worker.complaint()]).toEqual([0, '']);
  }
  return killed;
}

describe(`${KILLS} kills while two processes write`, () => {
  it('no cell is lost or doubled, and the table is that of an undisturbed run', async () => {
    if (!existsSync(LIBRARY)) throw new Error(`${LIBRARY} is not built: npm run build first`);
    const whole = join(data, 'undisturbed');
    const options = { folder: data, codeVersion: VERSION };
    const { plan, ledger } = await runAblation(config, whole, options);
    const expected = lastingSummary(await summarizeAblation(plan, ledger, whole, { folder: data }));

    const random = new Generator(1, 'kills');
    let killed = 0;
    for (let round = 1; killed < KILLS; round++) {
      const out = join(data, `disturbed-${round}`);
      killed += await disturbed(out, random, KILLS - killed);
      const file = new Ledger(join(out, 'ledger.jsonl'));
      const { lines } = await file.read();
      expect(lines.map(({ id, status }) => `${id} ${status}`).sort()).toEqual(
        plan.cells.map(({ id }) => `${id} finished`).sort(),
      );
      const again = await planAblation(config, { folder: data });
      const summary = await summarizeAblation(again, await file.byId(), out, { folder: data });
      expect(lastingSummary(summary)).toEqual(expected);
    }
    expect(killed).toBe(KILLS);
  });
});
