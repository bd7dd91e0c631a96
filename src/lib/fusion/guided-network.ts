/**
 * @file The vision-guided network: N_T reads the text, N_V looks at the picture, fusion joins what they say, and a
 * relevance gate, where there is one, says how far the picture is let in. With a fusion that does not use the picture
 * there is no N_V at all: that is the text-only model. It can be run whole (`forward`, for training and evaluation), or
 * in its parts (`see`, `relevance`, `read`), for decoding: the picture once, the text token by token.
 */
import { tf } from '../engine';
import { InputError } from '../errors';
import { type ForwardOptions, maskedMean, type ParameterScope, type ParameterSpecification } from '../nn';
import {
  attentionShape,
  createTextNetwork,
  type KeysAndValues,
  type TextConfig,
  type TextForwardOptions,
  type TextInputs,
  type TextNetwork,
  type TextOutput,
} from '../text';
import { createVisionNetwork, type VisionConfig, type VisionNetwork } from '../vision';
import { mapSide } from './film';
import { createFusion, type FusionConfig } from './fusion';
import {
  type GuidedInputs,
  type GuidedOutput,
  type GuidedTextInputs,
  type ReadOptions,
  type Relevance,
  repeated,
  type Seen,
  type Shown,
} from './guided-inputs';
import {
  afterPrefix,
  afterSoftPrompt,
  checkPrompt,
  type PromptConfig,
  prefixPast,
  promptSpecifications,
  softPrompt,
} from './learned-prompt';
import { readsPicture } from './prefix';
import { type GateConfig, openness, relevanceGate, relevanceGateSpecifications } from './relevance-gate';
import type { Fusion, FusionOptions, FusionOutput } from './types';

export interface GuidedNetworkConfig {
  text: TextConfig;
  /** `null` where the fusion does not use the picture. */
  vision: VisionConfig | null;
  fusion: FusionConfig;
  /** How a text becomes one state: see `Pooling`. */
  pooling: Pooling;
  /** How far the picture is let in; `null` or left out: always all of it. */
  gate?: GateConfig | null;
  /** Learned states that the text network reads beside each text. */
  prompt?: PromptConfig | null;
}

/**
 * `mean`: the mean state of the text's tokens, which learns fast from scratch. `network`: the text network's own
 * (BERT's pooler of the first token), which a pretrained network brings with it and Hugging Face's heads expect.
 */
export type Pooling = 'mean' | 'network';

export class GuidedNetwork {
  readonly text: TextNetwork;
  readonly vision: VisionNetwork | null;
  readonly fusion: Fusion;

  constructor(readonly config: GuidedNetworkConfig) {
    this.text = createTextNetwork(config.text);
    this.vision = config.vision ? createVisionNetwork(config.vision) : null;
    this.fusion = createFusion(config.fusion, this.widths);
    if (this.fusion.usesPicture && !this.vision)
      throw new Error(`the fusion ${config.fusion.kind} needs a vision network`);
    if (config.fusion.kind === 'film' && this.vision) mapSide(this.vision.patchCount);
    if (config.fusion.kind === 'prefix' && readsPicture(config.fusion) && this.text.causal) {
      throw new InputError(
        `model.fusion.readout: the picture's tokens stand before the text of a causal network (${config.text.modelType}) and do not know it; use an encoder (bert, bart), or "text"`,
      );
    }
    if (attentionShape(config.text).layers === 0) this.checkWithoutLayers();
    if (config.prompt) checkPrompt(config.prompt, config.text, this.fusion.pictureTokens !== undefined);
    if (config.gate && !this.fusion.usesPicture)
      throw new RangeError(`gate: the fusion ${config.fusion.kind} lets no picture in`);
  }

  /** In a text network of no layers no token knows another. Throws an `InputError` where one would have to. */
  private checkWithoutLayers(): void {
    const { fusion, pooling, prompt, text } = this.config;
    const mend = `this ${text.modelType} has none; set model.text.numHiddenLayers to 1 or more`;
    if (this.fusion.pictureTokens) {
      throw new InputError(
        `model.fusion: the tokens of ${fusion.kind} are read by a text network's layers, and ${mend}`,
      );
    }
    if (prompt)
      throw new InputError(`model.prompt: its states are read by a text network's layers, and ${mend}`);
    if (pooling === 'network') {
      throw new InputError(
        `model.pooling: the first token's state knows of the others by a text network's layers, and ${mend}, or model.pooling to "mean"`,
      );
    }
  }

  /** Width of the fused states. */
  get width(): number {
    return this.fusion.width;
  }

  /** Tokens beside the text's own: the picture's, and a learned prompt's. */
  get pictureTokenCount(): number {
    const ofPicture = this.fusion.pictureTokenCount?.(this.vision?.patchCount ?? 0) ?? 0;
    return ofPicture + (this.config.prompt?.length ?? 0);
  }

  private get widths() {
    return { text: this.text.width, vision: this.vision?.width ?? 0 };
  }

  specifications(): ParameterSpecification[] {
    const { gate, prompt, text } = this.config;
    return [
      ...this.text.specifications(),
      ...(this.vision?.specifications() ?? []),
      ...this.fusion.specifications(),
      ...(gate ? relevanceGateSpecifications(gate, this.widths) : []),
      ...(prompt ? promptSpecifications(prompt, text) : []),
    ];
  }

  /** Fused states [B, T, D] and pooled [B, D]. */
  forward(params: ParameterScope, inputs: GuidedInputs, options: ForwardOptions = {}): GuidedOutput {
    const { picturePresent = null, pixels, forcedRelevance } = inputs;
    const seen = pixels ? repeated(this.see(params, pixels, options), inputs) : null;
    const { gate } = this.config;
    if (!gate || !seen) {
      const shown = seen && { ...seen, present: picturePresent };
      return this.written(params, inputs, this.read(params, inputs, shown, options), options);
    }
    // A form that gives the text network picture tokens needs the gate before it: the text is read twice (RpBERT).
    const plain = this.readText(params, inputs, options);
    const relevance = this.gateLogits(params, gate, inputs, plain, seen, options);
    const open = openness(gate, relevance.logits, forcedRelevance ?? null);
    const present = picturePresent ? tf.mul(tf.cast(picturePresent, 'float32'), open) : open;
    const shown = { ...seen, present };
    const fused = this.fusion.pictureTokens
      ? this.read(params, inputs, shown, options)
      : this.fuse(params, inputs, plain, shown, options);
    return { ...this.written(params, inputs, fused, options), relevance };
  }

  /** What N_V says of pixels [B, S, S, 3]; `null` where the model does not look. */
  see(params: ParameterScope, pixels: tf.Tensor, options: ForwardOptions = {}): Seen | null {
    if (!this.vision) return null;
    const { patches, pooled } = this.vision.forward(params, pixels, options);
    return { patches, visionPooled: pooled };
  }

  /** How much of a picture counts beside a text [B], by the gate: 1 where there is none. */
  relevance(params: ParameterScope, inputs: GuidedTextInputs, seen: Seen): tf.Tensor {
    const { gate } = this.config;
    if (!gate) return tf.ones([inputs.ids.shape[0] as number]);
    const plain = this.readText(params, inputs, {});
    return openness(gate, this.gateLogits(params, gate, inputs, plain, seen, {}).logits, null);
  }

  /** The text beside what has been seen, `present` as it stands: no gate is asked. */
  read(
    params: ParameterScope,
    inputs: GuidedTextInputs,
    shown: Shown,
    options: ReadOptions = {},
  ): FusionOutput & { keysAndValues?: KeysAndValues } {
    const { past, attentions: _ofFusion, ...textOptions } = options;
    // With a cache the picture's tokens have been read already.
    const pictureTokens = past
      ? undefined
      : this.fusion.pictureTokens?.(params, {
          patches: shown?.patches ?? null,
          visionPooled: shown?.visionPooled ?? null,
          picturePresent: shown?.present ?? null,
          batch: inputs.ids.shape[0] as number,
        });
    const text = this.readText(params, { ...inputs, pictureTokens, past }, textOptions);
    return { ...this.fuse(params, inputs, text, shown, options), keysAndValues: text.keysAndValues };
  }

  /** What the text network says of the text, its learned prompt beside it; with a cache that has been read already. */
  private readText(params: ParameterScope, inputs: TextInputs, options: TextForwardOptions): TextOutput {
    const { prompt } = this.config;
    if (!prompt || inputs.past) return this.text.forward(params, inputs, options);
    const batch = inputs.ids.shape[0] as number;
    if (prompt.kind === 'soft') {
      const pictureTokens = softPrompt(params, batch, inputs.pictureTokens ?? undefined);
      return afterSoftPrompt(prompt, this.text.forward(params, { ...inputs, pictureTokens }, options));
    }
    const prefix = prefixPast(params, prompt, batch);
    const read = this.text.forward(params, { ...inputs, past: prefix }, options);
    const { keysAndValues } = read;
    return keysAndValues ? { ...read, keysAndValues: afterPrefix(prefix, keysAndValues) } : read;
  }

  /** What the decoder writes beside fused states, in an encoder–decoder network that is given targets. */
  private written(
    params: ParameterScope,
    { mask, targetIds }: GuidedTextInputs,
    fused: FusionOutput,
    options: ForwardOptions,
  ): FusionOutput {
    const { decoder } = this.text;
    if (!decoder || !targetIds) return fused;
    const inputs = { ids: targetIds, memory: fused.states, memoryMask: mask ?? null };
    return { ...fused, states: decoder.forward(params, inputs, options).states };
  }

  private fuse(
    params: ParameterScope,
    inputs: GuidedTextInputs,
    text: TextOutput,
    shown: Shown,
    options: FusionOptions,
  ): FusionOutput {
    return this.fusion.forward(
      params,
      {
        textStates: text.states,
        textPooled: this.pooled(text, inputs.mask ?? null),
        pictureStates: text.pictureStates,
        textMask: inputs.mask ?? null,
        causal: this.text.causal,
        patches: shown?.patches ?? null,
        visionPooled: shown?.visionPooled ?? null,
        picturePresent: shown?.present ?? null,
      },
      options,
    );
  }

  private gateLogits(
    params: ParameterScope,
    gate: GateConfig,
    inputs: GuidedInputs,
    text: { states: tf.Tensor; pooled: tf.Tensor },
    { visionPooled }: Seen,
    options: ForwardOptions,
  ): Relevance {
    // What is still to be written must not tell: there the mean of the prompt, whatever the pooling.
    const { promptMask, pictureId, pixels } = inputs;
    const about = promptMask ? maskedMean(text.states, promptMask) : this.pooled(text, inputs.mask ?? null); // [B, D]
    const logits = relevanceGate(params, gate, about, visionPooled, options);
    if (!options.random || !pictureId) return { logits };
    const batch = visionPooled.shape[0] as number;
    const each = batch / (pixels?.shape[0] ?? batch);
    // Row i gets row i + 1, or the one of the next picture where several rows share one.
    const next = <T extends tf.Tensor>(rows: T): tf.Tensor =>
      batch === each ? rows : tf.concat([tf.slice(rows, each), tf.slice(rows, 0, each)], 0);
    const counts = tf.cast(tf.notEqual(pictureId, next(pictureId)), 'float32');
    return {
      logits,
      mismatched: { logits: relevanceGate(params, gate, about, next(visionPooled), options), counts },
    };
  }

  private pooled(text: { states: tf.Tensor; pooled: tf.Tensor }, mask: tf.Tensor | null): tf.Tensor {
    return this.config.pooling === 'mean' ? maskedMean(text.states, mask) : text.pooled;
  }
}
