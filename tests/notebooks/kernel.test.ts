/** The kernel's start, where a client is there before it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { Kernel } from '../../scripts/notebooks/kernel';
import { inProject } from '../../scripts/parts/project';

beforeAll(() => {
  if (!existsSync(inProject('dist', 'scripts', 'kernel-hook.js')))
    throw new Error('run `npm run build` first');
});

it('reads no message before all of its sockets are bound, and then answers', {
  timeout: 60_000,
}, async () => {
  const kernel = await Kernel.start({
    cwd: __dirname,
    startSeconds: 40,
    env: { NODE_OPTIONS: `--require ${JSON.stringify(join(__dirname, 'fixtures', 'slow-bind.cjs'))}` },
    onMessage: () => {},
  });
  try {
    expect((await kernel.execute('1 + 1')).status).toBe('ok');
  } finally {
    await kernel.stop();
  }
});
