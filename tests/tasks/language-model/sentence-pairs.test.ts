/** @file Pairs of sentences: what stands in a row, and that half of the answers are each. */
import { beforeAll, describe, expect, it } from 'vitest';
import { TokenStream } from '../../../src/lib/data';
import { tf, use } from '../../../src/lib/engine';
import { SentencePairs } from '../../../src/lib/tasks';
import { temporaryFolder } from '../../support/temporary-folder';

const { write } = temporaryFolder();
const CLS = 201;
const SEP = 202;
const masking = { share: 0.01, maskId: 203, replacements: Int32Array.of(204), continuesWord: null };
const frame = { blockLength: 16, acrossDocuments: false, seed: 1, masking, clsId: CLS, sepId: SEP, padId: 0 };

/** Sentence s of document d is the token 10·d + s + 1, three times. */
async function stream(): Promise<TokenStream> {
  const documents = Array.from({ length: 6 }, (_, d) =>
    Array.from({ length: 4 }, (_, s) => `${`${10 * d + s + 1} `.repeat(2)}${10 * d + s + 1}. `).join('A '),
  );
  const path = write('pairs.jsonl', documents.map((text) => JSON.stringify({ text })).join('\n'));
  const encode = (text: string) => (text.match(/\d+/g) ?? []).map(Number);
  return TokenStream.create(path, { encode, separator: SEP, sentences: true });
}

async function rows(question: 'next' | 'order', draw: number) {
  const pairs = new SentencePairs(await stream(), { ...frame, question });
  const { inputs, targets } = await pairs.batch(
    Int32Array.from({ length: pairs.count }, (_, i) => i),
    draw,
  );
  const list = (tensor: tf.Tensor | undefined) => (tensor as tf.Tensor2D).arraySync();
  const [ids, types, places, labels] = [
    list(inputs.ids),
    list(inputs.tokenTypes),
    list(targets.places),
    list(targets.labels),
  ];
  const answers = [...(targets.pair as tf.Tensor).dataSync()];
  tf.dispose([inputs, targets]);
  return ids.map((row, i) => {
    const [place, label] = [places[i]?.[0] as number, labels[i]?.[0] as number];
    const seen = row.slice();
    seen[place] = label; // the one masked token, as it was
    const length = seen.lastIndexOf(SEP) + 1;
    const middle = seen.indexOf(SEP);
    return {
      a: seen.slice(1, middle),
      b: seen.slice(middle + 1, length - 1),
      types: types[i] as number[],
      label: answers[i] as number,
      first: seen[0],
    };
  });
}

describe('sentence pairs', () => {
  beforeAll(() => use({ device: 'cpu' }));

  it('are the text in its order, or its two parts swapped', async () => {
    for (let draw = 0; draw < 5; draw++) {
      for (const { a, b, types, label, first } of await rows('order', draw)) {
        expect(first).toBe(CLS);
        expect(a.length + b.length).toBe(12);
        const inOrder = label === 0 ? [...a, ...b] : [...b, ...a];
        expect(inOrder).toEqual([...inOrder].sort((x, y) => x - y));
        expect(types.slice(0, a.length + 2)).toEqual(Array(a.length + 2).fill(0));
        expect(types.slice(a.length + 2, a.length + b.length + 3)).toEqual(Array(b.length + 1).fill(1));
      }
    }
  });

  it('go on with the text, or with another document', async () => {
    for (let draw = 0; draw < 5; draw++) {
      for (const { a, b, label } of await rows('next', draw)) {
        const document = (of: number[]) => Math.floor((of[0] as number) / 10);
        if (label === 0) expect(b[0]).toBe((a[a.length - 1] as number) + 1);
        else expect(document(b)).not.toBe(document(a));
        expect(b.length).toBeGreaterThan(0);
      }
    }
  });

  it('are of both kinds equally often: 600 draws, five standard errors', async () => {
    let swapped = 0;
    for (let draw = 0; draw < 100; draw++) {
      for (const { label } of await rows('order', draw)) swapped += label;
    }
    expect(Math.abs(swapped / 600 - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / 600));
  });
});
