/**
 * @file Text networks by name; sizes for training from scratch on a few thousand to a few hundred thousand texts.
 * Weights begin with a deviation near 1/√width: BERT's 0.02 suits its 768, and leaves a narrow network half asleep.
 */
import type { TextConfigInput } from './network';

/** A small network that sees its text once or twice has nothing to forget. */
const withoutDropout = { residPdrop: 0, embdPdrop: 0, attnPdrop: 0 };

/** Settings but for the vocabulary, which the tokenizer brings. */
export const textPresets = {
  /** 0.1 million parameters and embeddings: for tests. */
  tiny: {
    modelType: 'bert',
    hiddenSize: 32,
    numHiddenLayers: 1,
    numAttentionHeads: 2,
    intermediateSize: 64,
    initializerRange: 0.15,
    maxPositionEmbeddings: 64,
  },
  /** 0.4 million parameters and embeddings: seconds an epoch for thousands of short texts on a laptop. */
  small: {
    modelType: 'bert',
    hiddenSize: 128,
    numHiddenLayers: 2,
    numAttentionHeads: 4,
    intermediateSize: 512,
    initializerRange: 0.08,
    maxPositionEmbeddings: 128,
  },
  /** The size of BERT-mini (google-research/bert): 3.2 million parameters and embeddings. */
  mini: {
    modelType: 'bert',
    hiddenSize: 256,
    numHiddenLayers: 4,
    numAttentionHeads: 4,
    intermediateSize: 1024,
    initializerRange: 0.06,
    maxPositionEmbeddings: 256,
  },
  /** A GPT of 0.02 million parameters and embeddings: for tests. */
  'gpt-tiny': { modelType: 'gpt2', nEmbd: 32, nLayer: 1, nHead: 2, nPositions: 64, ...withoutDropout },
  /** 0.8 million parameters and embeddings: nanoGPT's configuration for a CPU, with longer texts. */
  'gpt-small': { modelType: 'gpt2', nEmbd: 128, nLayer: 4, nHead: 4, nPositions: 128, ...withoutDropout },
  /** An encoder and a decoder of one layer each: for tests. */
  'bart-tiny': {
    modelType: 'bart',
    dModel: 32,
    encoderLayers: 1,
    decoderLayers: 1,
    encoderAttentionHeads: 2,
    decoderAttentionHeads: 2,
    encoderFfnDim: 64,
    decoderFfnDim: 64,
    dropout: 0,
    initStd: 0.15,
    maxPositionEmbeddings: 64,
  },
  /** 1 million parameters and embeddings: an encoder and a decoder of two layers each. */
  'bart-small': {
    modelType: 'bart',
    dModel: 128,
    encoderLayers: 2,
    decoderLayers: 2,
    encoderAttentionHeads: 4,
    decoderAttentionHeads: 4,
    encoderFfnDim: 512,
    decoderFfnDim: 512,
    dropout: 0,
    initStd: 0.08,
    maxPositionEmbeddings: 128,
  },
} as const satisfies Record<string, TextConfigInput>;

export type TextPreset = keyof typeof textPresets;
