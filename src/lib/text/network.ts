/** @file Which text networks there are, and how one is made from its configuration. */
import { z } from 'zod';
import type { ParameterScope, ParameterSpecification } from '../nn';
import { bert, bertConfigSchema, bertSpecifications } from './bert';
import { gpt2, gpt2ConfigSchema, gpt2Specifications } from './gpt2';
import { llama, llamaConfigSchema, llamaSpecifications } from './llama';
import type { TextForwardOptions, TextInputs, TextOutput } from './types';

/** The configuration of any text network; `modelType` says which. */
export const textConfigSchema = z.discriminatedUnion('modelType', [
  bertConfigSchema,
  gpt2ConfigSchema,
  llamaConfigSchema,
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
      };
    case 'gpt2':
      return {
        ...common,
        width: config.nEmbd,
        maxLength: config.nPositions,
        causal: true,
        specifications: () => gpt2Specifications(config),
        forward: (params, inputs, options) => gpt2(params, config, inputs, options),
      };
    case 'llama':
      return {
        ...common,
        width: config.hiddenSize,
        maxLength: config.maxPositionEmbeddings,
        causal: true,
        specifications: () => llamaSpecifications(config),
        forward: (params, inputs, options) => llama(params, config, inputs, options),
      };
  }
}
