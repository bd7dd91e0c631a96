/** @file Which real data is present, and what the kit itself has made. */
import { readdirSync } from 'node:fs';
import { places } from '../../lib';

export interface DataState {
  name: string;
  /** `null` where it is absent. */
  path: string | null;
  what: string;
}

const REAL_DATA: Record<string, string> = {
  'easy-vqa': 'pictures of shapes, questions with 13 answers',
  nlvr: 'sentences written by people about pictures, true or false',
  shapes: 'pictures of shapes, logical questions',
  emoji: 'captions of emoji',
};

export function listData(): { real: DataState[]; made: string[] } {
  const real = Object.entries(REAL_DATA).map(([name, what]) => ({ name, path: places.realData(name), what }));
  return { real, made: foldersIn(places.projectFolder('data')) };
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch {
    return [];
  }
}
