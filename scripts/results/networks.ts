/** @file Networks that studies share: small enough that a training takes a minute or two of one core. */

/** A GPT of two layers without dropout: it sees its few texts too seldom to learn them by heart. */
export const smallGpt = (width: number, positions: number, initializerRange = 0.12) => ({
  modelType: 'gpt2',
  nEmbd: width,
  nLayer: 2,
  nHead: 4,
  nPositions: positions,
  initializerRange,
  residPdrop: 0,
  embdPdrop: 0,
  attnPdrop: 0,
});

/** A BERT of two layers. */
export const smallBert = (width: number, positions = 128, dropout = 0.1) => ({
  modelType: 'bert',
  hiddenSize: width,
  numHiddenLayers: 2,
  numAttentionHeads: 4,
  intermediateSize: 2 * width,
  initializerRange: Math.round(100 / Math.sqrt(width)) / 100,
  maxPositionEmbeddings: positions,
  hiddenDropoutProb: dropout,
  attentionProbsDropoutProb: 0.1,
});

/** A BERT of width 64 that drops nothing: a question has few words and its answer hangs on each. */
export const undroppedBert = (layers: number) => ({
  modelType: 'bert',
  hiddenSize: 64,
  numHiddenLayers: layers,
  numAttentionHeads: 4,
  intermediateSize: 128,
  initializerRange: 0.12,
  maxPositionEmbeddings: 32,
  hiddenDropoutProb: 0,
  attentionProbsDropoutProb: 0,
});

/** A CNN whose places are told apart from the first step on, with the mean and deviation of its own pictures: few colours, much ground. */
export const cnnOfPlaces = (imageSize: number, imageMean: number[], imageStd: number[]) => ({
  modelType: 'cnn',
  imageSize,
  channels: [16, 32, 48, 64],
  positionInitializerRange: 0.5,
  imageMean,
  imageStd,
});

/** `training` of many questions about few pictures: 128 records of 16 pictures a step, to the end. */
export const manyQuestionsAPicture = (maxSteps: number, evaluationSteps: number) => ({
  epochs: 1000,
  maxSteps,
  evaluationSteps,
  batchSize: 128,
  recordsPerPicture: 8,
  learningRate: 1e-3,
  patience: null,
});
