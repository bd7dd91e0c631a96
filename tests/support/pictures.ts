/** @file Small pictures made for tests. */
import sharp, { type Sharp } from 'sharp';
import { Generator } from '../../src/lib/random';

/** RGB noise, the same each time: it hardly compresses, so a cut file lacks rows. */
export function noisePicture(width: number, height: number, seed = 1): Sharp {
  const generator = new Generator(seed, 'test picture');
  const data = Uint8Array.from({ length: width * height * 3 }, () => generator.integer(256));
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** Raw pixels as a sharp picture. */
export function rawPicture(
  data: number[] | Uint8Array,
  width: number,
  height: number,
  channels: 1 | 2 | 3 | 4,
): Sharp {
  return sharp(Uint8Array.from(data), { raw: { width, height, channels } });
}

/** A PNG whose header promises width × height pixels, and holds next to none. */
export function bombHeader(width: number, height: number): Buffer {
  const size = Buffer.alloc(13);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  size.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', size),
    chunk('IDAT', Buffer.from('789c030000000001', 'hex')),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(checksum(body), body.length + 4);
  return out;
}

/** CRC-32 as PNG wants it; zlib.crc32 is not in every Node that the kit supports. */
function checksum(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
