/**
 * @file A text after normalization that remembers where each of its characters came from, so that a piece can
 * be pointed out in the text that was typed. Positions are UTF-16 units; `[start, end)`.
 */

/** A normalized text. `starts[i]`, `ends[i]`: the span of the original behind unit `i`; `null`: the same place. */
export interface AlignedText {
  text: string;
  starts: ArrayLike<number> | null;
  ends: ArrayLike<number> | null;
}

/** A word: its text and where it stood, `[start, end)`, in the normalized text. */
export interface Span {
  text: string;
  start: number;
  end: number;
}

/** Where a span of the normalized text, not empty, stood in the original. */
export function originOf({ starts, ends }: AlignedText, start: number, end: number): [number, number] {
  if (starts === null || ends === null) return [start, end];
  return [starts[start] as number, ends[end - 1] as number];
}

/** A text under construction, unit by unit. */
export class AlignedTextBuilder {
  private readonly parts: string[] = [];
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];

  /** Appends `text`, all of which came from `[start, end)`. */
  push(text: string, start: number, end: number): void {
    this.parts.push(text);
    for (let i = 0; i < text.length; i++) {
      this.starts.push(start);
      this.ends.push(end);
    }
  }

  finish(): AlignedText {
    return { text: this.parts.join(''), starts: this.starts, ends: this.ends };
  }
}
