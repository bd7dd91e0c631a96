/** @file `generation_config.json`: the tokens at which writing begins and ends. */
import type { TextConfig } from '../network';
import type { Tokenizer } from '../tokenizer';

/** Ids at which generation ends: what `generation_config.json` says, else `config.json`. */
export function endTokenIds(
  config: Readonly<Record<string, unknown>>,
  generation: Readonly<Record<string, unknown>> | null,
): number[] {
  const told = [generation?.eos_token_id, config.eos_token_id].find(
    (one) => one !== undefined && one !== null,
  );
  const ids = Array.isArray(told) ? told : [told];
  return ids.filter((id): id is number => typeof id === 'number');
}

/** The content of `generation_config.json` of a network that writes. */
export function generationConfig(
  config: Extract<TextConfig, { modelType: 'gpt2' | 'llama' | 'bart' }>,
  tokenizer: Tokenizer,
  ends: readonly number[],
): Record<string, unknown> {
  const eos = ends.length > 1 ? ends : (ends[0] ?? config.eosTokenId);
  return {
    _from_model_config: true,
    ...(config.modelType === 'bart' ? { decoder_start_token_id: config.decoderStartTokenId } : {}),
    ...(config.bosTokenId === null ? {} : { bos_token_id: config.bosTokenId }),
    ...(eos === null ? {} : { eos_token_id: eos }),
    ...(tokenizer.padId === null ? {} : { pad_token_id: tokenizer.padId }),
  };
}
