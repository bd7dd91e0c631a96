/**
 * @file NumPy's .npy files, as far as data sets of pictures need them: uint8, C order, versions 1 to 3.
 * Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { InputError } from '../../errors';

export interface Bytes4d {
  /** uint8, C order. */
  data: Uint8Array;
  shape: number[];
}

/** Parse the bytes of a uint8 .npy file. Throws an InputError naming `place` where they are none. */
export function parseNpy(bytes: Uint8Array, place: string): Bytes4d {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wrong = (what: string): InputError => new InputError(`${place}: ${what}; fetch the file anew`);
  if (bytes.length < 12 || String.fromCharCode(...bytes.subarray(1, 6)) !== 'NUMPY' || bytes[0] !== 0x93) {
    throw wrong('is not a .npy file');
  }
  const wide = (bytes[6] as number) >= 2;
  const start = wide ? 12 : 10;
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  if (start + length > bytes.length) throw wrong('its header is cut short');
  const header = new TextDecoder('latin1').decode(bytes.subarray(start, start + length));
  const type = /'descr':\s*'([^']+)'/.exec(header)?.[1];
  const shape = /'shape':\s*\(([^)]*)\)/
    .exec(header)?.[1]
    ?.split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  if (type !== '|u1' || !shape || !/'fortran_order':\s*False/.test(header)) {
    throw wrong(`must hold uint8 in C order, its header says ${header.trim()}`);
  }
  const size = shape.reduce((product, part) => product * part, 1);
  const data = bytes.subarray(start + length);
  if (data.length !== size)
    throw wrong(`holds ${data.length} bytes where its shape (${shape.join(', ')}) needs ${size}`);
  return { data, shape };
}
