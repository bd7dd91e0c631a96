/**
 * @file A text network's configuration from a Hugging Face `config.json`, and back. What would change the result
 * and is not built here is refused, naming the key; keys that do not matter to the forward pass are passed over.
 */
import { z } from 'zod';
import { InputError } from '../errors';
import { fromHuggingFaceKeys, toHuggingFaceKeys } from '../nn';
import { bartConfigSchema } from './bart';
import { bertConfigSchema } from './bert';
import { gpt2ConfigSchema } from './gpt2';
import { llamaConfigSchema } from './llama';
import { type TextConfig, textConfigSchema } from './network';

type Json = Readonly<Record<string, unknown>>;

/** Keys whose values must be these where they are present, because the other forms are not built. */
const required: Record<TextConfig['modelType'], Record<string, unknown>> = {
  bert: {
    position_embedding_type: 'absolute',
    is_decoder: false,
    add_cross_attention: false,
    tie_word_embeddings: true,
  },
  gpt2: {
    add_cross_attention: false,
    scale_attn_weights: true,
    scale_attn_by_inverse_layer_idx: false,
    reorder_and_upcast_attn: false,
    tie_word_embeddings: true,
  },
  bart: { normalize_before: false, add_final_layer_norm: false, tie_word_embeddings: true },
  llama: { attention_bias: false, mlp_bias: false, rope_scaling: null, pretraining_tp: 1 },
};

const schemas = {
  bert: bertConfigSchema,
  gpt2: gpt2ConfigSchema,
  llama: llamaConfigSchema,
  bart: bartConfigSchema,
};

/** The configuration in a parsed `config.json`; `source` names the file in errors. Throws an `InputError`. */
export function textConfigFromHuggingFace(json: Json, source = 'config.json'): TextConfig {
  const modelType = json.model_type ?? modelTypeByKeys(json);
  if (typeof modelType !== 'string' || !Object.hasOwn(schemas, modelType)) {
    throw new InputError(
      `${source}: model_type is ${JSON.stringify(modelType)}; the text networks here are ${Object.keys(schemas).join(', ')}`,
    );
  }
  const type = modelType as TextConfig['modelType'];
  for (const key of ['quantization_config', 'compression_config']) {
    if (json[key] === undefined || json[key] === null) continue;
    const method = (json[key] as Json).quant_method ?? json[key];
    throw new InputError(
      `${source}: ${key} is ${JSON.stringify(method)}; only weights of F32, F16 and BF16 can be run here, not quantized ones`,
    );
  }
  const plain = withOneEnd({ ...json, model_type: type });
  const flat = type === 'llama' ? flattenRotary(plain, source) : plain;
  for (const [key, value] of Object.entries(required[type])) {
    if (key in flat && flat[key] !== value) {
      const found = JSON.stringify(flat[key]);
      throw new InputError(`${source}: ${key} is ${found}; only ${JSON.stringify(value)} can be run here`);
    }
  }
  const known = Object.keys(schemas[type].shape);
  const result = textConfigSchema.safeParse(fromHuggingFaceKeys(flat, known));
  if (!result.success) throw new InputError(`${source}: ${z.prettifyError(result.error)}`);
  if (type === 'llama') checkHeadWidth(flat, source);
  return result.data;
}

/** The object to write as `config.json`, with the class that Python should make of it. */
export function textConfigToHuggingFace(config: TextConfig, architecture: string): Record<string, unknown> {
  const json: Record<string, unknown> = {
    architectures: [architecture],
    ...toHuggingFaceKeys(config),
    dtype: 'float32',
  };
  // Python's own default, which transformers.js does not know.
  if (config.modelType === 'bart') json.is_encoder_decoder = true;
  // Versions from 5 on read `rope_parameters`, earlier ones `rope_theta`.
  if (config.modelType === 'llama') {
    json.rope_parameters = { rope_type: 'default', rope_theta: config.ropeTheta };
  }
  return json;
}

/** Configurations of the first years (BERT's small siblings on the hub) do not say what they are of. */
function modelTypeByKeys(json: Json): string | undefined {
  const architecture = Array.isArray(json.architectures) ? String(json.architectures[0]) : '';
  const family = /^(Bert|GPT2|Llama|Bart)[A-Z]/.exec(architecture)?.[1];
  if (family !== undefined) return family.toLowerCase();
  if (architecture !== '') return undefined;
  if ('type_vocab_size' in json && 'hidden_size' in json) return 'bert';
  return 'n_embd' in json && 'n_head' in json ? 'gpt2' : undefined;
}

/** Chat models end at several tokens. The network does not depend on them: the first one stands for all. */
function withOneEnd(json: Json): Json {
  return Array.isArray(json.eos_token_id) ? { ...json, eos_token_id: json.eos_token_id[0] ?? null } : json;
}

/** Versions from 5 on keep `rope_theta` in `rope_parameters`. */
function flattenRotary(json: Json, source: string): Json {
  const parameters = json.rope_parameters as Json | null | undefined;
  if (!parameters) return json;
  const { rope_type: type = 'default', rope_theta: theta = 10000 } = parameters;
  if (type !== 'default') {
    throw new InputError(`${source}: rope_type is ${JSON.stringify(type)}; only "default" can be run here`);
  }
  return { ...json, rope_theta: theta };
}

function checkHeadWidth(json: Json, source: string): void {
  const width = Number(json.hidden_size ?? 4096) / Number(json.num_attention_heads ?? 32);
  if (typeof json.head_dim === 'number' && json.head_dim !== width) {
    throw new InputError(
      `${source}: head_dim is ${json.head_dim}; only hidden_size / num_attention_heads = ${width} can be run here`,
    );
  }
}
