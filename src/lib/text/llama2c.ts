/**
 * @file Weights in the format of llama2.c (Karpathy 2023, "version 0"): seven little-endian int32 (width, hidden
 * width, layers, heads, key heads, vocabulary, longest text; a negative vocabulary says that the head is not
 * tied), then float32 arrays, each kind for all layers at once. llama2.c turns neighbouring pairs (x₂ᵢ, x₂ᵢ₊₁)
 * where Hugging Face turns (xᵢ, xᵢ₊d/2), so the rows of the query and key weights are put in the other order.
 */
import { InputError } from '../errors';
import type { ParameterArrays } from '../nn';
import { type LlamaConfig, llamaConfigSchema } from './llama';

const HEADER = 7 * 4;

/** Configuration and parameters from the bytes of a `.bin` file. Throws an `InputError` naming `source`. */
export function readLlama2c(
  bytes: Uint8Array,
  source = 'llama2.c weights',
): { config: LlamaConfig; arrays: ParameterArrays } {
  const reader = new Reader(bytes, source);
  const config = reader.config;
  const { hiddenSize: width, intermediateSize: inner, numHiddenLayers: layers, numAttentionHeads } = config;
  const size = width / numAttentionHeads;
  const narrow = size * (config.numKeyValueHeads as number);
  const arrays: ParameterArrays = new Map();
  const each = (name: string, shape: number[], change = (data: Float32Array) => data) => {
    for (let layer = 0; layer < layers; layer++) {
      arrays.set(`model.layers.${layer}.${name}.weight`, { shape, data: change(reader.take(shape)) });
    }
  };
  const turn = (data: Float32Array) => halvesFirst(data, size, width);
  const table = [config.vocabSize, width];
  arrays.set('model.embed_tokens.weight', { shape: table, data: reader.take(table) });
  each('input_layernorm', [width]);
  each('self_attn.q_proj', [width, width], turn);
  each('self_attn.k_proj', [narrow, width], turn);
  each('self_attn.v_proj', [narrow, width]);
  each('self_attn.o_proj', [width, width]);
  each('post_attention_layernorm', [width]);
  each('mlp.gate_proj', [inner, width]);
  each('mlp.down_proj', [width, inner]);
  each('mlp.up_proj', [inner, width]);
  arrays.set('model.norm.weight', { shape: [width], data: reader.take([width]) });
  // Two tables of cosines and sines follow, which are computed here instead.
  reader.take([2, config.maxPositionEmbeddings, size / 2]);
  if (!config.tieWordEmbeddings) arrays.set('lm_head.weight', { shape: table, data: reader.take(table) });
  reader.end();
  return { config, arrays };
}

/** Rows of every head [heads·size, width] from the order 0, 1, 2, … to 0, 2, 4, …, 1, 3, 5, …. */
function halvesFirst(data: Float32Array, size: number, width: number): Float32Array {
  const out = new Float32Array(data.length);
  const rows = data.length / width;
  for (let row = 0; row < rows; row++) {
    const within = row % size;
    const to = row - within + Math.floor(within / 2) + (within % 2) * (size / 2);
    out.set(data.subarray(row * width, (row + 1) * width), to * width);
  }
  return out;
}

class Reader {
  readonly config: LlamaConfig;
  private offset = HEADER;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly source: string,
  ) {
    if (bytes.length < HEADER) throw new InputError(`${source}: ${bytes.length} bytes are no llama2.c file`);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const [width, inner, layers, heads, keyHeads, vocabulary, length] = Array.from({ length: 7 }, (_, i) =>
      view.getInt32(i * 4, true),
    ) as [number, number, number, number, number, number, number];
    const result = llamaConfigSchema.safeParse({
      modelType: 'llama',
      vocabSize: Math.abs(vocabulary),
      hiddenSize: width,
      intermediateSize: inner,
      numHiddenLayers: layers,
      numAttentionHeads: heads,
      numKeyValueHeads: keyHeads,
      maxPositionEmbeddings: length,
      rmsNormEps: 1e-5,
      tieWordEmbeddings: vocabulary > 0,
    });
    if (!result.success || width % heads !== 0 || heads % keyHeads !== 0) {
      const header = [width, inner, layers, heads, keyHeads, vocabulary, length].join(', ');
      throw new InputError(`${source}: the header (${header}) does not describe a Llama network`);
    }
    this.config = result.data;
  }

  take(shape: number[]): Float32Array {
    const count = shape.reduce((product, n) => product * n, 1);
    const end = this.offset + count * 4;
    if (end > this.bytes.length) {
      throw new InputError(
        `${this.source}: the file ends at byte ${this.bytes.length}; its header asks for ${end} or more`,
      );
    }
    const copy = this.bytes.slice(this.offset, end);
    this.offset = end;
    return new Float32Array(copy.buffer);
  }

  end(): void {
    if (this.offset !== this.bytes.length) {
      throw new InputError(
        `${this.source}: the header accounts for ${this.offset} bytes, but the file has ${this.bytes.length}`,
      );
    }
  }
}
