/** @file The command as a whole, in a process of its own: readers that go away, options that mean nothing alone. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, startCli } from '../support/cli';
import { jsonLinesOf, temporaryFolder } from '../support/temporary-folder';

const temporary = temporaryFolder();

describe('sightline', () => {
  it('does its work quietly to the end where nobody reads what it says (| head)', async () => {
    const out = join(temporary.path, 'scenes');
    const { child, ended } = startCli(['data', 'scene', '--records', '40', '--out', out]);
    child.stdout?.destroy();
    const { code, stderr } = await ended;
    expect(stderr).not.toMatch(/EPIPE|Error/);
    expect(code).toBe(0);
    expect(existsSync(join(out, 'test.jsonl'))).toBe(true);
  });

  it('refuses a margin that is of nothing', async () => {
    temporary.write('records.jsonl', jsonLinesOf([{ id: '1', text: 'a', label: 'b' }]));
    const config = temporary.write(
      'config.json',
      JSON.stringify({ task: 'classification', data: { train: 'records.jsonl' } }),
    );
    const out = join(temporary.path, 'run');
    const { code, stderr } = await runCli('train', config, '--out', out, '--margin', '0.1');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/--margin 0\.1: .*give --from too/)]);
    expect(existsSync(out)).toBe(false);
  });
});
