import { describe, expect, it } from 'vitest';
import { parseAblationConfig, readAblationConfig } from '../../../src/lib/experiments/ablation/config';
import { expandGrid } from '../../../src/lib/experiments/ablation/grid';
import { cellId } from '../../../src/lib/experiments/ablation/identity';
import type { JsonObject } from '../../../src/lib/experiments/ablation/paths';
import { parseTrainConfig } from '../../../src/lib/training';
import { temporaryFolder } from '../../support/temporary-folder';

const { path: folder, write } = temporaryFolder();

const base = { task: 'classification', data: { train: 'train.jsonl', test: 'test.jsonl' } };
const grid = (rest: object) => expandGrid(parseAblationConfig({ base, ...rest }), 'grid.json');
const settings = (rest: object) => grid(rest).combinations.map((one) => one.settings);
const refusal = (rest: object) => {
  try {
    grid(rest);
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
};

describe('the grid', () => {
  it('has every combination, the last axis turning fastest, once a seed, each a complete config', () => {
    const { combinations, paths } = grid({
      axes: { 'model.fusion': ['none', 'concat'], 'training.learningRate': [0.1, 0.01] },
      seeds: [1, { initialization: 7, order: 8 }],
    });
    expect(paths).toEqual(['model.fusion', 'training.learningRate']);
    expect(combinations.map((one) => Object.values(one.settings))).toEqual([
      ['none', 0.1],
      ['none', 0.01],
      ['concat', 0.1],
      ['concat', 0.01],
    ]);
    const [first, second] = combinations[3]?.runs ?? [];
    expect(first?.config.training.learningRate).toBe(0.01);
    expect(first?.config.model.fusion).toEqual({ kind: 'concat', hiddenSize: null, dropout: 0.1 });
    expect(first?.config.seed).toBe(1);
    expect(second?.config.seeds).toEqual({ initialization: 7, order: 8 });
  });

  it('varies parts of what the base says in short', () => {
    const { combinations } = grid({
      base: { ...base, model: { fusion: 'cross-attention', gate: true } },
      axes: { 'model.fusion.heads': [1, 2], 'model.gate.mode': ['soft', 'hard'] },
    });
    expect(combinations.map(({ runs }) => runs[0]?.config.model)).toMatchObject([
      { fusion: { kind: 'cross-attention', heads: 1 }, gate: { mode: 'soft' } },
      { fusion: { kind: 'cross-attention', heads: 1 }, gate: { mode: 'hard' } },
      { fusion: { kind: 'cross-attention', heads: 2 }, gate: { mode: 'soft' } },
      { fusion: { kind: 'cross-attention', heads: 2 }, gate: { mode: 'hard' } },
    ]);
  });

  it('puts a whole part before parts of it, whatever the order of the axes', () => {
    const axes = { 'model.fusion.heads': [2], 'model.fusion': ['cross-attention'] };
    expect(grid({ axes }).combinations[0]?.runs[0]?.config.model.fusion).toMatchObject({
      kind: 'cross-attention',
      heads: 2,
    });
  });

  it('shows conditions only to models that look, a forced gate only to those that have one, and retrains for neither', () => {
    const { combinations, controls } = grid({
      axes: {
        'model.fusion': ['none', 'concat'],
        'model.gate': [false, true],
        condition: ['right', 'shuffled'],
        gate: ['learned', 0, 1],
      },
      constraints: [{ when: { 'model.fusion': 'none', 'model.gate': true }, skip: true }],
      controls: ['none'],
    });
    expect(controls).toEqual(['none']);
    const shown = combinations.map(({ evaluations }) =>
      evaluations.map(({ condition, gate }) => (gate === null ? condition : `${condition} ${gate}`)),
    );
    expect(shown).toEqual([
      ['right'],
      ['right', 'shuffled', 'none'],
      ['right', 'right 0', 'right 1', 'shuffled', 'shuffled 1', 'none'],
    ]);
  });

  it('takes the gate of the base from a model that lets no picture in', () => {
    const { combinations } = grid({
      base: { ...base, model: { gate: true } },
      axes: { 'model.fusion': ['none', 'concat'] },
    });
    expect(combinations.map(({ runs }) => runs[0]?.config.model.gate?.mode)).toEqual([undefined, 'soft']);
  });

  it('leaves out what a constraint says, by one value or several', () => {
    const axes = { 'model.fusion': ['none', 'concat', 'prefix'], 'training.batchSize': [8, 16] };
    const constraints = [
      { when: { 'model.fusion': ['none', 'prefix'], 'training.batchSize': 16 }, skip: true },
    ];
    expect(settings({ axes, constraints }).map((one) => Object.values(one).join(' '))).toEqual([
      'none 8',
      'concat 8',
      'concat 16',
      'prefix 8',
    ]);
  });
});

describe('a grid that is wrong is refused by the axis', () => {
  it.each([
    [
      { axes: { 'training.learningRat': [1] } },
      /grid\.json: axis "training\.learningRat" = 1.*\n.*did you mean learningRate/,
    ],
    [{ axes: { 'modl.fusion': ['none'] } }, /axis "modl\.fusion".*\n.*modl is not known; did you mean model/],
    [{ axes: { conditon: ['right'] } }, /axis "conditon" is not known; did you mean condition/],
    [{ axes: { condition: ['shufled'] } }, /axis "condition" has no value "shufled"; did you mean shuffled/],
    [{ axes: { 'training.epochs': [-1, 2] } }, /axis "training\.epochs" = -1/],
    [{ axes: { 'training.epochs': [] } }, /axis "training\.epochs" is empty/],
    [{ axes: { 'training.epochs': [2, 2] } }, /axis "training\.epochs" has the value 2 twice/],
    [
      { axes: { 'model.fusion': ['concat', { kind: 'concat' }] } },
      /axis "model\.fusion": "concat" and .*make the same train config/,
    ],
    [{ axes: { 'model.text.hiddenSize': [8] } }, /model\.text is "small", which has no part "hiddenSize"/],
    [{ axes: { seed: [1, 2] } }, /axis "seed": seeds stand in "seeds"/],
    [{ axes: { 'data.test': ['a', 'b'] } }, /axis "data\.test": rows must be scored on the same records/],
    ...['causal-lm', 'masked-lm', 'captioning'].map((task): [object, RegExp] => [
      { base: { ...base, task }, axes: { textCondition: ['full', 'colours-masked'] } },
      new RegExp(`axis "textCondition": "colours-masked": ${task} reads no text`),
    ]),
    [{ axes: { gate: [0, 1] } }, /axis "gate": no cell has a relevance gate/],
    [
      { axes: { 'model.fusion': ['none'], condition: ['right', 'blank'] } },
      /axis "condition": "blank" is shown to no model/,
    ],
    [
      {
        axes: {
          'training.batchSize': Array.from({ length: 400 }, (_, i) => i + 1),
          'training.epochs': Array.from({ length: 400 }, (_, i) => i + 1),
        },
      },
      /training\.batchSize \(400\) × training\.epochs \(400\) and 3 seeds make 480,000 cells/,
    ],
    [{ seeds: [1, 2, 1] }, /seeds: 1 stands there twice/],
    [
      { axes: { 'training.epochs': [1, 2] }, budget: { cells: 5 } },
      /budget\.cells: the grid has 6 cells \(2 combinations, 3 seeds\), 5 are allowed/,
    ],
    [{ seeds: [] }, /seeds: give at least one seed/],
    [{ axe: {} }, /axe is not known; did you mean axes/],
    [
      {
        axes: { 'model.fusion': ['none', 'concat'] },
        constraints: [{ when: { 'model.fusion': 'none' }, skip: true }],
      },
      /axis "model\.fusion": constraints leave out every cell with "none"/,
    ],
    [
      { axes: { 'model.fusion': ['none'] }, constraints: [{ when: { 'model.fusion': 'none' }, skip: true }] },
      /constraints leave nothing of the grid/,
    ],
    [
      { axes: { 'model.fusion': ['none'] }, constraints: [{ when: { 'model.fusio': 'none' }, skip: true }] },
      /"model\.fusio" is no axis; did you mean model\.fusion/,
    ],
    [
      { axes: { 'model.fusion': ['none', 'cross-attention'], 'model.fusion.heads': [1, 2] } },
      /"model\.fusion" = "none", axis "model\.fusion\.heads" = 1|axis "model\.fusion\.heads" = 1/,
    ],
  ])('%j', (rest, message) => {
    expect(refusal(rest)).toMatch(message);
  });
});

describe('a cell’s id', () => {
  const inputs = { 'data.train': 'aa', 'data.test': 'bb' };
  const config = parseTrainConfig(base);
  const id = cellId(config, inputs);

  it('does not change with the order of keys, nor where a default is written out', () => {
    const turned = JSON.parse(JSON.stringify(config), (_, value) =>
      value && typeof value === 'object' && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    );
    expect(Object.keys(turned)).not.toEqual(Object.keys(config));
    expect(cellId(turned, { 'data.test': 'bb', 'data.train': 'aa' })).toBe(id);
    expect(cellId(parseTrainConfig({ ...base, training: { epochs: 10 } }), inputs)).toBe(id);
  });

  it('changes with the seed, with any default, and with what is read', () => {
    const ids = [
      id,
      cellId({ ...config, seed: 2 }, inputs),
      cellId({ ...config, seeds: { order: 1 } }, inputs),
      cellId({ ...config, training: { ...config.training, labelSmoothing: 0.1 } }, inputs),
      cellId(config, { ...inputs, 'data.test': 'cc' }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('extends', () => {
  it('merges the base, takes axes one by one, and moves relative paths', async () => {
    write(
      'shared/parent.json',
      JSON.stringify({
        base: {
          ...base,
          model: { text: 'weights', vision: 'cnn-tiny' },
          training: { epochs: 3, batchSize: 8 },
        },
        axes: { 'model.fusion': ['none', 'concat'], 'data.train': ['train.jsonl', 'half.jsonl'] },
        seeds: [1],
      }),
    );
    const child = write(
      'mine/child.json',
      JSON.stringify({
        extends: '../shared/parent.json',
        base: { training: { epochs: 5 } },
        axes: { 'model.fusion': ['none', 'prefix'] },
        seeds: [4, 5],
      }),
    );
    const config = await readAblationConfig(child);
    const { data, model, training } = config.base as Record<string, JsonObject>;
    expect(data).toEqual({ train: '../shared/train.jsonl', test: '../shared/test.jsonl' });
    expect(model).toEqual({ text: '../shared/weights', vision: 'cnn-tiny' });
    expect(training).toEqual({ epochs: 5, batchSize: 8 });
    expect(config.axes).toEqual({
      'model.fusion': ['none', 'prefix'],
      'data.train': ['../shared/train.jsonl', '../shared/half.jsonl'],
    });
    expect(config.seeds).toEqual([4, 5]);
  });

  it('refuses a circle, and a file that is not there', async () => {
    write('a.json', JSON.stringify({ extends: 'b.json' }));
    const circle = write('b.json', JSON.stringify({ extends: 'a.json' }));
    await expect(readAblationConfig(circle)).rejects.toThrow(/extends itself/);
    const lost = write('lost.json', JSON.stringify({ extends: 'nowhere.json' }));
    await expect(readAblationConfig(lost)).rejects.toThrow(`${folder}/nowhere.json: there is no such file`);
  });
});
