/** @file Short questions about NLVR-like scenes: every answer found again in the pixels of the picture that is asked about. */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { planNlvrLike, textOnlyCeiling } from '../../src/lib/data';

const COLOURS: Record<string, readonly [number, number, number]> = {
  yellow: [255, 255, 0],
  black: [0, 0, 0],
  blue: [0, 153, 255],
};
const BOXES = ['first', 'second', 'third'];
const BOX = 100;
/** The tip of a triangle is drawn so faintly that it may be missed. */
const EDGE_PIXELS = 2;

interface Blob {
  colour: string;
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** What has one colour and hangs together in each box, by its pixels. */
async function blobs(svg: string): Promise<Blob[][]> {
  const { data, info } = await sharp(Buffer.from(svg))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const colourAt = (x: number, y: number): string | undefined => {
    const at = 3 * (y * info.width + x);
    return Object.keys(COLOURS).find((name) =>
      (COLOURS[name] as readonly number[]).every(
        (value, i) => Math.abs(value - (data[at + i] as number)) < 60,
      ),
    );
  };
  return [0, 1, 2].map((box) => {
    const left = box * 150;
    const seen = new Set<number>();
    const found: Blob[] = [];
    for (let y = 0; y < BOX; y++)
      for (let x = 0; x < BOX; x++) {
        const colour = colourAt(left + x, y);
        if (!colour || seen.has(y * BOX + x)) continue;
        const blob = { colour, left: x, top: y, right: x, bottom: y };
        const open: [number, number][] = [[x, y]];
        seen.add(y * BOX + x);
        for (let next = open.pop(); next; next = open.pop()) {
          const [cx, cy] = next;
          blob.left = Math.min(blob.left, cx);
          blob.right = Math.max(blob.right, cx);
          blob.top = Math.min(blob.top, cy);
          blob.bottom = Math.max(blob.bottom, cy);
          for (const [nx, ny] of [
            [cx + 1, cy],
            [cx - 1, cy],
            [cx, cy + 1],
            [cx, cy - 1],
          ] as const) {
            if (nx < 0 || ny < 0 || nx >= BOX || ny >= BOX || seen.has(ny * BOX + nx)) continue;
            if (colourAt(left + nx, ny) !== colour) continue;
            seen.add(ny * BOX + nx);
            open.push([nx, ny]);
          }
        }
        found.push(blob);
      }
    return found;
  });
}

/** Null where smoothed edges leave it open. */
function half(middle: number, below: string, above: string): string | null {
  if (Math.abs(middle - BOX / 2) <= EDGE_PIXELS) return null;
  return middle < BOX / 2 ? below : above;
}

/** The answer by the pixels; null to what they do not tell without knowing shapes. */
function answerOf(text: string, boxes: readonly Blob[][]): string | null {
  const words = text.split(' ');
  const inBox = boxes[BOXES.indexOf(words.at(-1) as string)] as Blob[];
  if (/square|circle|triangle/.test(text)) return null;
  const colour = words.find((word) => word in COLOURS);
  const meant = inBox.filter((blob) => !colour || blob.colour === colour);
  const [one] = meant.toSorted((a, b) => a.top - b.top);
  switch (words[0]) {
    case 'count':
      return String(meant.length);
    case 'top':
      return one?.colour ?? null;
    case 'base':
      return inBox.find(({ bottom }) => bottom > 90)?.colour ?? null;
    case 'block': {
      const middle = 90 - 21 * ['one', 'two', 'three', 'four'].indexOf(words[1] as string);
      return inBox.find(({ top, bottom }) => top <= middle && middle <= bottom)?.colour ?? 'none';
    }
    case 'size':
      return one
        ? (['small', 'medium', 'big'][Math.round((one.right - one.left + 1) / 10) - 1] ?? null)
        : null;
    case 'side':
      return one ? half((one.left + one.right + 1) / 2, 'left', 'right') : null;
    case 'height':
      return one ? half((one.top + one.bottom + 1) / 2, 'top', 'bottom') : null;
    case 'wall': {
      if (!one) return null;
      const near = Math.min(one.left, one.top, BOX - 1 - one.right, BOX - 1 - one.bottom);
      return near === 0 ? 'yes' : near > EDGE_PIXELS ? 'no' : null;
    }
    default:
      throw new Error(text);
  }
}

describe('short questions about NLVR-like scenes', () => {
  it('are answered by the pixels', async () => {
    const made = planNlvrLike({ records: 2400, seed: 3, terse: true }).get('train');
    const counts = new Map<string, number>();
    const seen = new Map<string, Blob[][]>();
    for (const [name, draw] of made?.pictures ?? []) seen.set(name, await blobs(draw() as string));
    for (const { text, label, image, id } of made?.records ?? []) {
      const answer = answerOf(text, seen.get(image as string) as Blob[][]);
      if (answer === null) continue;
      expect(answer, `${id}: ${text}`).toBe(label);
      const [question] = text.split(' ') as [string];
      counts.set(question, (counts.get(question) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([
      'base',
      'block',
      'count',
      'height',
      'side',
      'size',
      'top',
      'wall',
    ]);
    for (const [question, count] of counts) expect(count, question).toBeGreaterThan(5);
  });

  it('are none twice of a picture, split by picture, and hardly told by their words', () => {
    const parts = planNlvrLike({ records: 6000, seed: 1, terse: true });
    const groups = [...parts.values()].map(({ records }) => new Set(records.map(({ group }) => group)));
    expect(groups.reduce((sum, { size }) => sum + size, 0)).toBe(
      new Set(groups.flatMap((one) => [...one])).size,
    );
    for (const { records, pictures } of parts.values()) {
      expect(new Set(records.map(({ text, image }) => `${text} ${image}`)).size).toBe(records.length);
      expect(new Set(records.map(({ image }) => image)).size).toBe(pictures.size);
    }
    expect(textOnlyCeiling(parts.get('train')?.records ?? []).accuracy).toBeLessThan(0.55);
    const few = planNlvrLike({ records: 600, pictures: 120, seed: 1, terse: true });
    expect([...few.values()].map(({ records }) => records.length)).toEqual([480, 60, 60]);
  });
});
