/**
 * @file `npm run lab`: JupyterLab (or the classic Notebook, where only Debian's packages can be had) with the
 * TypeScript kernel, opened on `notebooks/`. More arguments go to Jupyter: `npm run lab -- --no-browser --port=9000`.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { runChild } from './parts/child';
import { ensureJupyter, jupyterVariables } from './parts/jupyter';
import { ROOT } from './parts/project';
import { runMain, say } from './parts/talk';

const FIRST_PORT = 8888;

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** The port that the user asked for, or the first free one from 8888 up. */
async function choosePort(args: readonly string[]): Promise<{ port: number; given: boolean }> {
  const asked = /--(?:ServerApp\.|NotebookApp\.)?port[= ](\d+)/.exec(args.join(' '));
  if (asked) return { port: Number(asked[1]), given: true };
  for (let port = FIRST_PORT; ; port++) if (await isFree(port)) return { port, given: false };
}

/** Says the address once the server answers. */
async function announce(url: string, port: number): Promise<void> {
  for (let tries = 0; tries < 240; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    try {
      await fetch(`http://127.0.0.1:${port}/api`);
      say(`\n  Open ${url}\n  Ctrl-C (twice) stops it.\n`);
      return;
    } catch {
      // Not listening yet.
    }
  }
}

runMain(async () => {
  const args = process.argv.slice(2);
  const jupyter = await ensureJupyter();
  const lab = jupyter.interface === 'lab';
  const { port, given } = await choosePort(args);
  const token = process.env.JUPYTER_TOKEN ?? randomBytes(24).toString('hex');
  const page = lab ? 'lab/tree/notebooks' : 'tree/notebooks';
  const url = `http://127.0.0.1:${port}/${page}?token=${token}`;
  const app = lab ? 'ServerApp' : 'NotebookApp';
  const own = [
    `--${app}.${lab ? 'root_dir' : 'notebook_dir'}=${ROOT}`,
    lab ? '--LabApp.default_url=/lab/tree/notebooks' : '--NotebookApp.default_url=/tree/notebooks',
    ...(given ? [] : [`--port=${port}`]),
    ...(process.getuid?.() === 0 ? ['--allow-root'] : []),
  ];
  void announce(url, port);
  const { code } = await runChild(jupyter.python, ['-m', lab ? 'jupyterlab' : 'notebook', ...own, ...args], {
    env: { ...jupyterVariables(), JUPYTER_TOKEN: token },
    output: 'show',
    input: true,
  });
  return code ?? 1;
});
