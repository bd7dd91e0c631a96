/** @file Short questions about NLVR-like scenes: answers found again in the pixels of the picture that is asked about. */
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
  pixels: number;
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
        const blob = { colour, pixels: 0, left: x, top: y, right: x, bottom: y };
        const open: [number, number][] = [[x, y]];
        seen.add(y * BOX + x);
        for (let next = open.pop(); next; next = open.pop()) {
          const [cx, cy] = next;
          blob.pixels++;
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

/** By how much of the box around it a thing fills: a square all, a circle π/4, a triangle half. */
function shapeOf({ pixels, left, top, right, bottom }: Blob): string {
  const share = pixels / ((right - left + 1) * (bottom - top + 1));
  return share > 0.95 ? 'square' : share > 0.66 ? 'circle' : 'triangle';
}

/** Null where smoothed edges leave it open. */
function half(middle: number, below: string, above: string): string | null {
  if (Math.abs(middle - BOX / 2) <= EDGE_PIXELS) return null;
  return middle < BOX / 2 ? below : above;
}

/** The answer by the pixels; null where their edges leave it open. */
function answerOf(text: string, boxes: readonly Blob[][]): string | null {
  const words = text.split(' ');
  const inBox = boxes[BOXES.indexOf(words.at(-1) as string)] as Blob[];
  const colour = words.find((word) => word in COLOURS);
  const shape = words.find((word) => ['square', 'circle', 'triangle'].includes(word));
  const meant = inBox.filter(
    (blob) => (!colour || blob.colour === colour) && (!shape || shapeOf(blob) === shape),
  );
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
    const parts = [...planNlvrLike({ records: 3000, seed: 3, terse: true }).values()];
    const told = new Map<string, number>();
    let [asked, open] = [0, 0];
    for (const { records, pictures } of parts) {
      const seen = new Map<string, Blob[][]>();
      for (const [name, draw] of pictures) seen.set(name, await blobs(draw() as string));
      for (const record of records as ((typeof records)[number] & { kind?: string })[]) {
        const { text, label, image = '', id, kind = '' } = record;
        const answer = answerOf(text, seen.get(image) as Blob[][]);
        asked++;
        if (answer === null) open++;
        else expect(answer, `${id}: ${text}`).toBe(label);
        const form = `${kind}${/square|circle|triangle/.test(text) ? ' shape' : ''}`;
        if (answer !== null) told.set(form, (told.get(form) ?? 0) + 1);
      }
    }
    expect(open / asked).toBeLessThan(0.05);
    const forms = ['count', 'height', 'side', 'size', 'wall'].flatMap((kind) => [kind, `${kind} shape`]);
    expect([...told.keys()].sort()).toEqual([...forms, 'base', 'block', 'top'].sort());
    for (const [form, count] of told) expect(count, form).toBeGreaterThan(5);
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
  });

  it.each([
    [120, null, 30],
    [1010, null, 51],
    [1000, 300, 300],
    [15_000, 500, 500],
    [15_150, 505, 505],
    [130, 129, 129],
  ])('%i of %j pictures are as many, about %i pictures', (records, pictures, shown) => {
    const parts = [...planNlvrLike({ records, pictures, seed: 1, terse: true }).values()];
    expect(parts.reduce((sum, part) => sum + part.records.length, 0)).toBe(records);
    expect(parts.reduce((sum, part) => sum + part.pictures.size, 0)).toBe(shown);
    for (const { pictures: drawn } of parts)
      for (const of of ['tower', 'scatter'])
        expect(
          [...drawn.keys()].some((name) => name.includes(of)),
          of,
        ).toBe(true);
  });

  it('are refused where a picture has not so many, or an option says nothing', () => {
    const options = { records: 20_000, seed: 1, terse: true };
    expect(() => planNlvrLike({ ...options, pictures: 500 })).toThrow(
      '20000 questions about 500 pictures; a picture is asked 1 to 30: choose 667 to 20000 pictures',
    );
    expect(() => planNlvrLike({ ...options, records: 200, pictures: 300 })).toThrow(
      'choose 7 to 200 pictures',
    );
    expect(() => planNlvrLike({ ...options, avoid: ['There is a box'] })).toThrow(/avoid is about sentences/);
  });
});
