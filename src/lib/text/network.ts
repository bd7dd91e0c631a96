/** @file Which text networks there are, and how one is made from its configuration. */
import { z } from 'zod';
import type { tf } from '../engine';
import type { ParameterScope, ParameterSpecification } from '../nn';
import { bartConfigSchema, bartDecoder, bartEncoder, bartLogits, bartSpecifications } from './bart';
import { bert, bertConfigSchema, bertSpecifications } from './bert';
import { bertMaskedWordLogits, bertMaskedWordSpecifications } from './bert-heads';
import { gpt2, gpt2ConfigSchema, gpt2Logits, gpt2Specifications } from './gpt2';
import { llama, llamaConfigSchema, llamaLogits, llamaSpecifications } from './llama';
import type { DecoderInputs, DecoderOutput, TextForwardOptions, TextInputs, TextOutput } from './types';

/** The configuration of any text network; `modelType` says which. */
export const textConfigSchema = z.discriminatedUnion('modelType', [
  bertConfigSchema,
  gpt2ConfigSchema,
  llamaConfigSchema,
  bartConfigSchema,
]);
export type TextConfig = z.infer<typeof textConfigSchema>;
/** As a user writes it: what has a default may be left out. */
export type TextConfigInput = z.input<typeof textConfigSchema>;

export interface TextNetwork {
  readonly config: TextConfig;
  /** Width D of the states. */
  readonly width: number;
  /** Longest text, in tokens. */
  readonly maxLength: number;
  readonly vocabularySize: number;
  /** Whether a token sees only what stands before it. */
  readonly causal: boolean;
  specifications(): ParameterSpecification[];
  /** `params` is the root scope: the network adds its own prefix. */
  forward(params: ParameterScope, inputs: TextInputs, options?: TextForwardOptions): TextOutput;
  readonly languageModel: LanguageModelHead;
  /** Of encoder–decoder networks, whose `forward` is the encoder: what writes. */
  readonly decoder?: TextDecoder;
}

export interface TextDecoder {
  /** The id that stands before the first one written. */
  readonly startId: number;
  /** Most ids, the start included. */
  readonly maxLength: number;
  forward(params: ParameterScope, inputs: DecoderInputs, options?: TextForwardOptions): DecoderOutput;
}

/** The network as a language model: of the next word for causal networks, of masked words for BERT. */
export interface LanguageModelHead {
  /** What it adds to the network's own parameters; nothing where the head is tied to the token table. */
  specifications(): ParameterSpecification[];
  /** States [..., D] → logits over the vocabulary [..., V]. */
  logits(params: ParameterScope, states: tf.Tensor): tf.Tensor;
}

/** The text network of a checked configuration. */
export function createTextNetwork(config: TextConfig): TextNetwork {
  const common = { config, vocabularySize: config.vocabSize };
  switch (config.modelType) {
    case 'bert':
      return {
        ...common,
        width: config.hiddenSize,
        maxLength: config.maxPositionEmbeddings,
        causal: false,
        specifications: () => bertSpecifications(config),
        forward: (params, inputs, options) => bert(params, config, inputs, options),
        languageModel: {
          specifications: () => bertMaskedWordSpecifications(config),
          logits: (params, states) => bertMaskedWordLogits(params, config, states),
        },
      };
    case 'gpt2':
      return {
        ...common,
        width: config.nEmbd,
        maxLength: config.nPositions,
        causal: true,
        specifications: () => gpt2Specifications(config),
        forward: (params, inputs, options) => gpt2(params, config, inputs, options),
        languageModel: { specifications: () => [], logits: gpt2Logits },
      };
    case 'llama':
      return {
        ...common,
        width: config.hiddenSize,
        maxLength: config.maxPositionEmbeddings,
        causal: true,
        specifications: () => llamaSpecifications(config),
        forward: (params, inputs, options) => llama(params, config, inputs, options),
        languageModel: {
          specifications: () => [],
          logits: (params, states) => llamaLogits(params, config, states),
        },
      };
    case 'bart':
      return {
        ...common,
        width: config.dModel,
        maxLength: config.maxPositionEmbeddings,
        causal: false,
        specifications: () => bartSpecifications(config),
        forward: (params, inputs, options) => bartEncoder(params, config, inputs, options),
        languageModel: { specifications: () => [], logits: bartLogits },
        decoder: {
          startId: config.decoderStartTokenId,
          maxLength: config.maxPositionEmbeddings,
          forward: (params, inputs, options) => bartDecoder(params, config, inputs, options),
        },
      };
  }
}
