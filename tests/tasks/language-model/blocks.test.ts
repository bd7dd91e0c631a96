/** @file Blocks ask for every token once; documents in one block do not see each other, in any of the networks. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { TokenStream } from '../../../src/lib/data';
import { compile, tf, use } from '../../../src/lib/engine';
import { createParameters, IGNORED } from '../../../src/lib/nn';
import { MaskedBlocks, PackedBlocks } from '../../../src/lib/tasks';
import { createTextNetwork, textConfigSchema } from '../../../src/lib/text';
import { temporaryFolder } from '../../support/temporary-folder';

const { path: folder } = temporaryFolder();
let count = 0;

/** A stream of documents whose tokens are given, each ended by 0. */
async function streamOf(documents: number[][]): Promise<TokenStream> {
  const path = join(folder, `documents-${count++}.jsonl`);
  writeFileSync(path, documents.map((ids) => JSON.stringify({ text: ids.join(' ') })).join('\n'));
  return TokenStream.create(path, { encode: (text) => text.split(' ').map(Number), separator: 0 });
}

const rowsOf = (tensor: tf.Tensor | undefined) => (tensor as tf.Tensor2D).arraySync();
const documents = [
  [1, 2, 3],
  [4, 5],
  [6, 7, 8, 9, 10],
];

beforeAll(() => use({ device: 'cpu' }));

describe('packed blocks', () => {
  const options = { blockLength: 4, acrossDocuments: false, seed: null, padId: 0 };

  it('give each token the next as its label, within its document', async () => {
    const stream = await streamOf(documents); // 1 2 3 0 4 5 0 6 7 8 9 10 0
    const blocks = new PackedBlocks(stream, options);
    expect(blocks.count).toBe(3);
    const { inputs, targets } = await blocks.batch(Int32Array.of(0, 1, 2));
    expect(rowsOf(inputs.ids)).toEqual([
      [1, 2, 3, 0],
      [4, 5, 0, 6],
      [7, 8, 9, 10],
    ]);
    expect(rowsOf(targets.labels)).toEqual([
      [2, 3, 0, IGNORED],
      [5, 0, IGNORED, 7],
      [8, 9, 10, 0],
    ]);
    expect(rowsOf(inputs.positions)).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 0],
      [0, 1, 2, 3],
    ]);
    expect(rowsOf(inputs.documents)).toEqual([
      [0, 0, 0, 0],
      [1, 1, 1, 2],
      [2, 2, 2, 2],
    ]);
    tf.dispose([inputs, targets]);
  });

  it('across documents ask for every token but the first, once, whatever the length', async () => {
    const stream = await streamOf(documents);
    for (const blockLength of [2, 3, 4, 5, 12, 50]) {
      const blocks = new PackedBlocks(stream, { ...options, blockLength, acrossDocuments: true });
      const rows = Int32Array.from({ length: blocks.count }, (_, row) => row);
      const { inputs, targets } = await blocks.batch(rows);
      const labels = rowsOf(targets.labels)
        .flat()
        .filter((label) => label !== IGNORED);
      expect(labels).toEqual([...stream.read(1, stream.length - 1)]);
      expect(inputs.documents).toBeUndefined();
      tf.dispose([inputs, targets]);
    }
  });

  it('move their cuts from epoch to epoch in training, the same for the same seed', async () => {
    const stream = await streamOf([Array.from({ length: 400 }, (_, i) => i + 1)]);
    const blocks = new PackedBlocks(stream, { ...options, blockLength: 16, seed: 5 });
    const first = async (draw: number) => {
      const { inputs, targets } = await blocks.batch(Int32Array.of(3), draw);
      const [row] = rowsOf(inputs.ids) as [number[]];
      tf.dispose([inputs, targets]);
      return row[0] as number;
    };
    const starts = await Promise.all([0, 1, 2, 3, 4, 5].map(first));
    expect(starts[0]).toBe(49);
    for (const start of starts) expect(start).toBeLessThan(49 + 16);
    expect(new Set(starts).size).toBeGreaterThan(3);
    expect(await first(2)).toBe(starts[2]);
  });
});

describe('masked blocks', () => {
  const masking = { share: 0.3, maskId: 99, replacements: Int32Array.of(50, 51), continuesWord: null };
  const frame = { blockLength: 8, acrossDocuments: false, seed: 1, masking, clsId: 97, sepId: 0, padId: 98 };

  it('stand between [CLS] and [SEP], and ask for what was masked', async () => {
    const stream = await streamOf(documents);
    const blocks = new MaskedBlocks(stream, frame);
    const { inputs, targets } = await blocks.batch(Int32Array.of(0, 1, 2));
    const ids = rowsOf(inputs.ids);
    const [places, labels] = [rowsOf(targets.places), rowsOf(targets.labels)];
    const text = [[1, 2, 3, 0, 4, 5], [0, 6, 7, 8, 9, 10], [0]];
    for (const [row, tokens] of text.entries()) {
      const seen = ids[row] as number[];
      expect(seen[0]).toBe(97);
      expect(seen[tokens.length + 1]).toBe(0);
      expect((rowsOf(inputs.mask)[row] as number[]).reduce((sum, one) => sum + one)).toBe(tokens.length + 2);
      const asked = (places[row] as number[]).filter((_, k) => (labels[row] as number[])[k] !== IGNORED);
      for (const [k, place] of asked.entries()) expect((labels[row] as number[])[k]).toBe(tokens[place - 1]);
      for (const [i, token] of tokens.entries()) if (!asked.includes(i + 1)) expect(seen[i + 1]).toBe(token);
    }
    // The last row holds a separator alone: nothing to guess.
    expect(labels[2]?.every((label) => label === IGNORED)).toBe(true);
    tf.dispose([inputs, targets]);
  });
});

describe.each([
  { modelType: 'gpt2', vocabSize: 20, nEmbd: 16, nLayer: 2, nHead: 2, nPositions: 12 },
  {
    modelType: 'llama',
    vocabSize: 20,
    hiddenSize: 16,
    intermediateSize: 32,
    numHiddenLayers: 2,
    numAttentionHeads: 2,
    maxPositionEmbeddings: 12,
  },
  {
    modelType: 'bert',
    vocabSize: 20,
    hiddenSize: 16,
    intermediateSize: 32,
    numHiddenLayers: 2,
    numAttentionHeads: 2,
    maxPositionEmbeddings: 12,
  },
])('$modelType', (settings) => {
  it('reads two documents in one row as it reads each alone, to 1e-5', async () => {
    const network = createTextNetwork(textConfigSchema.parse(settings));
    const parameters = createParameters(network.specifications(), 3);
    const integers = (values: number[][]) => tf.tensor2d(values, undefined, 'int32');
    const states = async (ids: number[][], documents?: number[][], positions?: number[][]) => {
      const inputs = {
        ids: integers(ids),
        ...(documents && positions ? { documents: integers(documents), positions: integers(positions) } : {}),
      };
      const read = compile((of: typeof inputs) => network.forward(parameters, of).states, {
        state: parameters.variables(),
      });
      const result = await read(inputs);
      const values = (result as tf.Tensor3D).arraySync()[0] as number[][];
      tf.dispose([result, inputs]);
      read.dispose();
      return values.flat();
    };
    const [a, b] = [
      [5, 6, 7],
      [8, 9, 10, 11],
    ];
    const together = await states([[...a, ...b]], [[0, 0, 0, 1, 1, 1, 1]], [[0, 1, 2, 0, 1, 2, 3]]);
    const alone = [...(await states([a])), ...(await states([b]))];
    expect(together).toBeClose(alone, { absolute: 1e-5 });
    const mixed = await states([[...a, ...b]]);
    expect(mixed.slice(3 * 16)).not.toBeClose(alone.slice(3 * 16), { absolute: 1e-3 });
    parameters.dispose();
  });
});
