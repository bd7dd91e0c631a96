/**
 * @file The little of a canvas that plotly needs for heat maps: filled rectangles, raw image data, and a PNG data
 * URI. (The `canvas` package must not stand beside sharp: both bring a C library of the same name.)
 */
import { encodePng } from './png';

type Rgba = [number, number, number, number];

/** A stand-in for `CanvasRenderingContext2D`, with its own pixels. */
export class FakeContext {
  fillStyle = '#000';
  private readonly pixels: Uint8ClampedArray;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.pixels = new Uint8ClampedArray(4 * width * height);
  }

  /** Replaces (does not blend) the pixels of a rectangle; edges are rounded to whole pixels. */
  fillRect(x: number, y: number, width: number, height: number): void {
    const color = parseColor(this.fillStyle);
    const right = Math.min(this.width, Math.round(x + width));
    const bottom = Math.min(this.height, Math.round(y + height));
    for (let row = Math.max(0, Math.round(y)); row < bottom; row++) {
      for (let column = Math.max(0, Math.round(x)); column < right; column++) {
        this.pixels.set(color, 4 * (row * this.width + column));
      }
    }
  }

  createImageData(width: number, height: number) {
    return { width, height, data: new Uint8ClampedArray(4 * width * height) };
  }

  putImageData(
    image: { width: number; height: number; data: Uint8ClampedArray },
    x: number,
    y: number,
  ): void {
    for (let row = 0; row < Math.min(image.height, this.height - y); row++) {
      const width = Math.min(image.width, this.width - x);
      const start = 4 * row * image.width;
      this.pixels.set(image.data.subarray(start, start + 4 * width), 4 * ((row + y) * this.width + x));
    }
  }

  toDataURL(): string {
    const bytes = new Uint8Array(this.pixels.buffer);
    return `data:image/png;base64,${encodePng(bytes, this.width, this.height).toString('base64')}`;
  }
}

/** `rgb(…)`, `rgba(…)`, `#rgb` and `#rrggbb` as bytes; anything else is transparent. */
export function parseColor(text: string): Rgba {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text)?.[1];
  if (hex) {
    const digits =
      hex.length === 3 ? [...hex].map((d) => d + d) : [hex.slice(0, 2), hex.slice(2, 4), hex.slice(4)];
    return [...digits.map((d) => Number.parseInt(d, 16)), 255] as Rgba;
  }
  const parts = /^rgba?\(([^)]*)\)$/.exec(text)?.[1]?.split(',').map(Number);
  if (!parts || parts.length < 3) return [0, 0, 0, 0];
  const [r = 0, g = 0, b = 0, alpha = 1] = parts;
  return [r, g, b, Math.round(255 * alpha)];
}
