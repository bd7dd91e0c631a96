/** What a committed notebook must be, whatever it tells. Its cells are executed by `npm test`, not here. */
import { describe, expect, it } from 'vitest';
import { codeCells, readNotebook, textOf } from '../../scripts/notebooks/notebook';
import { findNotebooks, namedBefore } from '../../scripts/notebooks/run';
import { KERNEL_NAME } from '../../scripts/parts/kernel-spec';
import { PLACES, shown } from '../../scripts/parts/project';

const committed = findNotebooks([PLACES.notebooks, PLACES.solutions]);

describe.each(committed.map((file) => [shown(file), file]))('%s', (_, file) => {
  const notebook = readNotebook(file as string);

  it('opens with the TypeScript kernel that set-up registers', () => {
    expect(notebook.metadata.kernelspec).toMatchObject({ name: KERNEL_NAME, language: 'typescript' });
  });

  it('holds no outputs: they are made anew by npm start, and shown in runs/notebooks', () => {
    for (const cell of codeCells(notebook)) {
      expect(cell.outputs).toEqual([]);
      expect(cell.execution_count).toBeNull();
    }
  });

  it('goes on only from notebooks that are there', () => {
    for (const other of namedBefore(file as string)) expect(committed).toContain(other);
  });

  it('has code cells of at most 15 lines: what is longer belongs in the library', () => {
    const lengths = codeCells(notebook).map((cell) => textOf(cell.source).trimEnd().split('\n').length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(15);
  });

  it('begins with a title, and gives every cell its own id', () => {
    expect(notebook.cells[0]?.cell_type).toBe('markdown');
    expect(textOf(notebook.cells[0]?.source ?? '')).toMatch(/^# \S/);
    const ids = notebook.cells.map((cell) => (cell as { id?: string }).id);
    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
