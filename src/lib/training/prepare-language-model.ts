/** @file Pretraining made ready: text to tokens to blocks, tokenizer, network and objective. */
import { resolve } from 'node:path';
import { TokenStream, textSource } from '../data';
import { InputError } from '../errors';
import { GuidedModel } from '../tasks/guided-model';
import {
  type LanguageModelSettings,
  type LanguageModelTask,
  languageModelBlocks,
  languageModelObjective,
} from '../tasks/language-model';
import { createTextNetwork, type TextNetwork, type Tokenizer } from '../text';
import { seedFor, type TrainConfig } from './config';
import { networkConfigs } from './networks';
import type { Prepared, PrepareOptions } from './prepared';
import { pretrainedText, startFrom } from './pretrained-text';
import { configuredTokenizer } from './tokenizer';

/** A tokenizer learns from this much of the text at most; more changes little and does not fit into memory. */
const TOKENIZER_CHARACTERS = 2 ** 26;
const VALIDATION_SHARE = 0.1;

export async function prepareLanguageModel(config: TrainConfig, options: PrepareOptions): Promise<Prepared> {
  const { data, model: settings } = config;
  const name = config.task as LanguageModelTask;
  if (settings.fusion.kind !== 'none') {
    throw new InputError(
      `model.fusion: ${settings.fusion.kind}, but ${config.task} reads text alone; leave it out, or train captioning`,
    );
  }
  if (data.augmentation) {
    throw new InputError(
      `data.augmentation: ${config.task} reads text in blocks, and no records; leave it out`,
    );
  }
  const path = (file: string) => resolve(options.folder, file);
  const pretrained = await pretrainedText(config.from ?? settings.text, options);
  const tokenizer =
    pretrained?.tokenizer ??
    (await configuredTokenizer(() => someText(path(data.train)), settings.tokenizer, options.folder));
  const networks = networkConfigs(settings, tokenizer, pretrained?.config);
  const pairs = config.languageModel?.sentencePairs ?? 'none';
  if (pairs !== 'none') networks.pooling = 'network'; // the pair is judged by the first token's state
  const network = createTextNetwork(networks.text);
  checkNetwork(config, network);
  checkTokenizer(name, tokenizer, settings);
  const blockSettings = settingsOf(config, network);
  const task = languageModelObjective(name, network, blockSettings);
  const streams: TokenStream[] = [];
  const open = async (file: string, split: string) => {
    const stream = await tokenStream(path(file), tokenizer, {
      sentences: pairs !== 'none',
      onProgress: (tokens) => options.onProgress?.(`tokens of ${split}`, tokens, null),
    });
    streams.push(stream);
    return stream;
  };
  try {
    const all = await open(data.train, 'train');
    const [train, validation] = data.validation
      ? [all, await open(data.validation, 'validation')]
      : splitOff(all);
    const test = data.test ? await open(data.test, 'test') : null;
    const blocks = (stream: TokenStream, learns: boolean) =>
      languageModelBlocks(name, stream, blockSettings, { tokenizer, learns });
    const sources = {
      train: blocks(train, true),
      validation: blocks(validation, false),
      test: test && blocks(test, false),
    };
    const model = new GuidedModel(networks, task, seedFor(config, 'initialization'));
    try {
      if (pretrained) startFrom(model, pretrained);
    } catch (error) {
      model.dispose();
      throw error;
    }
    const dispose = () => {
      model.dispose();
      for (const stream of streams) stream.dispose();
    };
    const dataHashes = Object.fromEntries(streams.map((stream) => [stream.path, stream.sha256]));
    return {
      config,
      task,
      tokenizer,
      model,
      ...sources,
      statistics: null,
      knowsNoPicture: true,
      dataHashes,
      dispose,
    };
  } catch (error) {
    for (const stream of streams) stream.dispose();
    throw error;
  }
}

/** The text behind `path` as tokens; documents end with the tokenizer's end-of-text token, where it has one. */
export async function tokenStream(
  path: string,
  tokenizer: Tokenizer,
  options: { sentences?: boolean; onProgress?: (tokens: number) => void } = {},
): Promise<TokenStream> {
  return TokenStream.create(path, {
    encode(text) {
      const { ids } = tokenizer.encode(text, null, { addSpecialTokens: false });
      if (ids.length === 0 && text.trim() !== '') throw unknownText(path, text);
      if (tokenizer.onlyKnownCharacters && ids.length !== Buffer.byteLength(text))
        throw unknownText(path, text);
      return ids;
    },
    separator: tokenizer.eosId ?? tokenizer.sepId,
    ...options,
  });
}

function unknownText(path: string, text: string): InputError {
  return new InputError(
    `${path}: holds characters that the tokenizer does not know, in ${JSON.stringify(text.slice(0, 40))}…; use "byte-level-bpe", to which no text is unknown`,
  );
}

function settingsOf(config: TrainConfig, network: TextNetwork): LanguageModelSettings {
  const settings = config.languageModel as NonNullable<TrainConfig['languageModel']>;
  const blockLength = settings.blockLength ?? network.maxLength;
  const { labelSmoothing } = config.training;
  return { ...settings, blockLength, labelSmoothing, seed: seedFor(config, 'order') };
}

/** A masked language model needs the three special tokens that BERT's tokenizer has. */
function checkTokenizer(task: LanguageModelTask, tokenizer: Tokenizer, settings: TrainConfig['model']): void {
  if (task === 'causal-lm') return;
  const { maskId, clsId, sepId } = tokenizer;
  if (maskId !== null && clsId !== null && sepId !== null) return;
  throw new InputError(
    `model.tokenizer: masked-lm needs the tokens [MASK], [CLS] and [SEP], which ${settings.tokenizer.from ?? settings.tokenizer.kind} has not; use "word-piece"`,
  );
}

function checkNetwork({ task, languageModel }: TrainConfig, network: TextNetwork): void {
  const wantsCausal = task === 'causal-lm';
  if (network.causal !== wantsCausal) {
    throw new InputError(
      `model.text: ${task} needs a ${wantsCausal ? 'causal network (gpt2, llama)' : 'network that sees both sides (bert)'}; this is ${network.config.modelType}`,
    );
  }
  const length = languageModel?.blockLength ?? network.maxLength;
  if (length > network.maxLength) {
    throw new InputError(
      `languageModel.blockLength: ${length} tokens, but the network takes ${network.maxLength}; shorten it, or give the network more positions`,
    );
  }
}

/** The beginning of the training text, for the tokenizer. */
async function someText(path: string): Promise<string[]> {
  const texts: string[] = [];
  let characters = 0;
  for await (const { text } of textSource(path).pieces()) {
    texts.push(text);
    characters += text.length;
    if (characters >= TOKENIZER_CHARACTERS) break;
  }
  return texts;
}

/** The last tenth for validation: whole documents where there are ten or more. */
function splitOff(stream: TokenStream): [TokenStream, TokenStream] {
  const wanted = Math.round(stream.length * (1 - VALIDATION_SHARE));
  const { documentStarts } = stream;
  const cut = documentStarts.length >= 10 ? (documentStarts[stream.documentAt(wanted)] as number) : wanted;
  if (cut < 2 || stream.length - cut < 2) {
    throw new InputError(
      `${stream.path}: ${stream.length} tokens are too few to split off a tenth; name data.validation`,
    );
  }
  return [stream.part(0, cut), stream.part(cut, stream.length)];
}
