/** @file Pieces of text: together they are the whole text; no half letters, nothing of a stop string. */
import { describe, expect, it } from 'vitest';
import { TextStream } from '../../src/lib/decoding';

const bytes = (ids: readonly number[]) => Buffer.from(ids).toString('utf8');

function pieces(
  text: string,
  stops: string[] = [],
  upTo = Number.POSITIVE_INFINITY,
): { heard: string[]; whole: string } {
  const heard: string[] = [];
  const stream = new TextStream(bytes, stops, (piece) => heard.push(piece));
  const ids: number[] = [];
  for (const byte of [...Buffer.from(text)].slice(0, upTo)) {
    ids.push(byte);
    stream.write(ids);
  }
  return { whole: stream.end(ids), heard };
}

describe('TextStream', () => {
  it('waits for whole letters', () => {
    expect(pieces('aé🙂.')).toEqual({ heard: ['a', 'é', '🙂', '.'], whole: 'aé🙂.' });
    expect(pieces('é', [], 1)).toEqual({ heard: ['\uFFFD'], whole: '\uFFFD' }); // cut off within a letter
  });

  it('holds back what may begin a stop string, and gives it out where it did not', () => {
    expect(pieces('ab## c#', ['###'])).toEqual({ heard: ['a', 'b', '## ', 'c', '#'], whole: 'ab## c#' });
    expect(pieces('ab###', ['###', 'zz'])).toEqual({ heard: ['a', 'b'], whole: 'ab' });
    expect(pieces('xyxyz', ['xyz'])).toEqual({ heard: ['xy'], whole: 'xy' });
  });

  it('cuts at the stop string that comes first', () => {
    const heard: string[] = [];
    const stream = new TextStream(bytes, ['d', 'bc'], (piece) => heard.push(piece));
    expect(stream.end([...Buffer.from('abcd')])).toBe('a');
    expect(heard).toEqual(['a']);
  });
});
