/**
 * @file Turns the text of an SVG into outlines, so that it looks the same in every program and needs no font. The
 * words stay in `aria-label`, for search, screen readers and tests. Text with characters that the bundled font
 * lacks stays text, in the system's sans-serif.
 */
import { isCovered, textOutline } from './fonts';
import { inherited, textRuns } from './text-runs';

/** Replaces each `<text>` under `root` by a `<g aria-label>` of paths with the same transform and fill. */
export function outlineText(root: Element): void {
  for (const text of Array.from(root.querySelectorAll('text'))) {
    const words = text.textContent ?? '';
    const document = text.ownerDocument;
    const group = document.createElementNS('http://www.w3.org/2000/svg', 'g');
    const transform = text.getAttribute('transform');
    if (transform) group.setAttribute('transform', transform);
    for (const name of ['class', 'opacity', 'visibility']) {
      const value = text.getAttribute(name);
      if (value) group.setAttribute(name, value);
    }
    group.setAttribute('aria-label', words);
    for (const run of textRuns(text)) {
      if (run.text.trim() === '') continue;
      const covered = isCovered(run.text, run.style);
      const drawn = document.createElementNS('http://www.w3.org/2000/svg', covered ? 'path' : 'text');
      drawn.setAttribute('fill', inherited(run.element, 'fill') ?? '#000');
      const opacity = inherited(run.element, 'fill-opacity');
      if (opacity) drawn.setAttribute('fill-opacity', opacity);
      if (covered) {
        drawn.setAttribute('d', textOutline(run.text, run.x, run.y, run.size, run.style));
      } else {
        drawn.setAttribute('x', String(run.x));
        drawn.setAttribute('y', String(run.y));
        drawn.setAttribute('font-size', String(run.size));
        drawn.setAttribute('font-family', 'sans-serif');
        if (run.style.bold) drawn.setAttribute('font-weight', 'bold');
        drawn.textContent = run.text;
      }
      group.appendChild(drawn);
    }
    text.replaceWith(group);
  }
}
