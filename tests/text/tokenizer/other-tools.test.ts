/**
 * @file A saved tokenizer in other tools: transformers.js always; Python's `tokenizers` and `transformers` where
 * `SIGHTLINE_PARITY_PYTHON` names an interpreter that has `tokenizers`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Tokenizer, trainByteLevelBpe, trainWordPiece } from '../../../src/lib/text/tokenizer';
import fixture from '../../parity/fixtures/tokenizers.json';

const tokenizers: Record<string, Tokenizer> = {
  uncased: trainWordPiece(fixture.corpus, { vocabularySize: 420 }),
  cased: trainWordPiece(fixture.corpus, { vocabularySize: 420, lowercase: false }),
  gpt2: trainByteLevelBpe(fixture.corpus, { vocabularySize: 500 }),
};

/**
 * Where transformers.js departs from the Python library (and this kit follows Python): ideographs beyond the first
 * plane are not parted, a Σ at a word's end is lowered to ς, and white space, marks and punctuation come from
 * JavaScript's newer tables (U+FEFF and U+0085; characters younger than Unicode 8, as U+0899, U+11446, U+2E5B).
 */
const DEPARTS = /[\u{20000}-\u{3ffff}\u03a3\ufeff\u0085\u0890\u0899\u1734\u166d\u061d\u2e5b\u{11446}]/u;

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tools-'));
  for (const [name, tokenizer] of Object.entries(tokenizers)) await tokenizer.save(join(root, name));
});
afterAll(() => rm(root, { recursive: true }));

describe('transformers.js', () => {
  for (const [name, tokenizer] of Object.entries(tokenizers)) {
    it(`${name}: the same ids, but where it departs from Python`, async () => {
      const { AutoTokenizer } = await import('@xenova/transformers');
      const other = await AutoTokenizer.from_pretrained(join(root, name), { local_files_only: true });
      let compared = 0;
      for (const text of fixture.texts.filter((text) => !DEPARTS.test(text))) {
        const { ids } = tokenizer.encode(text);
        expect(other.encode(text), JSON.stringify(text)).toEqual(ids);
        if (ids.length > 0) {
          expect(other.decode(ids, { skip_special_tokens: true })).toBe(
            tokenizer.decode(ids, { skipSpecialTokens: true }),
          );
        }
        compared++;
      }
      expect(compared).toBeGreaterThan(100);
      expect(other.pad_token_id).toBe(tokenizer.padId);
    });
  }
});

// The Python originals are asked where SIGHTLINE_PARITY_PYTHON names an interpreter that has them; the fixtures stand for them elsewhere.
const python = process.env.SIGHTLINE_PARITY_PYTHON;
const comparePython = (python: string) => {
  for (const [name, tokenizer] of Object.entries(tokenizers)) {
    it(`${name}: the same ids and the same text on every string`, async () => {
      const rows = fixture.texts.map((text) => {
        const { ids } = tokenizer.encode(text);
        return { text, ids, decoded: tokenizer.decode(ids, { skipSpecialTokens: true }) };
      });
      await writeFile(join(root, `${name}.json`), JSON.stringify(rows));
      const script = resolve(__dirname, '../../parity/tokenizers_check.py');
      const { status, stdout, stderr } = spawnSync(
        python,
        [script, join(root, name), join(root, `${name}.json`)],
        {
          encoding: 'utf8',
        },
      );
      expect(`${stdout}${status === 0 ? '' : stderr}`).toMatch(/^agrees on 200 strings: tokenizers/);
    });
  }
};
if (python) describe('Python (SIGHTLINE_PARITY_PYTHON)', () => comparePython(python));
