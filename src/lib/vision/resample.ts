/**
 * @file Resampling as Pillow does it, to the bit, because a trained network saw pictures made by it: each pass is a
 * weighted sum along one axis and is rounded to uint8: along the rows, then along the columns, or the other way
 * round where the height shrinks by more than twice as many pixels as the width (Pillow 13; older ones always begin along the rows),
 *
 *     out[x] = Σ_i k((i + ½ − c)/s) · in[i] / Σ_i k(…),   c = (x + ½)·scale,  s = max(scale, 1),  scale = in/out
 *
 * with the kernel k widened by s where the picture shrinks (antialiasing), and weights in fixed point of 22 bits.
 * Why not sharp: the networks are wanted within one level of their training, and libvips, on the three photographs of
 * `mobilenet/ref-images`, is up to 8 levels away at 224 pixels and up to 19, a third of the levels by more than one, at 96. Source: Pillow's documentation of
 * `Image.resize` and its `Resample.c`. Left out: `reducing_gap`, boxes, and other than 8-bit RGB.
 */
import type { Pixels } from './picture';

/** Pillow's filters, by their numbers in `preprocessor_config.json`. */
export const RESAMPLING_FILTERS = ['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming'] as const;
export type ResamplingFilter = (typeof RESAMPLING_FILTERS)[number];

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI));

/** Keys' cubic with a = −½. */
function cubic(signed: number): number {
  const a = -0.5;
  const x = Math.abs(signed);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

function hamming(signed: number): number {
  const x = Math.abs(signed);
  if (x === 0) return 1;
  if (x >= 1) return 0;
  return sinc(x) * (0.54 + 0.46 * Math.cos(x * Math.PI));
}

const KERNELS: Record<
  Exclude<ResamplingFilter, 'nearest'>,
  { support: number; weight: (x: number) => number }
> = {
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  hamming: { support: 1, weight: hamming },
  bicubic: { support: 2, weight: cubic },
  lanczos: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

const ONE = 2 ** 22;
const HALF = 2 ** 21;

/** For each output place: where its inputs begin, how many there are, and their weights, `room` to a place. */
interface Taps {
  start: Int32Array;
  count: Int32Array;
  weights: Float64Array;
  room: number;
}

function taps(from: number, to: number, filter: Exclude<ResamplingFilter, 'nearest'>): Taps {
  const kernel = KERNELS[filter];
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const support = kernel.support * stretch;
  const room = Math.ceil(support) * 2 + 1;
  const out: Taps = {
    start: new Int32Array(to),
    count: new Int32Array(to),
    weights: new Float64Array(to * room),
    room,
  };
  for (let place = 0; place < to; place++) {
    const centre = (place + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const count = Math.min(from, Math.trunc(centre + support + 0.5)) - first;
    const weights = out.weights.subarray(place * room, place * room + count);
    let sum = 0;
    for (let i = 0; i < count; i++) {
      weights[i] = kernel.weight((i + first - centre + 0.5) * (1 / stretch));
      sum += weights[i] as number;
    }
    for (let i = 0; i < count; i++) {
      const exact = sum === 0 ? (weights[i] as number) : (weights[i] as number) / sum;
      weights[i] = Math.trunc(exact * ONE + (exact < 0 ? -0.5 : 0.5));
    }
    out.start[place] = first;
    out.count[place] = count;
  }
  return out;
}

/**
 * One pass over `lines` lines of `from` pixels. A pixel of line l and place i begins at l·`line` + i·`step` of the
 * input, and at l·`outLine` + i·`step` of the output; three channels stand side by side.
 */
function pass(
  input: Uint8Array,
  output: Uint8Array,
  lines: number,
  { start, count, weights, room }: Taps,
  { line, outLine, step }: { line: number; outLine: number; step: number },
): void {
  for (let place = 0; place < start.length; place++) {
    const first = (start[place] as number) * step;
    const taps = count[place] as number;
    const at = place * room;
    for (let l = 0; l < lines; l++) {
      let [red, green, blue] = [HALF, HALF, HALF];
      let pixel = l * line + first;
      for (let i = 0; i < taps; i++, pixel += step) {
        const weight = weights[at + i] as number;
        red += weight * (input[pixel] as number);
        green += weight * (input[pixel + 1] as number);
        blue += weight * (input[pixel + 2] as number);
      }
      const target = l * outLine + place * step;
      output[target] = level(red);
      output[target + 1] = level(green);
      output[target + 2] = level(blue);
    }
  }
}

/** A sum in fixed point as a level, 0 to 255. */
function level(sum: number): number {
  const value = Math.floor(sum / ONE);
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

/** uint8 RGB [H, W, 3] → [height, width, 3]. A size that is the picture's own gives the same pixels. */
export function resample(picture: Pixels, height: number, width: number, filter: ResamplingFilter): Pixels {
  if (filter === 'nearest') return nearest(picture, height, width);
  const across = (from: Pixels) => (width === from.width ? from : resampleRows(from, width, filter));
  const down = (from: Pixels) => (height === from.height ? from : resampleColumns(from, height, filter));
  const shrinks = picture.height - height;
  const isVerticalFirst = shrinks > 0 && shrinks > 2 * (picture.width - width);
  return isVerticalFirst ? across(down(picture)) : down(across(picture));
}

type Smooth = Exclude<ResamplingFilter, 'nearest'>;

function resampleRows({ data, height, width }: Pixels, to: number, filter: Smooth): Pixels {
  const out = new Uint8Array(height * to * 3);
  pass(data, out, height, taps(width, to, filter), { line: width * 3, outLine: to * 3, step: 3 });
  return { data: out, height, width: to };
}

function resampleColumns({ data, height, width }: Pixels, to: number, filter: Smooth): Pixels {
  const out = new Uint8Array(to * width * 3);
  pass(data, out, width, taps(height, to, filter), { line: 3, outLine: 3, step: width * 3 });
  return { data: out, height: to, width };
}

function nearest(picture: Pixels, height: number, width: number): Pixels {
  const data = new Uint8Array(height * width * 3);
  const [down, across] = [picture.height / height, picture.width / width];
  for (let y = 0, target = 0; y < height; y++) {
    const row = Math.trunc((y + 0.5) * down) * picture.width;
    for (let x = 0; x < width; x++, target += 3) {
      const pixel = (row + Math.trunc((x + 0.5) * across)) * 3;
      data.set(picture.data.subarray(pixel, pixel + 3), target);
    }
  }
  return { data, height, width };
}
