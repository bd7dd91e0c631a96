/** @file How many layers attend, and with which heads: what a cache of keys and values, or a learned prefix, is laid out by. */
import type { TextConfig } from './network';

export interface AttentionShape {
  layers: number;
  /** Of keys and values. */
  heads: number;
  /** d */
  headWidth: number;
}

/** Of the network that reads; of an encoder–decoder network its encoder, or its decoder where `side` says so. */
export function attentionShape(config: TextConfig, side: 'encoder' | 'decoder' = 'encoder'): AttentionShape {
  switch (config.modelType) {
    case 'bert':
      return shape(config.numHiddenLayers, config.numAttentionHeads, config.hiddenSize);
    case 'gpt2':
      return shape(config.nLayer, config.nHead, config.nEmbd);
    case 'llama':
      return {
        ...shape(config.numHiddenLayers, config.numAttentionHeads, config.hiddenSize),
        heads: config.numKeyValueHeads ?? config.numAttentionHeads,
      };
    case 'bart':
      return side === 'encoder'
        ? shape(config.encoderLayers, config.encoderAttentionHeads, config.dModel)
        : shape(config.decoderLayers, config.decoderAttentionHeads, config.dModel);
  }
}

function shape(layers: number, heads: number, width: number): AttentionShape {
  return { layers, heads, headWidth: width / heads };
}
