/** @file The grids of the studies are configs that `sightline ablate` takes, cell by cell. */
import { describe, expect, it } from 'vitest';
import { STUDIES } from '../../scripts/results/studies';
import { experiments } from '../../src/lib';

const context = {
  seeds: [1],
  file: (name: string) => `records/${name}`,
  files: { train: 'train.jsonl', validation: 'validation.jsonl', test: 'test.jsonl' },
  weights: () => 'runs/earlier',
};
const parts = STUDIES.flatMap(({ name, parts }) => parts.map((part) => ({ study: name, part })));

describe.each(parts)('$study: $part.name', ({ part }) => {
  it('has a grid whose every cell is a config of the kit', () => {
    const config = experiments.parseAblationConfig(
      { name: part.name, seeds: context.seeds, ...part.grid(context) },
      part.name,
    );
    const { combinations } = experiments.expandGrid(config, part.name);
    expect(combinations.length).toBeGreaterThan(0);
    for (const { runs } of combinations) expect(runs).toHaveLength(config.seeds.length);
  });
});

it.each(STUDIES)('$name: a section of nothing that has run is text', async (study) => {
  expect(await study.body([])).not.toContain('[object');
});
