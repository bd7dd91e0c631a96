/** @file Adapters beside every kind of projection: they begin as nothing, and merged they say what they said beside. */
import { describe, expect, it } from 'vitest';
import { RandomStream, tf } from '../../src/lib/engine';
import { createParameters, LowRankAdapters, type ParameterScope } from '../../src/lib/nn';
import { createTextNetwork, type TextConfigInput, textConfigSchema } from '../../src/lib/text';
import { adaptedProjections } from '../../src/lib/training/adapted-projections';

const sizes = { vocabSize: 11 };
const NETWORKS: [TextConfigInput, string[]][] = [
  [
    {
      modelType: 'bert',
      hiddenSize: 8,
      numHiddenLayers: 2,
      numAttentionHeads: 2,
      intermediateSize: 12,
      ...sizes,
    },
    ['query', 'value', 'attention.output.dense', 'intermediate.dense'],
  ],
  [
    { modelType: 'gpt2', nEmbd: 8, nLayer: 2, nHead: 2, nPositions: 16, ...sizes },
    ['c_attn', 'c_proj', 'c_fc'],
  ],
  [
    {
      modelType: 'llama',
      hiddenSize: 8,
      intermediateSize: 12,
      numHiddenLayers: 1,
      numAttentionHeads: 2,
      numKeyValueHeads: 1,
      ...sizes,
    },
    ['q_proj', 'v_proj', 'down_proj'],
  ],
  [
    {
      modelType: 'bart',
      dModel: 8,
      encoderLayers: 1,
      decoderLayers: 1,
      encoderAttentionHeads: 2,
      decoderAttentionHeads: 2,
      encoderFfnDim: 12,
      decoderFfnDim: 12,
      ...sizes,
    },
    ['model.encoder.*', 'encoder_attn.v_proj', 'fc2'],
  ],
];

describe('LowRankAdapters', () => {
  it.each(NETWORKS)('%j: merged equals unmerged to 1e-6', async (input, targets) => {
    const network = createTextNetwork(textConfigSchema.parse(input));
    const parameters = createParameters(network.specifications(), 1);
    const adapters = new LowRankAdapters(
      adaptedProjections(network, targets),
      { rank: 2, alpha: 3, dropout: 0.5 },
      2,
    );
    const ids = tf.tensor2d([[3, 1, 4, 1, 5]], undefined, 'int32');
    const read = (params: ParameterScope) => {
      const { states } = network.forward(params, { ids });
      const said = network.decoder?.forward(params, { ids, memory: states });
      return [...network.languageModel.logits(params, said?.states ?? states).dataSync()];
    };
    const before = network.decoder || input.modelType !== 'bert' ? read(parameters) : null;
    if (before) expect(read(adapters.scope(parameters))).toBeClose(before, { absolute: 1e-7 }); // B is 0

    // As after training: B is no longer 0.
    const trained = await adapters.parameters.toArrays();
    for (const [name, { data }] of trained)
      if (name.includes('lora_B')) for (const i of data.keys()) data[i] = Math.sin(i + name.length) / 4;
    adapters.parameters.load(trained);
    const states = (params: ParameterScope) => [...network.forward(params, { ids }).states.dataSync()];
    const unmerged = [
      ...states(adapters.scope(parameters)),
      ...(before ? read(adapters.scope(parameters)) : []),
    ];
    const own = await parameters.toArrays();
    parameters.load(adapters.merged(own, trained), { allowMissing: true });
    const merged = [...states(parameters), ...(before ? read(parameters) : [])];
    expect(merged).toBeClose(unmerged, { absolute: 1e-6, relative: 1e-6 });
    const untouched = [...network.forward(parameters, { ids }).states.dataSync()];
    parameters.load(own);
    expect(Math.max(...states(parameters).map((v, i) => Math.abs(v - (untouched[i] ?? 0))))).toBeGreaterThan(
      1e-3,
    );

    // While it trains, what the adapter reads is dropped out.
    const random = new RandomStream(1);
    const dropped = [...network.forward(adapters.scope(parameters, random), { ids }).states.dataSync()];
    expect(dropped).not.toEqual(unmerged.slice(0, dropped.length));
    adapters.dispose();
    parameters.dispose();
  });

  it('names the projections that there are where a target means none', () => {
    const network = createTextNetwork(textConfigSchema.parse(NETWORKS[0]?.[0]));
    expect(() => adaptedProjections(network, ['q_proj'])).toThrow(
      /targets: "q_proj" is no projection of this bert.*\(query, key, value, dense, or names with \*\)/,
    );
    const bare = { ...(NETWORKS[0]?.[0] as object), numHiddenLayers: 0 };
    expect(() => adaptedProjections(createTextNetwork(textConfigSchema.parse(bare)), null)).toThrow(
      'training.lora: this bert has no layers, and so no projections to adapt',
    );
    expect(adaptedProjections(network, null).map(({ name }) => name)).toEqual(
      [0, 1].flatMap((layer) =>
        ['query', 'value'].map((part) => `bert.encoder.layer.${layer}.attention.self.${part}`),
      ),
    );
  });
});
