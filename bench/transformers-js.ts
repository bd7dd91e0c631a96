/** @file The peer transformers.js: greedy text from a folder that the kit exported. */
import { basename, dirname } from 'node:path';
import type { PreTrainedModel } from '@xenova/transformers' with { 'resolution-mode': 'import' };

type Library = typeof import('@xenova/transformers', { with: { 'resolution-mode': 'import' }});

export class TransformersJs {
  private constructor(
    private readonly library: Library,
    private readonly model: PreTrainedModel,
  ) {}

  static async load(folder: string, threads: number): Promise<TransformersJs> {
    const library = await import('@xenova/transformers');
    library.env.allowRemoteModels = false;
    library.env.localModelPath = `${dirname(folder)}/`;
    const model = await library.AutoModelForCausalLM.from_pretrained(basename(folder), {
      dtype: 'fp32',
      session_options: { intraOpNumThreads: threads },
    });
    return new TransformersJs(library, model);
  }

  get version(): string {
    return this.library.env.version;
  }

  /** `tokens` ids after each of prompts of one length. */
  async write(
    prompts: readonly (readonly number[])[],
    tokens: number,
  ): Promise<{ seconds: number; written: number[][] }> {
    const { Tensor } = this.library;
    const length = prompts[0]?.length ?? 0;
    const shape = [prompts.length, length];
    const start = performance.now();
    const found = (await this.model.generate({
      inputs: new Tensor('int64', BigInt64Array.from(prompts.flat(), BigInt), shape),
      attention_mask: new Tensor('int64', new BigInt64Array(prompts.flat().length).fill(1n), shape),
      max_new_tokens: tokens,
      do_sample: false,
      eos_token_id: null,
    } as unknown as Parameters<PreTrainedModel['generate']>[0])) as { tolist(): bigint[][] };
    const seconds = (performance.now() - start) / 1000;
    return { seconds, written: found.tolist().map((row) => row.slice(length).map(Number)) };
  }

  async dispose(): Promise<void> {
    await this.model.dispose();
  }
}
