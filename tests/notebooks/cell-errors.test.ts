import { describe, expect, it } from 'vitest';
import { findErrors } from '../../scripts/notebooks/cell-errors';

const stack = (head: string, cell: number, line: number) =>
  `${head}\n    at fail (cell ${cell}:${line}:9)\n    at node:internal/timers:581:17\n`;

describe('findErrors', () => {
  it('keeps the messages of one type error together and separates two places', () => {
    const text =
      "2:7 - Type 'A' is not assignable to type 'B'.\n2:7 - Types of property 'x'.\n5:1 - Cannot find name 'y'.\n";
    expect(findErrors(text, 4, { failed: true })).toEqual([
      {
        kind: 'type',
        cell: 4,
        line: 2,
        column: 7,
        message: "Type 'A' is not assignable to type 'B'.\nTypes of property 'x'.",
      },
      { kind: 'type', cell: 4, line: 5, column: 1, message: "Cannot find name 'y'." },
    ]);
  });

  it('does not read a time or a score as a type error of a cell that succeeded', () => {
    expect(findErrors('3:14 - halfway\nError rate: 0.2\n(12:30) epoch 1\n', 1, { failed: false })).toEqual(
      [],
    );
  });

  it('takes type errors of a module cell, which tslab counts as done', () => {
    const [error] = findErrors('helper.ts 1:14 - Bad.\n', 2, { failed: false, declaresModule: true });
    expect(error).toMatchObject({ kind: 'type', cell: 2, line: 1, message: 'helper.ts: Bad.' });
  });

  it('finds the thrown error below ordinary talk, with all lines of its message', () => {
    const text = `epoch 1\n${stack('RangeError: one\ntwo', 3, 6)}`;
    expect(findErrors(text, 3, { failed: true })).toEqual([
      { kind: 'thrown', cell: 3, line: 6, column: 9, message: 'RangeError: one\ntwo' },
    ]);
  });

  it('gives an uncaught error to the cell that its stack names, not to the one that printed it', () => {
    const text = `loss 0.5\n${stack('UncaughtException: Error: late', 2, 4)}loss 0.4\n`;
    expect(findErrors(text, 5, { failed: false })).toEqual([
      { kind: 'uncaught', cell: 2, line: 4, column: 9, message: 'Error: late' },
    ]);
  });

  it('finds every one of several errors', () => {
    const text =
      stack('UncaughtException: Error: one', 1, 1) +
      'UnhandledPromiseRejection: two\n' +
      stack('UnhandledPromiseRejection: TypeError: three', 2, 2) +
      stack('Error: four', 3, 3);
    expect(
      findErrors(text, 3, { failed: false }).map(({ kind, cell, message }) => [kind, cell, message]),
    ).toEqual([
      ['uncaught', 1, 'Error: one'],
      ['uncaught', 3, 'two'],
      ['uncaught', 2, 'TypeError: three'],
      ['printed', 3, 'Error: four'],
    ]);
  });

  it('keeps a rejected value apart from an error that is printed after it', () => {
    const text = `UnhandledPromiseRejection: boom\nloss 0.5\n${stack('Error: four', 3, 3)}`;
    expect(findErrors(text, 3, { failed: false }).map(({ kind, message }) => [kind, message])).toEqual([
      ['uncaught', 'boom'],
      ['printed', 'Error: four'],
    ]);
  });

  it('lets warnings of Node pass, with or without a stack', () => {
    const text = '(node:7) ExperimentalWarning: x\n(Use `node --trace-warnings`)\n';
    expect(findErrors(text + stack('(node:7) Warning: y', 1, 1), 1, { failed: false })).toEqual([]);
  });

  it('says what a failed cell printed last where it threw no Error', () => {
    expect(findErrors('loss 1\nboom\n', 1, { failed: true })).toEqual([
      { kind: 'thrown', cell: 1, message: 'loss 1\nboom' },
    ]);
    expect(findErrors('', 1, { failed: true })[0]?.message).toMatch(/without a message/);
  });
});
