/** @file Breaks text into lines that fit a width, by the real widths of the letters. */
import { type FontStyle, PLAIN, textWidth } from './render/fonts';

/**
 * Lines of at most `width` CSS pixels at font size `size`. Words longer than a line are cut; with `maxLines` the
 * last line ends in "…" where something was left out.
 */
export function wrapLines(
  text: string,
  width: number,
  size: number,
  { style = PLAIN, maxLines = Number.POSITIVE_INFINITY }: { style?: FontStyle; maxLines?: number } = {},
): string[] {
  const fits = (line: string) => textWidth(line, size, style) <= width;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((w) => w !== '')) {
    if (line !== '' && fits(`${line} ${word}`)) {
      line = `${line} ${word}`;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (!fits(line) && line.length > 1) {
      let cut = [...line].length - 1;
      while (cut > 1 && !fits([...line].slice(0, cut).join(''))) cut--;
      lines.push([...line].slice(0, cut).join(''));
      line = [...line].slice(cut).join('');
    }
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  if (lines.length <= maxLines) return lines;
  const kept = lines.slice(0, maxLines);
  let last = kept[maxLines - 1] as string;
  while (last !== '' && !fits(`${last}…`)) last = [...last].slice(0, -1).join('');
  kept[maxLines - 1] = `${last.trimEnd()}…`;
  return kept;
}

/** Text safe inside plotly's pseudo-HTML, in which `<b>` and `<br>` are markup. */
export function escapeText(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
