/**
 * @file What the encoder of an encoder–decoder network said of each prompt, with its picture: read once, when the prompt
 * comes, and handed to every step of the decoder. Rows of the decoder begin with the start token; the prompt takes no
 * room in them.
 */
import { type Compiled, compile, tf } from '../engine';
import { InputError } from '../errors';
import type { GuidedNetwork, Seen } from '../fusion';
import type { ParameterScope } from '../nn';
import type { ContextRow } from './next-token-logits';
import { paddedRows, paddedTime } from './padding';
import { PromptLengths } from './prompt-lengths';
import type { SeenPictures } from './seen-pictures';

type Tensors = { [name: string]: tf.Tensor };
export type Encode = Compiled<[Tensors], tf.Tensor>;

/** The compiled encoder: `ids`, `mask`, and what is shown → memory [B, S, D]. */
export function compileEncoder(
  network: GuidedNetwork,
  parameters: ParameterScope & { variables(): tf.Variable[] },
): Encode {
  return compile(
    (inputs) => {
      const { ids, mask, patches, visionPooled, present } = inputs as Record<string, tf.Tensor>;
      const seen = patches ? ({ patches, visionPooled } as Seen) : null;
      const shown = seen && { ...seen, present: present ?? null };
      return network.read(parameters, { ids: ids as tf.Tensor, mask }, shown).states;
    },
    { state: parameters.variables(), name: 'encoder' },
  );
}

export class Memories {
  /** [S, D] by prompt. */
  private readonly states = new Map<number, Float32Array>();
  private readonly prompts = new PromptLengths();
  private given: { key: string; tensors: Tensors } | null = null;

  constructor(
    private readonly network: GuidedNetwork,
    private readonly encode: Encode,
  ) {}

  /** Reads prompts that have just come. */
  async look(rows: readonly ContextRow[], pictures: SeenPictures): Promise<void> {
    this.prompts.note(rows);
    const news = rows.filter(({ source, parent }) => parent === null || !this.states.has(source));
    if (news.length === 0) return;
    this.forget();
    const longest = this.network.text.maxLength;
    const tooLong = news.find(({ ids }) => ids.length > longest);
    if (tooLong) {
      throw new InputError(
        `the prompt has ${tooLong.ids.length} tokens, and the encoder reads ${longest}: shorten it`,
      );
    }
    const { ids, mask, batch, time } = paddedRows(
      news.map((row) => row.ids),
      longest,
    );
    const memory = await this.encode({ ids, mask, ...pictures.tensors(news, batch) });
    const all = memory.dataSync() as Float32Array;
    const { width } = this.network;
    for (const [i, row] of news.entries()) {
      const start = i * time * width;
      this.states.set(row.source, all.slice(start, start + row.ids.length * width));
    }
    tf.dispose([ids, mask, memory]);
  }

  /** The rows as the decoder reads them. */
  rows(rows: readonly ContextRow[], startId: number): ContextRow[] {
    return rows.map((row) => {
      const written = this.prompts.written(row);
      return { ...row, ids: [startId, ...row.ids.slice(row.ids.length - written)] };
    });
  }

  /** `memory` [B, S, D] and `memoryMask` [B, S] of a batch whose first rows these are; belong to this. */
  tensors(rows: readonly ContextRow[], batch: number): Tensors {
    const sources = Array.from({ length: batch }, (_, i) => (rows[i] ?? (rows[0] as ContextRow)).source);
    const key = sources.join();
    if (this.given?.key === key) return this.given.tensors;
    this.forget();
    const { width } = this.network;
    const states = sources.map((source) => this.states.get(source) as Float32Array);
    const time = paddedTime(
      states.map(({ length }) => length / width),
      this.network.text.maxLength,
    );
    const memory = new Float32Array(batch * time * width);
    const mask = new Int32Array(batch * time);
    for (const [i, one] of states.entries()) {
      memory.set(one, i * time * width);
      mask.fill(1, i * time, i * time + one.length / width);
    }
    this.given = {
      key,
      tensors: {
        memory: tf.tensor3d(memory, [batch, time, width]),
        memoryMask: tf.tensor2d(mask, [batch, time], 'int32'),
      },
    };
    return this.given.tensors;
  }

  dispose(): void {
    this.forget();
  }

  private forget(): void {
    if (this.given) tf.dispose(this.given.tensors);
    this.given = null;
  }
}
