/**
 * @file The vision-guided network: N_T reads the text, N_V looks at the picture, fusion joins what they say. With
 * a fusion that does not use the picture there is no N_V at all: that is the text-only model.
 */
import type { tf } from '../engine';
import { createFusion, type Fusion, type FusionConfig, type FusionOutput } from '../fusion';
import { type ForwardOptions, maskedMean, type ParameterScope, type ParameterSpecification } from '../nn';
import { createTextNetwork, type TextConfig, type TextNetwork } from '../text';
import { createVisionNetwork, type VisionConfig, type VisionNetwork } from '../vision';

export interface GuidedNetworkConfig {
  text: TextConfig;
  /** `null` where the fusion does not use the picture. */
  vision: VisionConfig | null;
  fusion: FusionConfig;
  /** How a text becomes one state: see `Pooling`. */
  pooling: Pooling;
}

/**
 * `mean`: the mean state of the text's tokens, which learns fast from scratch. `network`: the text network's own
 * (BERT's pooler of the first token), which a pretrained network brings with it and Hugging Face's heads expect.
 */
export type Pooling = 'mean' | 'network';

/** What the network sees of a batch. */
export interface GuidedInputs {
  /** [B, T] int32 */
  ids: tf.Tensor;
  /** 1 for a token, 0 for padding [B, T] int32; left out where there is no padding. */
  mask?: tf.Tensor;
  /** Segment of each token [B, T] int32. */
  tokenTypes?: tf.Tensor;
  /** Where rows are packed of several documents: the document and the position of each token [B, T] int32. */
  documents?: tf.Tensor;
  positions?: tf.Tensor;
  /** [B, S, S, 3] in [0, 1]; what stands where a record has no picture does not count. */
  pixels?: tf.Tensor;
  /** 1 where the record has a picture [B] float32. */
  picturePresent?: tf.Tensor;
}

export class GuidedNetwork {
  readonly text: TextNetwork;
  readonly vision: VisionNetwork | null;
  readonly fusion: Fusion;

  constructor(readonly config: GuidedNetworkConfig) {
    this.text = createTextNetwork(config.text);
    this.vision = config.vision ? createVisionNetwork(config.vision) : null;
    this.fusion = createFusion(config.fusion, { text: this.text.width, vision: this.vision?.width ?? 0 });
    if (this.fusion.usesPicture && !this.vision)
      throw new Error(`the fusion ${config.fusion.kind} needs a vision network`);
  }

  /** Width of the fused states. */
  get width(): number {
    return this.fusion.width;
  }

  specifications(): ParameterSpecification[] {
    return [
      ...this.text.specifications(),
      ...(this.vision?.specifications() ?? []),
      ...this.fusion.specifications(),
    ];
  }

  /** Fused states [B, T, D] and pooled [B, D]. */
  forward(params: ParameterScope, inputs: GuidedInputs, options: ForwardOptions = {}): FusionOutput {
    const picture = this.vision && inputs.pixels ? this.vision.forward(params, inputs.pixels, options) : null;
    const pictureTokens = this.fusion.pictureTokens?.(params, {
      patches: picture?.patches ?? null,
      visionPooled: picture?.pooled ?? null,
      picturePresent: inputs.picturePresent ?? null,
      batch: inputs.ids.shape[0] as number,
    });
    const text = this.text.forward(params, { ...inputs, pictureTokens }, options);
    return this.fusion.forward(
      params,
      {
        textStates: text.states,
        textPooled:
          this.config.pooling === 'mean' ? maskedMean(text.states, inputs.mask ?? null) : text.pooled,
        textMask: inputs.mask ?? null,
        patches: picture?.patches ?? null,
        visionPooled: picture?.pooled ?? null,
        picturePresent: inputs.picturePresent ?? null,
      },
      options,
    );
  }
}
