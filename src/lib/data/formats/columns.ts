/**
 * @file Column files: a token a line, its columns divided by tabs or spaces, the tag last, an empty line after each
 * sentence (CoNLL-2003, WNUT-17, the Twitter sets). Lines that are no token but head what follows (`-DOCSTART-`,
 * `IMGID:12345`) are found by a pattern. Left out: the columns between token and tag (part of speech, chunk), and
 * tokens that are nothing but space and carry O, of which Twitter-2015 has some: no tokenizer has a piece for them.
 */
import { InputError } from '../../errors';
import { quote } from '../json-lines';

/** A line that heads what follows, and how many stood before it. */
export interface ColumnHeading {
  text: string;
  number: number;
}

export interface ColumnSentence {
  tokens: string[];
  tags: string[];
  /** The line of each token, counted from 1. */
  lines: number[];
  /** The nearest heading before it. */
  heading: ColumnHeading | null;
}

/**
 * The sentences of a column file.
 * @throws InputError naming file and line where a line has no tag, or the file no sentence.
 */
export function parseColumns(text: string, file: string, heading: RegExp): ColumnSentence[] {
  const sentences: ColumnSentence[] = [];
  let open: ColumnSentence | null = null;
  const headings: ColumnHeading[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (line.trim() === '') {
      open = null;
      continue;
    }
    if (heading.test(line)) {
      headings.push({ text: line.trim(), number: headings.length });
      open = null;
      continue;
    }
    // Where there are tabs they divide, so that a token may hold any space that is no tab.
    const columns = line.includes('\t') ? line.split('\t') : line.trim().split(/ +/);
    const [token, tag] = [columns[0]?.trim(), columns.at(-1)?.trim()];
    if (columns.length > 1 && token === '' && tag === 'O') continue;
    if (columns.length < 2 || !token || !tag) {
      throw new InputError(
        `${file}:${index + 1}: the line is ${quote(line)}; it must have a token, its columns and a tag, divided by tabs or spaces`,
      );
    }
    if (!open) {
      open = { tokens: [], tags: [], lines: [], heading: headings.at(-1) ?? null };
      sentences.push(open);
    }
    open.tokens.push(token);
    open.tags.push(tag);
    open.lines.push(index + 1);
  }
  if (sentences.length === 0) {
    throw new InputError(`${file}: has no sentence; it must have a token and its tag on each line`);
  }
  return sentences;
}
