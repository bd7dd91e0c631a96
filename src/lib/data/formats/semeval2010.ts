/**
 * @file SemEval-2010 task 8 (Hendrickx et al. 2010): which of nine relations, in which direction, two nominals have, or
 * another (`Other`). As published: four lines an example,
 *
 *     1	"The system … an arrayed <e1>configuration</e1> of antenna <e2>elements</e2>."
 *     Component-Whole(e2,e1)
 *     Comment: …
 *     (empty)
 *
 * `head` is e1 and `tail` e2, whatever the direction, which the label keeps: 19 labels. `group` is the sentence: some
 * come with two pairs. Left out: the comments. The official score is macro F1 over the nine relations without `Other`.
 */
import { InputError } from '../../errors';
import { quote } from '../json-lines';
import type { AnyRecord } from '../records';
import { type Format, type FormatRecord, findRoot } from './format';
import { marksOf, readLines, type SplitFile, splitsHere } from './published';
import { splitWords } from './words';

const FILES: readonly SplitFile[] = [
  {
    name: 'train',
    part: 'train',
    files: ['TRAIN_FILE.TXT', 'SemEval2010_task8_training/TRAIN_FILE.TXT'],
  },
  {
    name: 'test',
    part: 'test',
    files: ['TEST_FILE_FULL.TXT', 'SemEval2010_task8_testing_keys/TEST_FILE_FULL.TXT'],
  },
];

export const semeval2010: Format = {
  name: 'semeval2010',
  description: 'SemEval-2010 task 8, relations: TRAIN_FILE.TXT, TEST_FILE_FULL.TXT',
  tasks: ['relation'],
  async read(path) {
    const root = findRoot(path, 'SemEval-2010 task 8', ['', 'SemEval2010_task8_all_data'], marksOf(FILES));
    return Promise.all(
      splitsHere(root, FILES).map(async ({ name, part, file }) => ({
        name,
        part,
        records: await readExamples(file, name),
      })),
    );
  },
};

async function readExamples(file: string, split: string): Promise<FormatRecord[]> {
  const lines = await readLines(file);
  const records: FormatRecord[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as string;
    if (line.trim() === '') continue;
    const example = /^(\d+)\t"(.*)"\s*$/.exec(line);
    if (!example) {
      throw new InputError(
        `${file}:${i + 1}: the line is ${quote(line)}; an example must begin with its number, a tab and the sentence in quotes`,
      );
    }
    const [, number, sentence] = example as unknown as [string, string, string];
    const label = lines[++i]?.trim() ?? '';
    if (!/^(Other|[A-Z]\w+-[A-Z]\w+\(e[12],e[12]\))$/.test(label)) {
      throw new InputError(
        `${file}:${i + 1}: the relation is ${quote(label)}; it must be Other or one like Cause-Effect(e1,e2)`,
      );
    }
    // The comment, which may run over lines, ends with an empty one.
    while (i + 1 < lines.length && lines[i + 1]?.trim() !== '') i++;
    const marked = markedSpans(sentence, `${file}: example ${number}`);
    const group = sentence.replace(/<\/?e[12]>/g, '');
    records.push({
      record: { id: `${split}-${number}`, ...marked, label, group, split } as AnyRecord,
      picture: null,
    });
  }
  return records;
}

/** Tokens of a sentence in which `<e1>…</e1>` comes before `<e2>…</e2>`, with both as [start, end). */
function markedSpans(
  sentence: string,
  place: string,
): { tokens: string[]; head: [number, number]; tail: [number, number] } {
  const pieces = /^(.*)<e1>(.+)<\/e1>(.*)<e2>(.+)<\/e2>(.*)$/.exec(sentence)?.slice(1);
  if (!pieces) {
    throw new InputError(
      `${place}: the sentence is ${quote(sentence)}; it must have <e1>…</e1> and after it <e2>…</e2>`,
    );
  }
  const tokens: string[] = [];
  const spans = pieces.map((piece): [number, number] => {
    const start = tokens.length;
    tokens.push(...splitWords(piece));
    return [start, tokens.length];
  });
  return { tokens, head: spans[1] as [number, number], tail: spans[3] as [number, number] };
}
