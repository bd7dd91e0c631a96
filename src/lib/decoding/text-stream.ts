/**
 * @file Text from tokens as they are written. A piece is given out when it is certain: not while the last letter is
 * half there (its bytes are spread over tokens), and not while the end of the text may be the beginning of a stop
 * string. The pieces, one after the other, are the whole text, up to the stop string.
 */

export class TextStream {
  private given = 0;

  constructor(
    private readonly decode: (ids: readonly number[]) => string,
    private readonly stopStrings: readonly string[] = [],
    private readonly onText?: (piece: string) => void,
  ) {}

  /** All ids written so far. */
  write(ids: readonly number[]): void {
    const text = this.cut(this.decode(ids));
    if (text.endsWith('\uFFFD')) return; // half a letter
    this.give(text.slice(0, text.length - this.held(text)));
  }

  /** Gives out what was held back, and returns the whole text. */
  end(ids: readonly number[]): string {
    const text = this.cut(this.decode(ids));
    this.give(text);
    return text;
  }

  private give(text: string): void {
    if (text.length <= this.given) return;
    this.onText?.(text.slice(this.given));
    this.given = text.length;
  }

  /** The text before the first stop string. */
  private cut(text: string): string {
    const ends = this.stopStrings.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
    return ends.length === 0 ? text : text.slice(0, Math.min(...ends));
  }

  /** How many characters at the end may begin a stop string. */
  private held(text: string): number {
    let most = 0;
    for (const stop of this.stopStrings) {
      for (let length = Math.min(stop.length - 1, text.length); length > most; length--) {
        if (text.endsWith(stop.slice(0, length))) most = length;
      }
    }
    return most;
  }
}
