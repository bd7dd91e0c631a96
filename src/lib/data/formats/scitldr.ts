/**
 * @file SciTLDR (Cachola, Lo, Cohan, Weld 2020): abstracts of papers and summaries of one sentence. As published:
 * `SciTLDR-A/{train,dev,test}.jsonl`, where `source` is the sentences and `target` the summaries (one in train, up to
 * four elsewhere). A record has the first as `summary`, all of them as `references`, and the paper's `title`; `group` is
 * the paper. SciTLDR-AIC and -FullText have the same fields. Left out: `source_labels` and `rouge_scores`, which say
 * sentence by sentence what an extractive oracle would take.
 */
import { z } from 'zod';
import { jsonLines } from '../json-lines';
import type { AnyRecord } from '../records';
import { checked, type Format, type FormatRecord, findRoot } from './format';
import { marksOf, type SplitFile, splitsHere } from './published';

const schema = z.object({
  source: z.array(z.string().min(1)).min(1),
  target: z.array(z.string().min(1)).min(1),
  paper_id: z.string().min(1),
  title: z.string().optional(),
});

const FILES: readonly SplitFile[] = [
  { name: 'train', part: 'train', files: ['train.jsonl'] },
  { name: 'dev', part: 'validation', files: ['dev.jsonl'] },
  { name: 'test', part: 'test', files: ['test.jsonl'] },
];

export const scitldr: Format = {
  name: 'scitldr',
  description: 'SciTLDR, summaries with several references: train.jsonl, dev.jsonl, test.jsonl of SciTLDR-A',
  tasks: ['summarization'],
  async read(path) {
    const inner = ['', 'SciTLDR-A', 'SciTLDR-Data/SciTLDR-A'];
    const root = findRoot(path, 'SciTLDR', inner, marksOf(FILES));
    return Promise.all(
      splitsHere(root, FILES).map(async ({ name, part, file }) => ({
        name,
        part,
        records: await readPapers(file, name),
      })),
    );
  },
};

async function readPapers(file: string, split: string): Promise<FormatRecord[]> {
  const records: FormatRecord[] = [];
  for await (const { line, value } of jsonLines(file)) {
    const { source, target, paper_id, title } = checked(schema, value, `${file}:${line}`, 'SciTLDR');
    const fields = { document: source.join(' '), summary: target[0], references: target };
    records.push({
      record: {
        id: `${split}-${paper_id}`,
        ...fields,
        ...(title ? { title } : {}),
        group: paper_id,
        split,
      } as AnyRecord,
      picture: null,
    });
  }
  return records;
}
