/** docs/source-map.md against the tree: every path, every heading of a notebook, every section of the source. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNotebook, textOf } from '../../scripts/notebooks/notebook';
import { inProject, PLACES } from '../../scripts/parts/project';

const page = readFileSync(inProject('docs', 'source-map.md'), 'utf8');
const flat = page.replace(/\n\s*/g, ' '); // a link may go on in the next line

const headingsOf = (file: string): string[] =>
  readNotebook(file)
    .cells.filter((cell) => cell.cell_type === 'markdown')
    .flatMap((cell) => [...textOf(cell.source).matchAll(/^#+ (.*)$/gm)].map((match) => match[1] as string));

/** The document itself is not part of the repository; it stands where the real data does. */
const source = resolve(
  process.env.SIGHTLINE_SHARED_DATA ?? inProject('..', 'shared', 'data'),
  '..',
  'SOURCE.zh.md',
);

describe('docs/source-map.md', () => {
  it('names headings that the notebooks have', () => {
    const links = [...flat.matchAll(/\[(\d\d) · ([^\]]+)\]\(\.\.\/notebooks\/([^)]+)\)/g)];
    expect(links.length).toBeGreaterThan(30);
    const wrong = links.filter(([, number, heading, file]) => {
      const path = join(PLACES.notebooks, file as string);
      return (
        !file?.startsWith(`${number}-`) || !existsSync(path) || !headingsOf(path).includes(heading as string)
      );
    });
    expect(wrong.map(([link]) => link)).toEqual([]);
  });

  it('names paths that exist', () => {
    const paths = [...flat.matchAll(/`((?:src|tests|scripts|bench|docs|data|examples)\/[\w./-]+)`/g)];
    expect(paths.length).toBeGreaterThan(50);
    expect(paths.map(([, path]) => path as string).filter((path) => !existsSync(inProject(path)))).toEqual(
      [],
    );
    const links = [...flat.matchAll(/\]\(([^)#]+)\)/g)].map(([, link]) => link as string);
    expect(links.filter((link) => !existsSync(inProject('docs', link)))).toEqual([]);
  });

  it('draws diagrams whose edges join boxes that are named', () => {
    const diagrams = [...page.matchAll(/```mermaid\n([\s\S]*?)```/g)].map((match) => match[1] as string);
    expect(diagrams).toHaveLength(4);
    for (const diagram of diagrams) {
      const [first, ...edges] = diagram.trim().split('\n');
      expect(first).toMatch(/^graph (TB|LR)$/);
      const named = new Set([...diagram.matchAll(/(\w+)\["[^"]+"\]/g)].map(([, id]) => id as string));
      for (const edge of edges) {
        const bare = edge.replace(/\["[^"]*"\]/g, '').replace(/\|[^|]*\|/g, ' ');
        const match = /^\s*(\w+) (?:-->|-\.->)\s*(\w+)$/.exec(bare);
        expect(match, edge).not.toBeNull();
        expect(named.has(match?.[1] as string) && named.has(match?.[2] as string), edge).toBe(true);
      }
    }
  });

  it.skipIf(!existsSync(source))('has every section of the document', () => {
    const sections = [...readFileSync(source, 'utf8').matchAll(/^#{2,3} (\d(?:\.\d)?)\.? (\S+)/gm)];
    expect(sections.length).toBeGreaterThan(15);
    const absent = sections.filter(([, number, title]) => {
      const at = new RegExp(`${(number as string).replace('.', '\\.')}( ·)? ${title as string}`);
      return !at.test(page);
    });
    expect(absent.map(([heading]) => heading)).toEqual([]);
  });
});
