/** @file Reading safetensors: a checked header, then single tensors on demand, so a file may exceed memory. */
import { type FileHandle, open } from 'node:fs/promises';
import { InputError } from '../errors';
import { readAll } from './atomic-file';
import { bfloat16ToFloat32, float16ToFloat32 } from './half';
import { fromLittleEndian } from './little-endian';
import { MetadataIncompleteBuffer, TensorNotFound } from './safetensors-errors';
import { headerLength, type PlacedTensor, parseHeader } from './safetensors-header';
import type { SafeTensor, SafeTensorInfo } from './safetensors-types';

/** A file (or a sharded folder) whose headers are read and checked; tensors are read one by one. */
export interface SafetensorsFile {
  readonly path: string;
  readonly metadata: ReadonlyMap<string, string>;
  /** What there is, in the order of the file's bytes. */
  readonly tensors: ReadonlyMap<string, SafeTensorInfo>;
  /** Reads one tensor. Throws `TensorNotFound`, or `MetadataIncompleteBuffer` if the file was cut meanwhile. */
  read(name: string): Promise<SafeTensor>;
  close(): Promise<void>;
}

/** All of a file. */
export interface SafetensorsContent {
  metadata: Map<string, string>;
  tensors: Map<string, SafeTensor>;
}

/** Opens one `.safetensors` file and checks its header. Throws `SafetensorsError`, or `InputError` if unreadable. */
export async function openSafetensorsFile(path: string): Promise<SafetensorsFile> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (cause) {
    throw new InputError(`${path}: cannot be opened (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
  try {
    const status = await file.stat();
    if (!status.isFile()) throw new InputError(`${path}: expected a file, found a folder or a device`);
    const first = new Uint8Array(8);
    const got = await readAll(file, first, 0);
    const json = new Uint8Array(headerLength(path, first.subarray(0, got), status.size));
    if ((await readAll(file, json, 8)) < json.length) {
      throw new MetadataIncompleteBuffer(path, 'the file grew shorter while it was being read');
    }
    const { metadata, tensors } = parseHeader(path, json, status.size);
    return {
      path,
      metadata,
      tensors,
      close: () => file.close(),
      read: async (name) => {
        const place = tensors.get(name);
        if (!place) throw new TensorNotFound(path, notFound(name, tensors));
        const buffer = new ArrayBuffer(place.byteLength);
        if ((await readAll(file, new Uint8Array(buffer), place.begin)) < place.byteLength) {
          throw new MetadataIncompleteBuffer(
            path,
            `tensor ${JSON.stringify(name)}: the file has been cut since it was opened`,
          );
        }
        return { dtype: place.dtype, shape: place.shape, data: fromLittleEndian(place.dtype, buffer) };
      },
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Reads a file that is in memory; `name` stands for it in messages. The tensors are copies. */
export function parseSafetensors(bytes: Uint8Array, name = 'safetensors'): SafetensorsContent {
  const length = headerLength(name, bytes.subarray(0, 8), bytes.length);
  const header = parseHeader(name, bytes.subarray(8, 8 + length), bytes.length);
  const tensors = new Map<string, SafeTensor>();
  for (const [key, { dtype, shape, begin, end }] of header.tensors) {
    const buffer = new ArrayBuffer(end - begin);
    new Uint8Array(buffer).set(bytes.subarray(begin, end));
    tensors.set(key, { dtype, shape, data: fromLittleEndian(dtype, buffer) });
  }
  return { metadata: header.metadata, tensors };
}

/** The numbers of an F32, F16, BF16 or F64 tensor as float32 (F64 is rounded). Throws `InputError` for others. */
export function tensorToFloat32(tensor: SafeTensor, name = 'a tensor'): Float32Array {
  switch (tensor.dtype) {
    case 'F32':
      return tensor.data as Float32Array;
    case 'F16':
      return float16ToFloat32(tensor.data as Uint16Array);
    case 'BF16':
      return bfloat16ToFloat32(tensor.data as Uint16Array);
    case 'F64':
      return Float32Array.from(tensor.data as Float64Array);
    default:
      throw new InputError(`${name}: expected floating point (F32, F16, BF16, F64), found ${tensor.dtype}`);
  }
}

/** What to say of a name that is not there. */
export function notFound(name: string, tensors: ReadonlyMap<string, SafeTensorInfo | PlacedTensor>): string {
  const some = [...tensors.keys()].slice(0, 5).map((key) => JSON.stringify(key));
  return `expected a tensor ${JSON.stringify(name)}, found ${tensors.size} others${some.length ? `: ${some.join(', ')}${tensors.size > 5 ? ', …' : ''}` : ''}`;
}
