/**
 * @file Turns the text of an SVG into outlines, so that it looks the same in every program and needs no font. The
 * words stay in `aria-label`, for search, screen readers and tests. Text with characters that the bundled font
 * lacks stays text, in the system's sans-serif.
 */
import { type FontStyle, isCovered, textOutline, textWidth } from './fonts';
import { inherited, type TextRun, textRuns } from './text-runs';

const SVG = 'http://www.w3.org/2000/svg';

/** Replaces each `<text>` under `root` by a `<g aria-label>` of paths with the same transform and fill. */
export function outlineText(root: Element): void {
  for (const text of Array.from(root.querySelectorAll('text'))) {
    const words = text.textContent ?? '';
    const document = text.ownerDocument;
    const group = document.createElementNS(SVG, 'g');
    const transform = text.getAttribute('transform');
    if (transform) group.setAttribute('transform', transform);
    for (const name of ['class', 'opacity', 'visibility']) {
      const value = text.getAttribute(name);
      if (value) group.setAttribute(name, value);
    }
    group.setAttribute('aria-label', words);
    for (const run of textRuns(text)) {
      let x = run.x;
      for (const piece of splitByCoverage(run.text, run.style)) {
        const drawn = piece.covered
          ? outlined(document, piece.text, x, run)
          : written(document, piece.text, x, run);
        x += textWidth(piece.text, run.size, run.style);
        if (piece.text.trim() === '') continue;
        drawn.setAttribute('fill', inherited(run.element, 'fill') ?? '#000');
        const opacity = inherited(run.element, 'fill-opacity');
        if (opacity) drawn.setAttribute('fill-opacity', opacity);
        group.appendChild(drawn);
      }
    }
    text.replaceWith(group);
  }
}

function outlined(document: Document, text: string, x: number, run: TextRun): Element {
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', textOutline(text, x, run.y, run.size, run.style));
  return path;
}

function written(document: Document, text: string, x: number, run: TextRun): Element {
  const element = document.createElementNS(SVG, 'text');
  element.setAttribute('x', String(x));
  element.setAttribute('y', String(run.y));
  element.setAttribute('font-size', String(run.size));
  element.setAttribute('font-family', 'sans-serif');
  if (run.style.bold) element.setAttribute('font-weight', 'bold');
  element.textContent = text;
  return element;
}

/** The text in pieces that the bundled font can draw, and pieces that it cannot. */
function splitByCoverage(text: string, style: FontStyle): { text: string; covered: boolean }[] {
  const pieces: { text: string; covered: boolean }[] = [];
  for (const character of text) {
    const covered = isCovered(character, style);
    const last = pieces.at(-1);
    if (last && last.covered === covered) last.text += character;
    else pieces.push({ text: character, covered });
  }
  return pieces;
}
