/**
 * @file What stands on a text network in a checkpoint: a head is a group of parameters that are all there or all
 * absent, and the heads say which class Python should make of the folder (`architectures`). A tied head (GPT-2,
 * Llama with `tieWordEmbeddings`) has no parameter of its own and is always there.
 */
import { headSpecifications, type ParameterSpecification } from '../../nn';
import { bertMaskedWordSpecifications, bertNextSentenceSpecifications } from '../bert-heads';
import { createTextNetwork, type TextConfig } from '../network';

/**
 * `pooler`: BERT's, of the first token; `next-sentence`: which of two classes the pooled state is in; `seq2seq-lm`: what
 * an encoder–decoder adds to its logits; `sequence-classification`, `token-classification`: BERT's linear layer on the
 * pooled state, or on each token's.
 */
export type TextHead =
  | 'causal-lm'
  | 'seq2seq-lm'
  | 'masked-lm'
  | 'next-sentence'
  | 'pooler'
  | 'sequence-classification'
  | 'token-classification';

/** The parameters of a network, apart from its heads', and of each head that it can have. */
export interface ParameterGroups {
  body: ParameterSpecification[];
  heads: Map<TextHead, ParameterSpecification[]>;
}

/** `classes`: how many labels a classifier tells apart; without them there is none. */
export function parameterGroups(config: TextConfig, classes = 0): ParameterGroups {
  const all = createTextNetwork(config).specifications();
  if (config.modelType !== 'bert') {
    const isBart = config.modelType === 'bart';
    const own = isBart ? 'final_logits_bias' : 'lm_head.weight';
    const isHead = ({ name }: ParameterSpecification) => name === own;
    return {
      body: all.filter((one) => !isHead(one)),
      heads: new Map([[isBart ? 'seq2seq-lm' : 'causal-lm', all.filter(isHead)]]),
    };
  }
  const isPooler = ({ name }: ParameterSpecification) => name.startsWith('bert.pooler.');
  const heads = new Map<TextHead, ParameterSpecification[]>([
    ['pooler', all.filter(isPooler)],
    ['masked-lm', bertMaskedWordSpecifications(config)],
    ['next-sentence', bertNextSentenceSpecifications(config)],
  ]);
  if (classes > 0) {
    const classifier = headSpecifications({ width: config.hiddenSize, classes });
    heads.set('sequence-classification', classifier).set('token-classification', classifier);
  }
  return { body: all.filter((one) => !isPooler(one)), heads };
}

/** The heads without which a checkpoint of this Python class is not whole. */
export function headsOfArchitecture(architecture: unknown): TextHead[] {
  switch (architecture) {
    case 'BertForPreTraining':
      return ['pooler', 'masked-lm', 'next-sentence'];
    case 'BertForMaskedLM':
      return ['masked-lm'];
    case 'BertForNextSentencePrediction':
      return ['pooler', 'next-sentence'];
    case 'GPT2LMHeadModel':
    case 'LlamaForCausalLM':
      return ['causal-lm'];
    case 'BartForConditionalGeneration':
      return ['seq2seq-lm'];
    default:
      return [];
  }
}

/** The Python class with these heads. */
export function architectureOf(config: TextConfig, heads: ReadonlySet<TextHead>): string {
  if (config.modelType === 'bert') {
    if (heads.has('sequence-classification')) return 'BertForSequenceClassification';
    if (heads.has('token-classification')) return 'BertForTokenClassification';
    if (heads.has('masked-lm')) return heads.has('next-sentence') ? 'BertForPreTraining' : 'BertForMaskedLM';
    return heads.has('next-sentence') ? 'BertForNextSentencePrediction' : 'BertModel';
  }
  if (config.modelType === 'bart')
    return heads.has('seq2seq-lm') ? 'BartForConditionalGeneration' : 'BartModel';
  if (config.modelType === 'gpt2') return heads.has('causal-lm') ? 'GPT2LMHeadModel' : 'GPT2Model';
  return heads.has('causal-lm') ? 'LlamaForCausalLM' : 'LlamaModel';
}
