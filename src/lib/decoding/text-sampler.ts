/**
 * @file Text from a causal language model, token by token: a prompt in, text out, streamed piece by piece. The choice
 * of tokens is that of `greedy` and `sample` with their rules; this file is what ties them to a tokenizer.
 *
 *     p(token) = softmax(logits / τ),   τ = 0: always the likeliest
 *
 * A text longer than the network takes goes on from its last tokens.
 */
import { InputError } from '../errors';
import { greedy } from './greedy';
import { type GuidanceConfig, guide } from './guidance';
import { type LanguageModel, NetworkLogits, type NetworkLogitsOptions } from './network-logits';
import type { NextTokenLogits } from './next-token-logits';
import type { StreamOptions } from './row-loop';
import { type LogitsRule, type RuleOptions, rulesFromOptions } from './rules';
import { sample } from './sample';
import { TextStream } from './text-stream';
import type { Ending } from './writing';

/** The rules of `RuleOptions` by their settings; `temperature` 0 is greedy. */
export interface SampleOptions extends RuleOptions {
  /** Tokens to write at most. */
  tokens: number;
  /** Tokens before which the text does not end at a stop id. */
  minimumTokens?: number;
  /** Further rules (a grammar, forbidden words), each at its place in the order. */
  rules?: readonly LogitsRule[];
  seed?: number;
  /** What the model's vision network takes for a picture (`LoadedLanguageModel.picture`); none by default. */
  picture?: Float32Array | null;
  /** Rules of guidance by the picture. */
  guidance?: readonly GuidanceConfig[];
  /** Ids after which the text ends; the tokenizer's end of text by default. They are not written. */
  stopAt?: readonly number[];
  /** Texts before which the text ends. `ids` hold the stop string, `text` does not. */
  stopStrings?: readonly string[];
  /** Aborts between two tokens. */
  signal?: AbortSignal;
  /** Hears each piece of text as it is written. */
  onText?: (piece: string) => void;
}

export interface SampledText {
  text: string;
  ids: number[];
  ending: Ending;
}

export class TextSampler {
  /** For the strategies that take ids: `beamSearch(sampler.model, …)`. */
  readonly model: NextTokenLogits;
  private readonly own: NetworkLogits;

  /** Throws a `TypeError` where the network sees both sides. */
  constructor(
    private readonly languageModel: LanguageModel,
    options: NetworkLogitsOptions = {},
  ) {
    this.own = new NetworkLogits(languageModel, options);
    this.model = this.own;
  }

  /** Logits [V] of the token after `ids`, at least one. */
  async logits(ids: readonly number[]): Promise<Float32Array> {
    return (await this.model.next([{ ids, source: 0, parent: null }]))[0] as Float32Array;
  }

  /** Ids of a prompt; an empty one begins at the tokenizer's beginning or end of text. Its last ones, where it is too long. */
  promptIds(prompt: string): number[] {
    const { tokenizer, format } = this.languageModel;
    if (format) return this.fitting(format.prompt(prompt));
    const ids = [...tokenizer.encode(prompt, null, { addSpecialTokens: false }).ids];
    if (ids.length === 0) ids.push(tokenizer.bosId ?? tokenizer.eosId ?? 0);
    return ids.slice(-this.model.maxLength);
  }

  /** A prompt with its format cannot be cut. */
  private fitting(ids: number[]): number[] {
    const longest = this.model.longestPrompt ?? this.model.maxLength;
    if (ids.length <= longest) return ids;
    throw new InputError(`the prompt has ${ids.length} tokens, and the model reads ${longest}: shorten it`);
  }

  /** What is written after `prompt`. Throws `RangeError` and `InputError` for wrong options and contradictory rules. */
  async write(prompt: string, options: SampleOptions): Promise<SampledText> {
    const { tokenizer, format, guided } = this.languageModel;
    const {
      picture = null,
      guidance = [],
      tokens,
      minimumTokens,
      stopStrings = [],
      seed = 1,
      signal,
      temperature,
    } = options;
    const decode = (ids: readonly number[]) => tokenizer.decode(ids);
    const stream = new TextStream(decode, stopStrings, options.onText);
    const isGreedy = temperature === 0;
    const endId = format?.endId ?? tokenizer.eosId;
    const settings: StreamOptions = {
      maximumTokens: tokens,
      minimumTokens,
      rules: rulesFromOptions({ ...options, temperature: isGreedy ? undefined : temperature }, options.rules),
      stopIds: options.stopAt ?? (endId === null ? [] : [endId]),
      stopStrings,
      decode,
      signal,
      onToken: ({ ids }) => stream.write(ids),
    };
    const prompts = [this.promptIds(prompt)];
    const looks = Boolean(guided?.vision) || picture !== null || guidance.length > 0;
    const model = looks ? guide(this.languageModel, this.own, [picture], guidance, { seed }) : null;
    try {
      const [written] = isGreedy
        ? await greedy(model ?? this.model, prompts, settings)
        : await sample(model ?? this.model, prompts, { ...settings, seed, keys: [[]] });
      const { ids, ending } = written as NonNullable<typeof written>;
      return { text: stream.end(ids), ids, ending };
    } finally {
      model?.dispose();
    }
  }

  dispose(): void {
    this.own.dispose();
  }
}
