/**
 * @file Batches of pictures. A `PictureStore` decodes each file once to one size and keeps its uint8 pixels by
 * path while they fit a memory budget (least recently used leave first), so that the second epoch costs a copy:
 * 64 × 64 × 3 bytes a picture, 12 MB a thousand. `prefetch` starts decoding what the next batch needs while the
 * present one trains. Typed arrays come out, not tensors.
 */
import { availableParallelism } from 'node:os';
import { InputError } from '../errors';
import { type DecodeOptions, decodePixels, type PictureSize, sizeOf, toUnit } from './picture';
import { decodePreprocessed, type Preprocessing } from './preprocessing';

export interface PictureStoreOptions extends DecodeOptions {
  size: PictureSize;
  /** Bytes of decoded pixels to keep (default 512 MiB). 0 keeps none. */
  memoryBytes?: number;
  /** In place of `fit` and `kernel`: what a trained network's pictures went through. It has to end at `size`. */
  preprocessing?: Preprocessing;
}

/** A decoding cache with one size and one way to fit. */
export class PictureStore {
  readonly height: number;
  readonly width: number;
  private readonly options: PictureStoreOptions;
  private readonly capacity: number;
  /** Insertion order is the order of last use. */
  private readonly kept = new Map<string, Promise<Uint8Array>>();
  private readonly gate = new Gate(2 * availableParallelism());

  constructor(options: PictureStoreOptions) {
    const { height, width } = sizeOf(options.size);
    this.height = height;
    this.width = width;
    this.options = options;
    this.capacity = Math.floor((options.memoryBytes ?? 512 * 2 ** 20) / (height * width * 3));
  }

  /** uint8 RGB [height, width, 3] of one file; do not write into it. Throws as `decodePixels`. */
  pixels(path: string): Promise<Uint8Array> {
    const held = this.kept.get(path);
    const pixels = held ?? this.gate.run(() => this.decode(path));
    if (held) this.kept.delete(path);
    else pixels.catch(() => this.kept.delete(path));
    if (this.capacity > 0) this.kept.set(path, pixels);
    if (this.kept.size > this.capacity) {
      for (const oldest of this.kept.keys()) {
        this.kept.delete(oldest);
        break;
      }
    }
    return pixels;
  }

  private async decode(path: string): Promise<Uint8Array> {
    const { preprocessing, ...options } = this.options;
    if (!preprocessing) return (await decodePixels(path, options)).data;
    const { data, height, width } = await decodePreprocessed(path, preprocessing, options);
    if (height !== this.height || width !== this.width) {
      throw new InputError(
        `${path}: the preprocessing leaves it at ${height} × ${width} pixels and the network takes ${this.height} × ${this.width}; bring the picture to that size`,
      );
    }
    return data;
  }

  /** Start decoding `paths` without waiting; an error shows when the picture is asked for. */
  prefetch(paths: readonly (string | null)[]): void {
    if (this.capacity < paths.length) return;
    for (const path of paths) if (path !== null) this.pixels(path).catch(() => undefined);
  }

  /** Shape of what stands for one picture in a batch. */
  get shape(): number[] {
    return [this.height, this.width, 3];
  }

  /**
   * float32 [B, ...shape], pictures in [0, 1]; where a path is null the picture is all zeros.
   * @param out filled and returned where given, so that a training loop allocates once.
   * @param changes what is done to the picture of each row, for controls; `null` leaves it.
   */
  async batch(
    paths: readonly (string | null)[],
    out?: Float32Array,
    changes?: (row: number) => PictureChange | null,
  ): Promise<Float32Array> {
    const stride = this.shape.reduce((a, b) => a * b, 1);
    const target = out ?? new Float32Array(paths.length * stride);
    if (target.length !== paths.length * stride) {
      throw new RangeError(
        `PictureStore.batch: out has ${target.length} numbers, needs ${paths.length * stride}`,
      );
    }
    await Promise.all(
      paths.map((path, row) =>
        this.fillRow(path, target.subarray(row * stride, (row + 1) * stride), changes?.(row) ?? null),
      ),
    );
    return target;
  }

  protected async fillRow(
    path: string | null,
    row: Float32Array,
    change: PictureChange | null,
  ): Promise<void> {
    if (path === null) row.fill(0);
    else toUnit(await this.pixels(path), row, 0);
    change?.(row);
  }
}

/** Changes a picture [height, width, 3] in [0, 1] in place. */
export type PictureChange = (picture: Float32Array) => void;

/** Decode files to one float32 array [B, size, size, 3] in [0, 1] (null: zeros). One call, no cache kept. */
export function decodePictures(
  paths: readonly (string | null)[],
  options: DecodeOptions & { size: PictureSize },
): Promise<Float32Array> {
  return new PictureStore(options).batch(paths);
}

/** Lets at most `limit` jobs run at once; the others wait in line. */
class Gate {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly limit: number) {}

  async run<T>(job: () => Promise<T>): Promise<T> {
    if (this.running >= this.limit) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running++;
    try {
      return await job();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}
