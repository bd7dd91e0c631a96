/** @file Writing safetensors: strict, byte for byte as the reference does, and atomic. */
import { writeAll, writeFileAtomically } from './atomic-file';
import { arrayNameOf, isWritable, toLittleEndian } from './little-endian';
import { InvalidTensor } from './safetensors-errors';
import { buildHeader } from './safetensors-layout';
import type { SafeTensor, SafeTensorInfo } from './safetensors-types';

/** Free text that goes into the header. */
export interface WriteOptions {
  metadata?: ReadonlyMap<string, string> | Readonly<Record<string, string>>;
}

type Tensors = ReadonlyMap<string, SafeTensor>;

/**
 * Writes `path` atomically: the name appears when all is on the disk. Throws `InvalidTensor` where a tensor's
 * `data` does not fit its dtype and shape, `HeaderTooLarge` where the names take more than 100 MB; nothing is
 * written then.
 */
export async function writeSafetensors(
  path: string,
  tensors: Tensors,
  options: WriteOptions = {},
): Promise<void> {
  const { bytes, order } = layOut(path, tensors, options);
  await writeFileAtomically(path, async (file) => {
    await writeAll(file, bytes);
    for (const name of order) await writeAll(file, toLittleEndian((tensors.get(name) as SafeTensor).data));
  });
}

/** The bytes of a safetensors file. Throws as `writeSafetensors`. */
export function serializeSafetensors(tensors: Tensors, options: WriteOptions = {}): Uint8Array {
  const { bytes, order } = layOut('safetensors', tensors, options);
  return Buffer.concat([
    bytes,
    ...order.map((name) => toLittleEndian((tensors.get(name) as SafeTensor).data)),
  ]);
}

function layOut(
  file: string,
  tensors: Tensors,
  options: WriteOptions,
): { bytes: Uint8Array; order: string[] } {
  const metadata =
    options.metadata instanceof Map ? options.metadata : new Map(Object.entries(options.metadata ?? {}));
  for (const [key, value] of metadata) {
    if (typeof key !== 'string' || typeof value !== 'string') {
      throw new InvalidTensor(
        file,
        `metadata ${JSON.stringify(key)}: expected a string, found ${typeof value}`,
      );
    }
  }
  const infos: [string, SafeTensorInfo][] = [...tensors].map(([name, tensor]) => {
    checkTensor(file, name, tensor);
    return [name, { dtype: tensor.dtype, shape: tensor.shape, byteLength: tensor.data.byteLength }];
  });
  return buildHeader(file, infos, metadata);
}

function checkTensor(file: string, name: string, { dtype, shape, data }: SafeTensor): void {
  const where = `tensor ${JSON.stringify(name)}`;
  if (!isWritable(dtype)) throw new InvalidTensor(file, `${where}: ${dtype} is read here, but not written`);
  const expected = arrayNameOf(dtype);
  // By tag, not by instanceof: arrays made in another realm (a notebook's or a test's) are as good.
  const found = data?.[Symbol.toStringTag];
  if (found !== expected)
    throw new InvalidTensor(file, `${where}: expected a ${expected} for ${dtype}, found ${found}`);
  if (!shape.every((axis) => Number.isSafeInteger(axis) && axis >= 0)) {
    throw new InvalidTensor(file, `${where}: expected a shape of whole numbers ≥ 0, found [${shape}]`);
  }
  const size = shape.reduce((product, axis) => product * axis, 1);
  if (size !== data.length) {
    throw new InvalidTensor(
      file,
      `${where}: expected ${size} numbers for shape [${shape}], found ${data.length}`,
    );
  }
  if (dtype === 'BOOL') {
    const wrong = (data as Uint8Array).findIndex((value) => value > 1);
    if (wrong >= 0)
      throw new InvalidTensor(file, `${where}: BOOL holds 0 and 1, found ${data[wrong]} at ${wrong}`);
  }
}
