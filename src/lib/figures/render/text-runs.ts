/**
 * @file What an SVG text element says and how: its runs of one size, weight and slant, with the place where each
 * starts. This is the part of SVG's text layout that plotly uses: lines as `<tspan class="line" dy>`, nested
 * spans for bold, italic, superscript and subscript, and `text-anchor`.
 */
import { type FontStyle, textWidth } from './fonts';

/** A piece of text with its baseline start, after `text-anchor`. */
export interface TextRun {
  text: string;
  x: number;
  y: number;
  width: number;
  size: number;
  style: FontStyle;
  /** The element whose fill colours it. */
  element: Element;
}

interface Pen {
  x: number;
  y: number;
}

/** The runs of a `<text>` element in its own coordinates. */
export function textRuns(text: Element): TextRun[] {
  const runs: TextRun[] = [];
  let line: TextRun[] = [];
  const anchor = inherited(text, 'text-anchor') ?? 'start';
  const endLine = () => {
    const width = line.reduce((sum, run) => sum + run.width, 0);
    const shift = anchor === 'middle' ? -width / 2 : anchor === 'end' ? -width : 0;
    for (const run of line) run.x += shift;
    runs.push(...line);
    line = [];
  };
  const pen: Pen = { x: lengthOf(text, 'x') ?? 0, y: lengthOf(text, 'y') ?? 0 };
  pen.y += emOf(text.getAttribute('dy'), fontSize(text));
  const walk = (parent: Element) => {
    for (const node of Array.from(parent.childNodes)) {
      if (node.nodeType === 3) {
        const value = (node.textContent ?? '').replace(/[\n\t]/g, ' ');
        if (value === '') continue;
        const size = fontSize(parent);
        const style = fontStyle(parent);
        const width = textWidth(value, size, style);
        line.push({ text: value, x: pen.x, y: pen.y, width, size, style, element: parent });
        pen.x += width;
        continue;
      }
      const child = node as Element;
      if (child.tagName !== 'tspan' && child.tagName !== 'a') continue;
      const x = lengthOf(child, 'x');
      const y = lengthOf(child, 'y');
      if (x !== undefined || y !== undefined) {
        endLine();
        if (x !== undefined) pen.x = x;
        if (y !== undefined) pen.y = y;
      }
      pen.y += emOf(child.getAttribute('dy'), fontSize(child));
      pen.x += emOf(child.getAttribute('dx'), fontSize(child));
      walk(child);
    }
  };
  walk(text);
  endLine();
  return runs;
}

/** A presentation property from the `style` or the attribute of the element or its nearest ancestor with one. */
export function inherited(element: Element, property: string): string | undefined {
  for (let at: Element | null = element; at; at = at.parentElement) {
    const value = own(at, property);
    if (value !== undefined && value !== '' && value !== 'inherit') return value;
  }
  return undefined;
}

function own(element: Element, property: string): string | undefined {
  const style = element.getAttribute('style');
  if (style) {
    for (const declaration of style.split(';')) {
      const colon = declaration.indexOf(':');
      if (colon > 0 && declaration.slice(0, colon).trim() === property)
        return declaration.slice(colon + 1).trim();
    }
  }
  return element.getAttribute(property) ?? undefined;
}

/** Font size in CSS pixels; percentages and em compound from the parent. */
export function fontSize(element: Element): number {
  const value = own(element, 'font-size');
  if (value) {
    const number = Number.parseFloat(value);
    if (value.endsWith('%')) return (number / 100) * parentSize(element);
    if (value.endsWith('em')) return number * parentSize(element);
    if (Number.isFinite(number)) return number;
  }
  return parentSize(element);
}

function parentSize(element: Element): number {
  return element.parentElement ? fontSize(element.parentElement) : 12;
}

function fontStyle(element: Element): FontStyle {
  const weight = inherited(element, 'font-weight') ?? '400';
  const slant = inherited(element, 'font-style') ?? 'normal';
  return { bold: weight === 'bold' || Number(weight) >= 550, italic: slant !== 'normal' };
}

function lengthOf(element: Element, attribute: string): number | undefined {
  const value = element.getAttribute(attribute);
  const number = value === null ? Number.NaN : Number.parseFloat(value);
  return Number.isFinite(number) ? number : undefined;
}

function emOf(value: string | null, size: number): number {
  if (!value) return 0;
  const number = Number.parseFloat(value);
  return Number.isFinite(number) ? (value.endsWith('em') ? number * size : number) : 0;
}
