/** @file The user's line in a stack: the same whether it is written out or remembered. */
import { expect, it } from 'vitest';
import { currentUserLine, userLine } from '../../../src/lib/engine/trace/user-line';
import { lineMarked } from '../support';

const here = (marker: string) => lineMarked(__filename, marker);

it('is that of each place, also when it is asked again', () => {
  const first = () => currentUserLine(); // first
  const second = () => currentUserLine(); // second
  for (let again = 0; again < 3; again++) {
    expect(first()).toBe(here('first'));
    expect(second()).toBe(here('second'));
  }
});

it('leaves the stacks of others as they are', () => {
  const before = [Error.stackTraceLimit, Error.prepareStackTrace];
  currentUserLine();
  expect([Error.stackTraceLimit, Error.prepareStackTrace]).toEqual(before);
});

it('passes over tfjs, node and what has no line', () => {
  const stack = [
    'Error: wrong',
    '    at add_ (/home/me/node_modules/@tensorflow/tfjs-core/dist/add.js:3:4)',
    '    at Array.map (<anonymous>)',
    '    at node:internal/timers:1:2',
  ];
  expect(userLine(stack.join('\n'))).toBe('');
  expect(userLine([...stack, '    at async loss (file:///home/me/loss.ts:12:5)'].join('\n'))).toBe(
    'loss.ts:12',
  );
  expect(userLine(undefined)).toBe('');
});
