/**
 * @file safetensors against the reference implementation: `tests/parity/safetensors_reference.py` wrote the
 * files, the verdicts on damaged files and the roundings that stand in the fixture.
 */
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../src/lib/errors';
import * as errors from '../../src/lib/export';
import {
  DTYPE_BITS,
  type Dtype,
  openSafetensors,
  parseSafetensors,
  readSafetensors,
  type SafeTensor,
  type SafetensorsContent,
  SafetensorsError,
  serializeSafetensors,
  writeSafetensors,
} from '../../src/lib/export';
import { fromLittleEndian, toLittleEndian } from '../../src/lib/export/little-endian';
import { Generator } from '../../src/lib/random';
import fixture from '../parity/fixtures/safetensors.json';

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

/** A file from a header as text. */
function raw(header: string, body: Uint8Array = new Uint8Array(0)): Uint8Array {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  return Buffer.concat([length, Buffer.from(header), body]);
}

const tensorsOf = (entry: (typeof fixture.cases)[number]) =>
  new Map<string, SafeTensor>(
    entry.tensors.map(({ name, dtype, shape, data }) => [
      name,
      {
        dtype: dtype as Dtype,
        shape,
        data: fromLittleEndian(dtype as Dtype, bytesOf(data).buffer as ArrayBuffer),
      },
    ]),
  );

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safetensors-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('round trip with the reference', () => {
  for (const entry of fixture.cases) {
    it(`${entry.name}: the same bytes written, the same tensors read`, async () => {
      const tensors = tensorsOf(entry);
      const bytes = serializeSafetensors(tensors, { metadata: entry.metadata as Record<string, string> });
      expect(Buffer.from(bytes).toString('base64')).toBe(entry.file);

      const path = join(folder, 'case.safetensors');
      await writeSafetensors(path, tensors, { metadata: entry.metadata as Record<string, string> });
      for (const read of [parseSafetensors(bytesOf(entry.file)), await readSafetensors(path)]) {
        expect(new Set(read.tensors.keys())).toEqual(new Set(tensors.keys()));
        for (const [name, tensor] of tensors) expect(read.tensors.get(name)).toEqual(tensor);
        expect(Object.fromEntries(read.metadata)).toEqual(entry.metadata);
      }
    });
  }

  it('swaps bytes on a host of the other order', () => {
    const data = new Int32Array([0x01020304, -2]);
    const swapped = toLittleEndian(data, false);
    expect([...swapped]).toEqual([1, 2, 3, 4, 0xff, 0xff, 0xff, 0xfe]);
    expect(data[0]).toBe(0x01020304);
    expect(fromLittleEndian('I32', swapped.slice().buffer as ArrayBuffer, false)).toEqual(data);
    expect(fromLittleEndian('I64', new BigInt64Array([2n]).buffer, false)).toEqual(
      new BigInt64Array([1n << 57n]),
    );
  });

  it('reads from bytes at an odd address', () => {
    const bytes = bytesOf(fixture.cases[1]?.file as string);
    for (let shift = 0; shift < 9; shift++) {
      const moved = new Uint8Array(bytes.length + shift);
      moved.set(bytes, shift);
      expect(parseSafetensors(moved.subarray(shift)).tensors).toEqual(parseSafetensors(bytes).tensors);
    }
  });
});

/** What the reference says, as the class that we throw; '' is a file that it reads. */
function classOf(verdict: string): string {
  const known: [string, string][] = [
    ['ok', ''],
    ['header too small', 'HeaderTooSmall'],
    ['header too large', 'HeaderTooLarge'],
    ['invalid header length', 'InvalidHeaderLength'],
    ['invalid UTF-8', 'InvalidHeader'],
    ['invalid JSON', 'InvalidHeaderDeserialization'],
    ['invalid offset', 'InvalidOffset'],
    ['overflow', 'ValidationOverflow'],
    ['The slice', 'MisalignedSlice'],
    ['invalid shape', 'TensorInvalidInfo'],
    ['incomplete metadata', 'MetadataIncompleteBuffer'],
  ];
  const found = known.find(([start]) => verdict.startsWith(start));
  if (!found) throw new Error(`unknown verdict ${verdict}`);
  return found[1];
}

const attempt = (bytes: Uint8Array): SafetensorsContent | SafetensorsError => {
  try {
    return parseSafetensors(bytes, 'damaged.safetensors');
  } catch (error) {
    if (error instanceof SafetensorsError) return error;
    throw error;
  }
};

describe('damaged files', () => {
  for (const { name, file, verdict } of fixture.damaged) {
    it(`${name}: ${verdict.slice(0, 40)}`, async () => {
      const expected = classOf(verdict);
      const found = attempt(bytesOf(file));
      // A field that stands twice has a class of its own here, below the reference's.
      if (name === 'field twice') expect(found).toBeInstanceOf(errors.DuplicateKey);
      else expect(found instanceof SafetensorsError ? found.name : '').toBe(expected);
      if (found instanceof SafetensorsError) {
        expect(found).toBeInstanceOf(InputError);
        expect(found.message).toMatch(/^damaged\.safetensors: /);
        const path = join(folder, 'damaged.safetensors');
        await writeFile(path, bytesOf(file));
        await expect(openSafetensors(path)).rejects.toMatchObject({ name: found.name });
      }
    });
  }

  it('names that stand twice, which the reference lets pass and JSON.parse hides', () => {
    const info = '{"dtype":"U8","shape":[0],"data_offsets":[0,0]}';
    expect(() => parseSafetensors(raw(`{"a":${info},"a":${info}}`))).toThrow(errors.DuplicateKey);
    expect(() => parseSafetensors(raw(`{"a":${info},"\\u0061":${info}}`))).toThrow(/"a" stands twice/);
    expect(() => parseSafetensors(raw('{"__metadata__":{"k":"1","k":"2"}}'))).toThrow(errors.DuplicateKey);
    expect(() => parseSafetensors(raw('{"__metadata__":{},"__metadata__":{}}'))).toThrow(errors.DuplicateKey);
  });

  it('sizes past 2^53: an axis beside a zero, and a file that could be so long', () => {
    const axis = raw('{"a":{"dtype":"U8","shape":[0,9007199254740993],"data_offsets":[0,0]}}');
    expect(() => parseSafetensors(axis)).toThrow(/axis 9007199254740993 .* past 2\^53/);
    const long = raw('{"a":{"dtype":"U8","shape":[9007199254740993],"data_offsets":[0,9007199254740993]}}');
    expect(() => parseSafetensors(long)).toThrow(errors.ValidationOverflow);
  });

  it('messages name the tensor, what was expected and what was found', () => {
    const message = (header: string) => (attempt(raw(header)) as Error).message;
    expect(message('{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}')).toBe(
      'damaged.safetensors: tensor "w": expected 8 bytes for shape [2] of F32, found 4 by its data_offsets [0, 4]',
    );
    expect(message('{"w":{"dtype":"F31","shape":[],"data_offsets":[0,4]}}')).toMatch(
      /tensor "w": dtype: expected one of BOOL, .*, found "F31"/,
    );
    expect(message('{"w":{"dtype":"F32","shape":[1,"x"],"data_offsets":[0,4]}}')).toMatch(
      /tensor "w": shape: expected an array of whole numbers ≥ 0, found \[1, "x"\]/,
    );
  });

  it('100,000 tensors laid over one slice are refused in good time', () => {
    const info = '{"dtype":"U8","shape":[4],"data_offsets":[0,4]}';
    const header = `{${Array.from({ length: 100_000 }, (_, i) => `"${i}":${info}`).join(',')}}`;
    const start = performance.now();
    expect(() => parseSafetensors(raw(header, new Uint8Array(4)))).toThrow(errors.InvalidOffset);
    expect(performance.now() - start).toBeLessThan(30_000);
  });

  it('every one-byte cut of a file is an error', () => {
    const bytes = bytesOf(fixture.mutations.base);
    for (let length = 0; length < bytes.length; length++) {
      expect(attempt(bytes.subarray(0, length)), `cut to ${length}`).toBeInstanceOf(SafetensorsError);
    }
  });
});

describe('mutations', () => {
  it('2,500 damaged headers: refused where the reference refuses, read where it reads', () => {
    const base = bytesOf(fixture.mutations.base);
    let agreed = 0;
    for (const recipe of fixture.mutations.recipes) {
      const bytes = base.slice();
      for (let i = 0; i + 1 < recipe.length; i += 2) bytes[recipe[i] as number] = recipe[i + 1] as number;
      const found = attempt(bytes);
      const verdict = found instanceof SafetensorsError ? 0 : 1;
      const note = `${recipe}: ${Buffer.from(bytes.subarray(8)).toString('latin1')} ${found instanceof Error ? found.message : ''}`;
      if (found instanceof errors.DuplicateKey) continue;
      expect(verdict, note).toBe(recipe.at(-1));
      agreed++;
    }
    expect(agreed).toBeGreaterThan(2_470);
  });

  it('10,000 seeded mutations of valid files: an error or a correct read, within memory and time', () => {
    const generator = new Generator(11, 'mutations');
    const files = fixture.cases.map(({ file }) => bytesOf(file));
    let read = 0;
    for (let round = 0; round < 10_000; round++) {
      const bytes = mutate(generator, generator.choice(files));
      const start = performance.now();
      const found = attempt(bytes);
      expect(performance.now() - start).toBeLessThan(30_000);
      if (found instanceof SafetensorsError) continue;
      read++;
      checkRead(bytes, found);
    }
    // Damage to the tensors' own bytes alone is not seen by the format: those files read, as what they hold.
    expect(read).toBeGreaterThan(300);
    expect(read).toBeLessThan(9_000);
  });
});

/** Flips, sets, inserts, removes, repeats bytes, or lies about the header's length. */
function mutate(generator: Generator, file: Uint8Array): Uint8Array {
  let bytes = [...file];
  for (let edits = 1 + generator.integer(3); edits > 0; edits--) {
    const at = generator.integer(bytes.length);
    const kind = generator.integer(7);
    if (kind === 0) bytes[at] = (bytes[at] as number) ^ (1 << generator.integer(8));
    else if (kind === 1) bytes[at] = generator.integer(256);
    else if (kind === 2) bytes.splice(at, 0, generator.integer(256));
    else if (kind === 3) bytes.splice(at, 1 + generator.integer(8));
    else if (kind === 4) bytes.splice(at, 0, ...bytes.slice(at, at + generator.integer(40)));
    else if (kind === 5) bytes[generator.integer(8)] = generator.integer(256);
    else bytes[at] = (generator.choice([...'{}[]",:\\0189-eF ']) as string).charCodeAt(0);
    if (bytes.length === 0) bytes = [0];
  }
  return new Uint8Array(bytes);
}

/** A read that is right: the tensors tile the bytes behind the header, each as long as its shape, each as it stands. */
function checkRead(bytes: Uint8Array, { tensors }: SafetensorsContent): void {
  const start = 8 + Number(Buffer.from(bytes.subarray(0, 8)).readBigUInt64LE());
  const header = JSON.parse(Buffer.from(bytes.subarray(8, start)).toString());
  let total = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    const size = shape.reduce((product, axis) => product * axis, 1);
    expect(data.byteLength).toBe((size * DTYPE_BITS[dtype]) / 8);
    const info = Object.getOwnPropertyDescriptor(header, name)?.value as { data_offsets: [number, number] };
    const [begin, end] = info.data_offsets;
    const stands = bytes.subarray(start + begin, start + end);
    expect(Buffer.compare(toLittleEndian(data), stands)).toBe(0);
    total += data.byteLength;
  }
  expect(start + total).toBe(bytes.length);
}

describe('single tensors on demand', () => {
  it('reads one of many, and says so where the file was cut since', async () => {
    const path = join(folder, 'lazy.safetensors');
    const big = Float32Array.from({ length: 1000 }, (_, i) => i);
    await writeSafetensors(
      path,
      new Map<string, SafeTensor>([
        ['big', { dtype: 'F32', shape: [10, 100], data: big }],
        ['small', { dtype: 'U8', shape: [2], data: new Uint8Array([7, 8]) }],
      ]),
    );
    const file = await openSafetensors(path);
    expect([...file.tensors.keys()]).toEqual(['big', 'small']);
    expect(file.tensors.get('big')).toMatchObject({ dtype: 'F32', shape: [10, 100], byteLength: 4000 });
    expect((await file.read('small')).data).toEqual(new Uint8Array([7, 8]));
    await expect(file.read('other')).rejects.toThrow(
      /expected a tensor "other", found 2 others: "big", "small"/,
    );
    await expect(file.read('__proto__')).rejects.toThrow(errors.TensorNotFound);
    await truncate(path, 600);
    await expect(file.read('big')).rejects.toThrow(errors.MetadataIncompleteBuffer);
    await file.close();
    await expect(openSafetensors(path)).rejects.toThrow(
      /lazy\.safetensors: expected \d+ bytes in all .* found 600: the file is cut off/,
    );
    await expect(openSafetensors(join(folder, 'none'))).rejects.toThrow(InputError);
  });
});

describe('what cannot be written', () => {
  const refuse =
    (tensor: unknown, name = 'w') =>
    () =>
      serializeSafetensors(new Map([[name, tensor as SafeTensor]]));
  const ok = { dtype: 'F32', shape: [1], data: new Float32Array(1) };
  it('says which tensor and why', () => {
    expect(refuse({ ...ok, shape: [2] })).toThrow(/"w": expected 2 numbers for shape \[2\], found 1/);
    expect(refuse({ ...ok, dtype: 'F64' })).toThrow(
      /"w": expected a Float64Array for F64, found Float32Array/,
    );
    expect(refuse({ ...ok, dtype: 'F8_E4M3' })).toThrow(errors.InvalidTensor);
    expect(refuse({ ...ok, dtype: 'toString' })).toThrow(errors.InvalidTensor);
    expect(refuse({ ...ok, shape: [-1] })).toThrow(/whole numbers/);
    expect(refuse({ ...ok, shape: [0.5, 2] })).toThrow(/whole numbers/);
    expect(refuse({ dtype: 'BOOL', shape: [2], data: new Uint8Array([1, 2]) })).toThrow(
      /BOOL holds 0 and 1, found 2 at 1/,
    );
    expect(refuse(ok, '__metadata__')).toThrow(/reserves/);
    expect(refuse(ok, '\ud800')).toThrow(/surrogate/);
    expect(refuse(ok, 'n'.repeat(100_000_001))).toThrow(errors.HeaderTooLarge);
  });
});
