/**
 * @file Where a text looks in a picture: the probabilities of cross-attention over the patches, laid out as the
 * patches lie. Row t says where the model looked to choose the token after token t.
 */
import type { LanguageModel } from '../decoding';
import { compile, tf } from '../engine';
import type { Seen } from '../fusion';
import { pictureShape } from '../vision';
import { shownToken } from './shown-tokens';

export interface PictureAttention {
  /** What stands at each place, for the eye. */
  tokens: string[];
  /** [block][head][T][rows][columns]; the patches of a head at a place sum to 1. */
  maps: number[][][][][];
  /** How far the relevance gate let the picture in; 1 without one. */
  relevance: number;
}

/** Which question, and which picture as the vision network takes it. */
export interface LookedAt {
  picture: Float32Array;
  prompt: string;
}

/**
 * The attention of a model whose fusion looks at patches, one result for each question. Throws a `TypeError` where the
 * model does not look that way.
 */
export async function pictureAttention(
  model: LanguageModel,
  asked: readonly LookedAt[],
): Promise<PictureAttention[]> {
  const { guided, parameters, tokenizer, format } = model;
  if (!guided?.vision || !format) throw new TypeError('the model answers no questions about pictures');
  const { vision } = guided;
  const look = compile(
    (ids: tf.Tensor, pixels: tf.Tensor) => {
      const seen = guided.see(parameters, pixels) as Seen;
      const promptMask = tf.onesLike(ids);
      const present = guided.relevance(parameters, { ids, mask: promptMask, promptMask }, seen);
      const { attentions } = guided.read(parameters, { ids }, { ...seen, present }, { attentions: true });
      return { present, ...(attentions ? { maps: tf.stack(attentions) } : {}) };
    },
    { state: parameters.variables(), name: 'attention over the picture' },
  );
  const results: PictureAttention[] = [];
  try {
    for (const { picture, prompt } of asked) {
      const ids = format.prompt(prompt);
      const inputs = [
        tf.tensor2d([ids], [1, ids.length], 'int32'),
        tf.tensor(picture, [1, ...pictureShape(vision)]),
      ] as const;
      const { present, maps } = (await look(...inputs)) as { present: tf.Tensor; maps?: tf.Tensor };
      if (!maps) throw new TypeError(`the fusion ${guided.config.fusion.kind} has no attention over patches`);
      const side = Math.sqrt(maps.shape[4] as number);
      const blocks = maps.arraySync() as unknown as number[][][][][]; // [blocks, 1, H, T, P]
      results.push({
        tokens: ids.map((id) => shownToken(tokenizer, id)),
        maps: blocks.map(([heads]) =>
          (heads as number[][][]).map((rows) => rows.map((row) => inRows(row, side))),
        ),
        relevance: present.dataSync()[0] as number,
      });
      tf.dispose([...inputs, present, maps]);
    }
    return results;
  } finally {
    look.dispose();
  }
}

/** Mean over the heads of the last block, at the place of the prompt's last token: where it looks for the answer. */
export function attentionBeforeAnswer({ maps }: PictureAttention): number[][] {
  const heads = (maps.at(-1) as number[][][][]).map((rows) => rows.at(-1) as number[][]);
  const [first] = heads as [number[][]];
  return first.map((row, i) =>
    row.map((_, j) => heads.reduce((sum, head) => sum + (head[i]?.[j] as number), 0) / heads.length),
  );
}

function inRows(patches: readonly number[], columns: number): number[][] {
  return Array.from({ length: patches.length / columns }, (_, i) =>
    patches.slice(i * columns, (i + 1) * columns),
  );
}
