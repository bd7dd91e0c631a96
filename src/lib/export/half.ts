/**
 * @file 16-bit floating point, as bits in a `Uint16Array`, from and to float32.
 *
 *     F16  (IEEE 754 binary16): 1 sign, 5 exponent (bias 15), 10 fraction bits
 *     BF16 (bfloat16):          1 sign, 8 exponent (bias 127), 7 fraction bits: the upper half of a float32
 *
 * To 16 bits: round to nearest, ties to even; beyond the largest finite number to infinity; F16 subnormals
 * are kept. From 16 bits: exact. A NaN stays a NaN of the same sign; its payload keeps its upper bits.
 */

/** float32 to F16 bits. */
export function float32ToFloat16(values: Float32Array): Uint16Array {
  const bits = bitsOf(values);
  const out = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const x = bits[i] as number;
    const sign = (x >>> 16) & 0x8000;
    const magnitude = x & 0x7fffffff;
    if (magnitude > 0x7f800000) out[i] = sign | 0x7c00 | Math.max(1, (magnitude >>> 13) & 0x3ff);
    else if (magnitude >= 0x47800000) out[i] = sign | 0x7c00;
    else if (magnitude >= 0x38800000) {
      // Normal: rebias the exponent, round the 13 bits that fall away; a carry may run into the exponent, to infinity.
      out[i] = sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
    } else if (magnitude <= 0x33000000) out[i] = sign;
    else {
      const significand = (magnitude & 0x7fffff) | 0x800000;
      const shift = 126 - (magnitude >>> 23);
      const kept = significand >>> shift;
      const half = 2 ** (shift - 1);
      const rest = significand - kept * 2 ** shift;
      out[i] = sign | (rest > half || (rest === half && kept % 2 === 1) ? kept + 1 : kept);
    }
  }
  return out;
}

/** F16 bits to float32. */
export function float16ToFloat32(half: Uint16Array): Float32Array {
  const out = new Float32Array(half.length);
  const bits = bitsOf(out);
  for (let i = 0; i < half.length; i++) {
    const h = half[i] as number;
    const sign = (h & 0x8000) << 16;
    const exponent = (h >>> 10) & 0x1f;
    const fraction = h & 0x3ff;
    if (exponent === 0x1f) bits[i] = sign | 0x7f800000 | (fraction << 13);
    else if (exponent > 0) bits[i] = sign | ((exponent + 112) << 23) | (fraction << 13);
    else out[i] = (sign ? -1 : 1) * fraction * 2 ** -24;
  }
  return out;
}

/** float32 to BF16 bits. */
export function float32ToBfloat16(values: Float32Array): Uint16Array {
  const bits = bitsOf(values);
  const out = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const x = bits[i] as number;
    if ((x & 0x7fffffff) > 0x7f800000) out[i] = (x >>> 16) | 0x40;
    else out[i] = (x + 0x7fff + ((x >>> 16) & 1)) >>> 16;
  }
  return out;
}

/** BF16 bits to float32. */
export function bfloat16ToFloat32(half: Uint16Array): Float32Array {
  const out = new Float32Array(half.length);
  const bits = bitsOf(out);
  for (let i = 0; i < half.length; i++) bits[i] = (half[i] as number) << 16;
  return out;
}

function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}
