/** @file Roundings to 16 bits against numpy and ml_dtypes, and the whole of both number systems back and forth. */
import { expect, it } from 'vitest';
import {
  bfloat16ToFloat32,
  float16ToFloat32,
  float32ToBfloat16,
  float32ToFloat16,
} from '../../src/lib/export';
import fixture from '../parity/fixtures/safetensors.json';

const values = new Float32Array(new Uint32Array(fixture.rounding.float32Bits).buffer);
const hex = (bits: ArrayLike<number>, isNan: (bits: number) => boolean) =>
  // The payload of a NaN is anyone's choice: only its sign is compared.
  Array.from(bits, (b) => (isNan(b) ? `nan${b >>> 15}` : b.toString(16)));
const nan16 = (bits: number) => (bits & 0x7fff) > 0x7c00;
const nanB16 = (bits: number) => (bits & 0x7fff) > 0x7f80;

it('rounds as numpy does to F16: to nearest even, subnormals, overflow', () => {
  expect(hex(float32ToFloat16(values), nan16)).toEqual(hex(fixture.rounding.float16, nan16));
});

it('rounds as ml_dtypes does to BF16', () => {
  expect(hex(float32ToBfloat16(values), nanB16)).toEqual(hex(fixture.rounding.bfloat16, nanB16));
});

it('every 16-bit number returns from float32 as itself', () => {
  const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
  expect(hex(float32ToFloat16(float16ToFloat32(all)), nan16)).toEqual(hex(all, nan16));
  expect(hex(float32ToBfloat16(bfloat16ToFloat32(all)), nanB16)).toEqual(hex(all, nanB16));
});

it('known numbers', () => {
  expect([...float16ToFloat32(new Uint16Array([0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000, 0xfc00]))]).toEqual([
    1,
    -2,
    65504,
    2 ** -24,
    -0,
    Number.NEGATIVE_INFINITY,
  ]);
  expect([...bfloat16ToFloat32(new Uint16Array([0x3f80, 0x4049]))]).toEqual([1, 3.140625]);
  expect([...float32ToFloat16(new Float32Array([65519.99, 65520, 2 ** -25, 2 ** -25 * 1.0001]))]).toEqual([
    0x7bff, 0x7c00, 0, 1,
  ]);
});
