import { describe, expect, it } from 'vitest';
import { createTextNetwork, textConfigSchema } from '../../src/lib/text';
import { firstSteps, trainableNames } from '../../src/lib/training/freezing';
import { networkLayers } from '../../src/lib/training/network-layers';
import type { ParameterGroup } from '../../src/lib/training/parameter-groups';
import { parameterGroups } from '../../src/lib/training/parameter-groups';
import type { ParameterNames } from '../../src/lib/training/parameter-names';
import { createVisionNetwork, visionConfigSchema, visionPresets } from '../../src/lib/vision';

const textNames = (config: object) =>
  createTextNetwork(textConfigSchema.parse({ vocabSize: 8, ...config }))
    .specifications()
    .map(({ name }) => name);

const bert = { modelType: 'bert', hiddenSize: 4, numHiddenLayers: 2, numAttentionHeads: 1 };

describe('networkLayers', () => {
  it.each([
    [
      bert,
      2,
      'bert.embeddings.LayerNorm.bias',
      'bert.encoder.layer.1.output.dense.bias',
      'bert.pooler.dense.bias',
    ],
    [
      { modelType: 'gpt2', nEmbd: 4, nLayer: 3, nHead: 1 },
      3,
      'transformer.wpe.weight',
      'transformer.h.2.mlp.c_fc.weight',
      'transformer.ln_f.bias',
    ],
    [
      { modelType: 'llama', hiddenSize: 4, intermediateSize: 4, numHiddenLayers: 1, numAttentionHeads: 1 },
      1,
      'model.embed_tokens.weight',
      'model.layers.0.mlp.up_proj.weight',
      'lm_head.weight',
    ],
    [
      {
        modelType: 'bart',
        dModel: 4,
        encoderLayers: 2,
        decoderLayers: 1,
        encoderAttentionHeads: 1,
        decoderAttentionHeads: 1,
      },
      3, // the decoder's layer is the third
      'model.decoder.embed_positions.weight',
      'model.decoder.layers.0.fc1.weight',
      'final_logits_bias',
    ],
  ])('%j: embeddings below, heads above', (config, count, below, top, above) => {
    const layers = networkLayers(textNames(config));
    expect(layers.count).toBe(count);
    expect([below, top, above].map((name) => layers.positions.get(name))).toEqual([0, count, count + 1]);
  });

  it('a CNN counts its stages, then its blocks', () => {
    const names = createVisionNetwork(visionConfigSchema.parse({ ...visionPresets['cnn-tiny'], blocks: 1 }))
      .specifications()
      .map(({ name }) => name);
    const { count, positions } = networkLayers(names);
    const stages = new Set(names.flatMap((name) => /stages\.\d+/.exec(name) ?? [])).size;
    expect(positions.get('cnn.stages.0.weight')).toBe(1);
    expect(positions.get('cnn.blocks.0.scale')).toBe(stages + 1);
    expect(count).toBe(stages + 1);
    expect(positions.get('cnn.position_embeddings')).toBe(count + 1);
  });
});

describe('parameterGroups', () => {
  const text = textNames(bert);
  const names: ParameterNames = {
    all: [...text, 'classifier.weight'],
    parts: new Map([
      ['text', text],
      ['head', ['classifier.weight']],
    ]),
    unused: [],
  };
  const starts = new Map(names.all.map((name) => [name, 0]));
  const scaleOf = (groups: readonly ParameterGroup[], name: string) =>
    groups.find((group) => group.names.includes(name))?.scale;

  it('without a switch there is one group, at the full rate', () => {
    const groups = parameterGroups(names, starts, {
      learningRate: 1e-3,
      learningRates: {},
      layerDecay: null,
    });
    expect(groups).toEqual([{ names: names.all, scale: 1, start: 0 }]);
  });

  it('a part and a pattern have the rate they are given; the decay goes down the layers from there', () => {
    const learningRates = { text: 1e-4, 'bert.pooler.*': 5e-4 };
    const groups = parameterGroups(names, starts, { learningRate: 1e-3, learningRates, layerDecay: 0.5 });
    expect(scaleOf(groups, 'classifier.weight')).toBe(1);
    expect(scaleOf(groups, 'bert.pooler.dense.weight')).toBeCloseTo(0.5, 12);
    expect(scaleOf(groups, 'bert.encoder.layer.1.output.dense.bias')).toBeCloseTo(0.05, 12);
    expect(scaleOf(groups, 'bert.encoder.layer.0.output.dense.bias')).toBeCloseTo(0.025, 12);
    expect(scaleOf(groups, 'bert.embeddings.word_embeddings.weight')).toBeCloseTo(0.0125, 12);
  });

  it('refuses a pattern that means nothing', () => {
    const learningRates = { haed: 1 };
    expect(() =>
      parameterGroups(names, starts, { learningRate: 1, learningRates, layerDecay: null }),
    ).toThrow(/training\.learningRates: "haed" is no parameter .* did you mean head\?/);
  });
});

describe('what learns, by depth', () => {
  const text = textNames(bert);
  const names: ParameterNames = {
    all: [...text, 'fusion.output.weight', 'classifier.weight'],
    parts: new Map([
      ['text', text],
      ['vision', []],
      ['fusion', ['fusion.output.weight']],
      ['head', ['classifier.weight']],
    ]),
    unused: [],
  };
  const all = { frozen: [], trainableLayers: null, headOnly: false, gradualUnfreezing: null };

  it('headOnly: nothing but the head', () => {
    expect(trainableNames(names, { ...all, headOnly: true })).toEqual(['classifier.weight']);
  });

  it('trainableLayers: the top layers, and what stands above them', () => {
    const learns = (k: number) =>
      trainableNames(names, { ...all, trainableLayers: { text: k, vision: null } });
    expect(learns(0)).toEqual(['bert.pooler.dense.weight', 'bert.pooler.dense.bias', ...names.all.slice(-2)]);
    expect(learns(1).filter((name) => name.includes('layer.1.'))).toHaveLength(16);
    expect(learns(1).some((name) => name.includes('layer.0.'))).toBe(false);
    expect(() => learns(3)).toThrow(
      /trainableLayers\.text: 3 layers are to learn, and the network has 2; take 2 at most/,
    );
  });

  it('gradualUnfreezing: the head at once, a layer more every so many epochs, the embeddings last', () => {
    const config = { ...all, gradualUnfreezing: 0.5 };
    const starts = firstSteps(names, names.all, config, 10);
    const first = (name: string) => starts.get(name);
    expect(['classifier.weight', 'bert.pooler.dense.bias'].map(first)).toEqual([0, 0]);
    expect(first('bert.encoder.layer.1.output.dense.bias')).toBe(5);
    expect(first('bert.encoder.layer.0.output.dense.bias')).toBe(10);
    expect(first('bert.embeddings.LayerNorm.bias')).toBe(15);
    const layersOnly = names.all.filter((name) => name.includes('layer.'));
    expect(() => firstSteps(names, layersOnly, config, 10)).toThrow(/nothing learns before step 5/);
  });
});
