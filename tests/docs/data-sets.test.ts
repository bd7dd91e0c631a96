import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FORMATS, GENERATION_KINDS, programFacts, SCENE_TASKS } from '../../src/lib/data';

const text = readFileSync(join(__dirname, '../../docs/data-sets.md'), 'utf8');

describe('docs/data-sets.md', () => {
  it('has every format with its default task, and no other', () => {
    const rows = [...text.matchAll(/^\| (`[^|]+) \| ([^|]+) \|/gm)].map(([, names, tasks]) => ({
      names: [...(names as string).matchAll(/`([\w-]+)`/g)].map(([, name]) => name as string),
      task: /`([\w-]+)`/.exec(tasks as string)?.[1],
    }));
    const told = rows.flatMap(({ names, task }) => names.map((name) => [name, task]));
    const known = FORMATS.map(({ name, tasks }) => [name, tasks[0]]);
    expect(told.sort()).toEqual(known.sort());
  });

  it('has every scene task and kind, and a program that runs', () => {
    const scenes = text.slice(text.indexOf('## The scene world'));
    for (const name of Object.keys(SCENE_TASKS)) expect(scenes).toContain(`\`${name}\``);
    for (const kind of GENERATION_KINDS) expect(scenes).toContain(kind);
    const program = /```\n([^`]+)```/.exec(scenes)?.[1] as string;
    expect(programFacts(program)).toMatchObject({ mainPattern: 'striped', side: 'left', flyerCount: 'two' });
  });
});
