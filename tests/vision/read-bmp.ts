/** @file The simplest BMP: 24 bits a pixel, not compressed, rows from below, blue first. sharp reads no BMP. */
import { readFileSync } from 'node:fs';
import type { Pixels } from '../../src/lib/vision';

export function readBmp(path: string): Pixels {
  const bytes = readFileSync(path);
  const [offset, width, height] = [bytes.readUInt32LE(10), bytes.readInt32LE(18), bytes.readInt32LE(22)];
  if (bytes.readUInt16LE(28) !== 24 || height < 0) throw new Error(`${path}: not the BMP that is read here`);
  const line = Math.ceil((width * 3) / 4) * 4;
  const data = Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return bytes[offset + (height - 1 - y) * line + x * 3 + 2 - c] as number;
  });
  return { data, height, width };
}
