/** @file The bench's own arithmetic, and that both sides of the suite `engine` do the same work. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type Gpt2Case, gpt2Step, matrixOperations } from '../../bench/gpt2-step';
import { PythonPeer, peerPython } from '../../bench/python-peer';
import { main, table } from '../../bench/run';
import { geometricMean, median, rowOf, summary } from '../../bench/suite';
import { tf } from '../../src/lib/engine';

const SETTINGS: Gpt2Case = {
  width: 16,
  batch: 2,
  layers: 2,
  heads: 2,
  vocabulary: 24,
  time: 8,
  learningRate: 1e-2,
  weightDecay: 0.1,
};

describe('ratios', () => {
  it('median and geometric mean', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(geometricMean([2, 0.5])).toBeCloseTo(1, 12);
    expect(geometricMean([1, 8, 27])).toBeCloseTo(6, 12);
  });

  it('a row is ours / theirs of the medians; the summary has each peer’s mean and worst', () => {
    const rows = [
      rowOf('a', 'p', 'ms', { ours: [1, 2, 9], theirs: [4, 4, 4] }),
      rowOf('b', 'p', 'ms', { ours: [8], theirs: [4] }, 'why'),
    ];
    expect(rows.map(({ ours, theirs, ratio }) => [ours, theirs, ratio])).toEqual([
      [2, 4, 0.5],
      [8, 4, 2],
    ]);
    expect(rows[1]?.note).toBe('why');
    expect(summary(rows)).toEqual([{ peer: 'p', mean: expect.closeTo(1, 12), worst: 2, cases: 2 }]);
    const shown = table('demo', { rows, skipped: [{ peer: 'q', reason: 'not installed' }] });
    expect(shown).toContain('p: geometric mean of 2 ratios 1.00, worst 2.00');
    expect(shown).toContain('skipped q: not installed');
  });

  it('counts the operations of matrix products', () => {
    // Per token: 2 layers of 24·16² + 4·8·16 = 6,656 and the vocabulary 2·24·16 = 768: 14,080; 16 tokens, three times.
    expect(matrixOperations(SETTINGS)).toBe(3 * 16 * 14_080);
  });
});

describe('the command', () => {
  it('names the suites there are, and exits 2 for one that there is not', async () => {
    let said = '';
    const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      said += String(text);
      return true;
    });
    const codes = [await main(['nothing']), await main(['engine', '--only'])];
    spy.mockRestore();
    expect(codes).toEqual([2, 2]);
    expect(said).toContain("--only wants a part of a case's name");
    expect(said).toMatch(/there is no suite "nothing"[\s\S]*engine {2}a GPT-like training step/);
  });
});

describe('the GPT-2 step', () => {
  it('learns, and frees all that it held', async () => {
    const { numTensors } = tf.memory();
    const made = await gpt2Step(SETTINGS);
    const losses: number[] = [];
    for (let i = 0; i < 10; i++) losses.push(await made.step());
    expect(losses[9]).toBeLessThan((losses[0] as number) * 0.9);
    made.dispose();
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  // PyTorch is for the bench, never for `npm test`: where `npm run setup:peers` has not been run there is no such test.
  const python = peerPython();
  const comparePeer = async (python: string) => {
    const made = await gpt2Step(SETTINGS);
    const folder = mkdtempSync(join(tmpdir(), 'sightline-bench-'));
    const peer = new PythonPeer(python, 'gpt2_training.py');
    try {
      const weights = join(folder, 'weights');
      writeFileSync(weights, made.weights.bytes);
      const { names } = made.weights;
      await peer.ask({ do: 'make', config: SETTINGS, weights, names, compile: false });
      const rows = (list: number[]) => [list.slice(0, SETTINGS.time), list.slice(SETTINGS.time)];
      const request = {
        do: 'losses',
        ids: rows(made.ids),
        targets: rows(made.targets),
        steps: 5,
        threads: 1,
      };
      const { losses } = await peer.ask<{ losses: number[] }>(request);
      const ours: number[] = [];
      for (let i = 0; i < 5; i++) ours.push(await made.step());
      expect(ours).toBeClose(losses, { relative: 1e-4, absolute: 0 });
      await expect(peer.ask({ do: 'nonsense' })).rejects.toThrow(/nonsense/);
    } finally {
      peer.close();
      made.dispose();
      rmSync(folder, { recursive: true });
    }
  };
  if (python) it('has the losses of PyTorch from the same weights', () => comparePeer(python));
});
