/** @file Every kind of picture that a tool may write, made by Python and Pillow, to the levels that were meant. */
import { describe, expect, it } from 'vitest';
import { decodePixels } from '../../src/lib/vision';
import fixture from '../parity/fixtures/vision-pictures.json';

describe('pictures made by Pillow and by hand', () => {
  it.each(fixture.cases)('$name', async ({ file, levels, shape, tolerance }) => {
    const { data, height, width } = await decodePixels(Buffer.from(file, 'base64'));
    expect([height, width, 3]).toEqual(shape);
    expect([...data]).toBeClose([...Buffer.from(levels, 'base64')], { absolute: tolerance, relative: 0 });
  });
});
