/**
 * @file Bounding boxes and path lengths of SVG elements, which jsdom does not compute and plotly needs in order to
 * place titles, legends and labels. A box is in the coordinates of the element's parent, transforms included
 * (`getBoundingClientRect`) or left out (`getBBox`). Curves are bounded by their control points, and lengths
 * are of straight segments: exact for what plotly measures.
 */
import { ASCENT, DESCENT } from './fonts';
import { textRuns } from './text-runs';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** [a b c d e f]: x' = a·x + c·y + e, y' = b·x + d·y + f. */
type Matrix = [number, number, number, number, number, number];

const EMPTY: Box = { x: 0, y: 0, width: 0, height: 0 };

/** The box of an element's own geometry, its `transform` left out. */
export function ownBox(element: Element): Box {
  const number = (name: string) => Number.parseFloat(element.getAttribute(name) ?? '0') || 0;
  switch (element.tagName.toLowerCase()) {
    case 'text':
      return textBox(element);
    case 'tspan':
      return element.parentElement ? ownBox(element.parentElement) : EMPTY;
    case 'rect':
    case 'image':
      return { x: number('x'), y: number('y'), width: number('width'), height: number('height') };
    case 'circle':
      return centered(number('cx'), number('cy'), number('r'));
    case 'path':
      return boundsOf(pathPoints(element.getAttribute('d') ?? ''));
    case 'g':
    case 'a':
    case 'svg':
      return union(Array.from(element.children, transformedBox));
    default:
      return EMPTY;
  }
}

/** The box in the parent's coordinates, the element's `transform` applied. */
export function transformedBox(element: Element): Box {
  const box = ownBox(element);
  const matrix = parseTransform(element.getAttribute('transform') ?? '');
  if (box.width === 0 && box.height === 0 && box.x === 0 && box.y === 0 && element.tagName === 'g')
    return EMPTY;
  const corners: [number, number][] = [
    [box.x, box.y],
    [box.x + box.width, box.y],
    [box.x, box.y + box.height],
    [box.x + box.width, box.y + box.height],
  ];
  return boundsOf(corners.map(([x, y]) => apply(matrix, x, y)));
}

/** The total width of a text's widest line. */
export function textLength(element: Element): number {
  return textBox(element).width;
}

function textBox(element: Element): Box {
  const runs = textRuns(element).filter((run) => run.text.trim() !== '');
  return union(
    runs.map((run) => ({
      x: run.x,
      y: run.y - ASCENT * run.size,
      width: run.width,
      height: (ASCENT + DESCENT) * run.size,
    })),
  );
}

function union(boxes: readonly Box[]): Box {
  const filled = boxes.filter((box) => box.width > 0 || box.height > 0);
  return boundsOf(
    filled.flatMap(({ x, y, width, height }): [number, number][] => [
      [x, y],
      [x + width, y + height],
    ]),
  );
}

function boundsOf(points: readonly (readonly [number, number])[]): Box {
  if (points.length === 0) return EMPTY;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function centered(x: number, y: number, radius: number): Box {
  return { x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius };
}

function apply([a, b, c, d, e, f]: Matrix, x: number, y: number): [number, number] {
  return [a * x + c * y + e, b * x + d * y + f];
}

/** The matrix of a `transform` attribute: translate, rotate, scale and matrix, in sequence. */
export function parseTransform(text: string): Matrix {
  let all: Matrix = [1, 0, 0, 1, 0, 0];
  for (const [, name = '', list = ''] of text.matchAll(/(\w+)\s*\(([^)]*)\)/g)) {
    const n = list.split(/[\s,]+/).map(Number);
    const [p = 0, q = 0] = n;
    if (name === 'translate') all = multiply(all, [1, 0, 0, 1, p, q]);
    else if (name === 'scale') all = multiply(all, [p, 0, 0, n.length > 1 ? q : p, 0, 0]);
    else if (name === 'matrix' && n.length === 6) all = multiply(all, n as Matrix);
    else if (name === 'rotate') {
      const angle = (p * Math.PI) / 180;
      const [cos, sin, x, y] = [Math.cos(angle), Math.sin(angle), n[1] ?? 0, n[2] ?? 0];
      all = multiply(all, [cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y]);
    }
  }
  return all;
}

function multiply([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix {
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f];
}

/** The points of a path with absolute or relative straight commands; of curves the control points. */
export function pathPoints(d: string): [number, number][] {
  const points: [number, number][] = [];
  let [x, y] = [0, 0];
  for (const [, command = '', list = ''] of d.matchAll(/([a-zA-Z])([^a-zA-Z]*)/g)) {
    const n = (list.match(/-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?/g) ?? []).map(Number);
    const relative = command === command.toLowerCase();
    const kind = command.toUpperCase();
    const step = { M: 2, L: 2, T: 2, H: 1, V: 1, C: 6, S: 4, Q: 4, A: 7 }[kind] ?? 0;
    for (let i = 0; step > 0 && i + step <= n.length; i += step) {
      const [ox, oy] = relative ? [x, y] : [0, 0];
      const at = (k: number) => n[i + k] as number;
      if (kind === 'H') x = ox + at(0);
      else if (kind === 'V') y = oy + at(0);
      else {
        for (let k = 0; kind !== 'A' && k < step - 2; k += 2) points.push([ox + at(k), oy + at(k + 1)]);
        x = ox + at(step - 2);
        y = oy + at(step - 1);
      }
      points.push([x, y]);
    }
  }
  return points;
}

/** Length of the straight segments between a path's points. */
export function pathLength(d: string): number {
  const points = pathPoints(d);
  return points.slice(1).reduce((sum, point, i) => sum + distance(points[i] as [number, number], point), 0);
}

/** The point at a given length along the straight segments. */
export function pointAtLength(d: string, length: number): { x: number; y: number } {
  const points = pathPoints(d);
  let left = length;
  for (let i = 1; i < points.length; i++) {
    const [from, to] = [points[i - 1], points[i]] as [[number, number], [number, number]];
    const span = distance(from, to);
    if (left <= span && span > 0) {
      const t = Math.max(0, left / span);
      return { x: from[0] + t * (to[0] - from[0]), y: from[1] + t * (to[1] - from[1]) };
    }
    left -= span;
  }
  const [x, y] = points.at(-1) ?? [0, 0];
  return { x, y };
}

function distance([ax, ay]: [number, number], [bx, by]: [number, number]): number {
  return Math.hypot(bx - ax, by - ay);
}
