/** @file Text networks so small that a test trains them in a second, or compares every number of theirs. */
import type { TextConfigInput } from '../../src/lib/text';

/** A BERT that reads a sentence. */
export const tinyTextNetwork = {
  modelType: 'bert',
  hiddenSize: 16,
  numHiddenLayers: 1,
  numAttentionHeads: 2,
  intermediateSize: 32,
  maxPositionEmbeddings: 32,
};

/** Ids that the networks below know. */
export const TINY_VOCABULARY = 23;

/** One of each kind that writes; weights wide enough that every one of them shows in the logits. */
export const tinyWriters: Record<string, TextConfigInput> = {
  gpt2: {
    modelType: 'gpt2',
    vocabSize: TINY_VOCABULARY,
    nEmbd: 16,
    nLayer: 2,
    nHead: 2,
    nPositions: 80,
    initializerRange: 0.4,
  },
  llama: {
    modelType: 'llama',
    vocabSize: TINY_VOCABULARY,
    hiddenSize: 16,
    intermediateSize: 24,
    numHiddenLayers: 2,
    numAttentionHeads: 4,
    numKeyValueHeads: 2,
    maxPositionEmbeddings: 96,
    initializerRange: 0.4,
  },
  bart: {
    modelType: 'bart',
    vocabSize: TINY_VOCABULARY,
    dModel: 16,
    encoderLayers: 1,
    decoderLayers: 2,
    encoderAttentionHeads: 2,
    decoderAttentionHeads: 2,
    encoderFfnDim: 24,
    decoderFfnDim: 24,
    maxPositionEmbeddings: 96,
    dropout: 0,
    initStd: 0.4,
  },
};
