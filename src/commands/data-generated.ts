/** @file `sightline data sort-of-clevr`, `data shapes` and `data nlvr-like`: sets made afresh, with their text-only ceilings. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { data } from '../lib';
import { wholeNumber } from './options';
import { Progress } from './progress';

interface Common {
  seed: number;
  out: string;
  json?: boolean;
}

export function registerGenerated(command: Command): void {
  common(
    command
      .command('sort-of-clevr')
      .description(
        'make Sort-of-CLEVR: six objects a picture, relational and other questions, split by picture',
      )
      .option('--records <n>', 'records in all three files together, twenty a picture', wholeNumber, 20_000)
      .option('--terse', 'questions of two words, a colour and a kind, in place of sentences'),
  ).action(({ records, terse, seed, out, json }: Common & { records: number; terse?: boolean }) =>
    generate(out, json, 'kind', (onProgress) =>
      data.generateSortOfClevr(out, { records, seed, terse, onProgress }),
    ),
  );
  common(
    command
      .command('shapes')
      .description('make SHAPES afresh: true or false of 3 × 3 grids, split by question')
      .option('--questions <n>', 'different questions in all three files together', wholeNumber, 200)
      .option('--pictures <n>', 'pictures of each question, half of them true', wholeNumber, 64)
      .option(
        '--cells <n>',
        'questions about single cells beside each training picture’s own',
        wholeNumber,
        0,
      ),
  ).action(
    ({
      questions,
      pictures,
      cells,
      seed,
      out,
      json,
    }: Common & { questions: number; pictures: number; cells: number }) =>
      generate(out, json, cells > 0 ? 'kind' : null, (onProgress) =>
        data.generateShapes(out, { questions, pictures, cells, seed, onProgress }),
      ),
  );
  common(
    command
      .command('nlvr-like')
      .description(
        'make true or false sentences about scenes in the manner of NLVR, split by sentence; or short questions about them, split by picture',
      )
      .option(
        '--records <n>',
        'records in all three files together, four a sentence or twenty a picture',
        wholeNumber,
        20_000,
      )
      .option(
        '--pictures <n>',
        'pictures in all three files together, each with many sentences (default: one a record; of --terse, one for twenty)',
        wholeNumber,
      )
      .option('--terse', 'questions of two to four words about the things in one box, in place of sentences')
      .option('--avoid <files...>', 'record files whose sentences are left out, such as those of NLVR'),
  ).action(
    async ({
      records,
      pictures = null,
      terse,
      avoid = [],
      seed,
      out,
      json,
    }: Common & { records: number; pictures?: number | null; terse?: boolean; avoid?: string[] }) => {
      const avoided = [];
      for (const path of avoid) avoided.push(...(await data.readRecords(path, 'classification')).records);
      const sentences = avoided.map(({ text }) => text);
      await generate(out, json, terse ? 'kind' : null, (onProgress) =>
        data.generateNlvrLike(out, { records, pictures, terse, seed, avoid: sentences, onProgress }),
      );
    },
  );
}

function common(command: Command): Command {
  return command
    .option('--seed <n>', 'same seed, same bytes', wholeNumber, 1)
    .requiredOption('--out <folder>', 'the folder to make; it appears when it is complete')
    .option('--json', 'the summary as one line of JSON');
}

/** Runs a generator and says the ceilings of what it wrote, apart for each value of the field `by`. */
async function generate(
  out: string,
  json: boolean | undefined,
  by: string | null,
  make: (onProgress: (done: number, total: number) => void) => Promise<data.GeneratedReport>,
): Promise<void> {
  const progress = new Progress();
  const { parts } = await make((done, total) => progress.update('drawing', done, total));
  progress.clear();
  const summary = [];
  for (const part of parts) {
    const { records } = await data.readRecords(join(out, `${part.part}.jsonl`), 'classification');
    const ceilings: Record<string, number> = { all: data.textOnlyCeiling(records).accuracy };
    if (by !== null) {
      const fieldOf = (record: object): string => String((record as Record<string, unknown>)[by]);
      for (const value of [...new Set(records.map(fieldOf))].sort()) {
        ceilings[value] = data.textOnlyCeiling(records.filter((one) => fieldOf(one) === value)).accuracy;
      }
    }
    summary.push({ ...part, ceilings });
  }
  if (json) {
    process.stdout.write(`${JSON.stringify({ parts: summary })}\n`);
    return;
  }
  for (const { part, records, pictures, ceilings } of summary) {
    const said = Object.entries(ceilings).map(([name, value]) => `${(100 * value).toFixed(1)} % ${name}`);
    process.stdout.write(
      `${part} ${records} records, ${pictures} pictures; text-only ceiling ${said.join(', ')}\n`,
    );
  }
}
