/** @file The notebook format (nbformat 4) as far as the runner needs it: read, check, write. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { SetupError } from '../parts/talk';

/** nbformat keeps a text as one string or as its lines, newlines included. */
export type MultilineText = string | string[];
export type MimeBundle = Record<string, unknown>;

export interface StreamOutput {
  output_type: 'stream';
  name: 'stdout' | 'stderr';
  text: MultilineText;
}
export interface DisplayOutput {
  output_type: 'display_data';
  data: MimeBundle;
  metadata: Record<string, unknown>;
}
export interface ErrorOutput {
  output_type: 'error';
  ename: string;
  evalue: string;
  traceback: string[];
}
export type Output = StreamOutput | DisplayOutput | ErrorOutput;

export interface CodeCell {
  cell_type: 'code';
  source: MultilineText;
  metadata: { tags?: string[] } & Record<string, unknown>;
  outputs: Output[];
  execution_count: number | null;
}
export interface OtherCell {
  cell_type: 'markdown' | 'raw';
  source: MultilineText;
  metadata: Record<string, unknown>;
}
export interface Notebook {
  cells: (CodeCell | OtherCell)[];
  metadata: Record<string, unknown>;
  nbformat: number;
  nbformat_minor: number;
}

export const textOf = (text: MultilineText): string => (typeof text === 'string' ? text : text.join(''));
export const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
export const codeCells = (notebook: Notebook): CodeCell[] =>
  notebook.cells.filter((cell): cell is CodeCell => cell.cell_type === 'code');

/** Reads a notebook; throws `SetupError` (exit code 2) where the file is none. */
export function readNotebook(file: string): Notebook {
  let parsed: Partial<Notebook>;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8')) as Partial<Notebook>;
  } catch (error) {
    throw new SetupError(`${file}: not a notebook: ${error instanceof Error ? error.message : error}`, 2);
  }
  if (parsed?.nbformat !== 4 || !Array.isArray(parsed.cells)) {
    throw new SetupError(`${file}: not a notebook of format 4 (nbformat: ${parsed?.nbformat})`, 2);
  }
  return parsed as Notebook;
}

/** Writes a notebook as Jupyter does (one space, lines as lists), whole or not at all. */
export function writeNotebook(file: string, notebook: Notebook): void {
  const cells = notebook.cells.map((cell) => {
    const source = linesOf(textOf(cell.source));
    if (cell.cell_type !== 'code') return { ...cell, source };
    const outputs = cell.outputs.map((output) =>
      output.output_type === 'stream' ? { ...output, text: linesOf(textOf(output.text)) } : output,
    );
    return { ...cell, source, outputs };
  });
  const partial = `${file}.partial`;
  writeFileSync(partial, `${JSON.stringify({ ...notebook, cells }, null, 1)}\n`);
  renameSync(partial, file);
}
