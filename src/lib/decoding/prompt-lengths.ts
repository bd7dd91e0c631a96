/** @file How many tokens have been written in each row: rows name their prompt, and the first call has them bare. */
import type { ContextRow } from './next-token-logits';

export class PromptLengths {
  private readonly lengths = new Map<number, number>();

  note(rows: readonly ContextRow[]): void {
    for (const { source, ids, parent } of rows) {
      if (parent === null || !this.lengths.has(source)) this.lengths.set(source, ids.length);
    }
  }

  written({ source, ids }: ContextRow): number {
    return ids.length - (this.lengths.get(source) ?? ids.length);
  }
}
