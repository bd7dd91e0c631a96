/** @file Tiny finished runs to export: a few steps of training, so that the weights are nobody's initialization. */
import { join } from 'node:path';
import { type RunResult, type TrainConfigInput, train } from '../../src/lib/training';
import { tinyTextNetwork } from '../support/tiny-networks';

const BERT = { ...tinyTextNetwork, initializerRange: 0.2 };
const GPT2 = { modelType: 'gpt2', nEmbd: 24, nLayer: 1, nHead: 2, nPositions: 64, initializerRange: 0.2 };
const LLAMA = {
  modelType: 'llama',
  hiddenSize: 24,
  intermediateSize: 32,
  numHiddenLayers: 1,
  numAttentionHeads: 2,
  numKeyValueHeads: 1,
  maxPositionEmbeddings: 64,
  initializerRange: 0.2,
};
const BART = {
  modelType: 'bart',
  dModel: 24,
  encoderLayers: 1,
  decoderLayers: 1,
  encoderAttentionHeads: 2,
  decoderAttentionHeads: 2,
  encoderFfnDim: 32,
  decoderFfnDim: 32,
  maxPositionEmbeddings: 64,
  initStd: 0.2,
};
const VIT = {
  modelType: 'vit',
  imageSize: 32,
  patchSize: 8,
  hiddenSize: 16,
  numHiddenLayers: 1,
  numAttentionHeads: 2,
  intermediateSize: 32,
};

export const NETWORKS = { BART, BERT, GPT2, LLAMA, VIT };

/** A config for the data of `colour-data.ts` (classification) or `written-data.ts` (translation). */
export function smallConfig(
  task: TrainConfigInput['task'],
  model: TrainConfigInput['model'],
  training: TrainConfigInput['training'] = {},
): TrainConfigInput {
  return {
    task,
    data: { train: 'train.jsonl', validation: 'validation.jsonl', test: 'test.jsonl' },
    model: { fusion: 'none', tokenizer: { vocabularySize: 300 }, ...model },
    training: { maxSteps: 2, batchSize: 16, learningRate: 3e-3, patience: null, ...training },
  };
}

export function smallRun(data: string, name: string, config: TrainConfigInput): Promise<RunResult> {
  return train(config, join(data, 'runs', name), { folder: data });
}
