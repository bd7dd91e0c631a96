/** @file Starts tslab's kernel and speaks to it: run this code, tell me all that it prints. No Python is needed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Dealer, Subscriber } from 'zeromq';
import { kernelCommand } from '../parts/kernel-spec';
import { decode, encodeRequest, type Message } from './messages';

export interface Reply {
  status: 'ok' | 'error' | 'abort' | 'aborted';
  executionCount: number | null;
}

/** The kernel ended by itself, or did not start. */
export class KernelDied extends Error {}

interface Pending {
  reply?: Reply;
  idle: boolean;
  resolve: (reply: Reply) => void;
  reject: (error: Error) => void;
}

/** Ports that are free now. All are held open until the last is known, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers: Server[] = [];
  for (let i = 0; i < count; i++) {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    servers.push(server);
  }
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Kernels that run, and the folders of their connection files: neither may outlive this process. */
const running = new Map<ChildProcess, string>();
let guarded = false;

function endWithThisProcess(child: ChildProcess, folder: string): void {
  running.set(child, folder);
  child.once('exit', () => running.delete(child));
  if (guarded) return;
  guarded = true;
  process.once('exit', () => {
    for (const [one, files] of running) {
      one.kill('SIGKILL');
      rmSync(files, { recursive: true, force: true });
    }
  });
  // A terminal's Ctrl-C reaches the kernels too; `kill` reaches only this process, and by default no `exit` is told.
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  process.once('SIGHUP', () => process.exit(129));
}

export class Kernel {
  private readonly pending = new Map<string, Pending>();
  private log = '';
  private ended: string | null = null;
  private readonly session = randomUUID();

  private constructor(
    private readonly child: ChildProcess,
    private readonly shell: Dealer,
    private readonly iopub: Subscriber,
    private readonly key: string,
    private readonly folder: string,
    private readonly onMessage: (message: Message) => void,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.log = (this.log + text).slice(-4000);
      });
    }
    child.once('error', (error) => this.end(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) =>
      this.end(signal ? `was ended by ${signal}` : `ended with exit code ${code}`),
    );
  }

  /**
   * A kernel that runs in `cwd`, where its imports start from. `onMessage` gets all that it publishes.
   * Throws `KernelDied` where it does not answer within `startSeconds`.
   */
  static async start(options: {
    cwd: string;
    env?: Record<string, string | undefined>;
    startSeconds?: number;
    onMessage: (message: Message) => void;
  }): Promise<Kernel> {
    const [shell, iopub, stdin, control, heartbeat] = await freePorts(5);
    const folder = mkdtempSync(join(tmpdir(), 'sightline-kernel-'));
    const key = randomUUID();
    const file = join(folder, 'connection.json');
    const connection = {
      transport: 'tcp',
      ip: '127.0.0.1',
      shell_port: shell,
      iopub_port: iopub,
      stdin_port: stdin,
      control_port: control,
      hb_port: heartbeat,
      key,
      signature_scheme: 'hmac-sha256',
      kernel_name: 'tslab',
    };
    writeFileSync(file, JSON.stringify(connection), { mode: 0o600 });
    const [command, ...args] = kernelCommand(file);
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    endWithThisProcess(child, folder);
    const kernel = new Kernel(
      child,
      new Dealer({ linger: 0 }),
      new Subscriber({ linger: 0 }),
      key,
      folder,
      options.onMessage,
    );
    try {
      kernel.shell.connect(`tcp://127.0.0.1:${shell}`);
      kernel.iopub.connect(`tcp://127.0.0.1:${iopub}`);
      kernel.iopub.subscribe();
      kernel.listen();
      await kernel.waitUntilReady(options.startSeconds ?? 60);
      return kernel;
    } catch (error) {
      await kernel.stop();
      throw error;
    }
  }

  /**
   * Runs a cell; resolves when the kernel has answered and is idle again. Rejects with `KernelDied`.
   * `onId` gets the id that the messages of this cell name as their parent, before any of them comes.
   */
  async execute(code: string, onId?: (id: string) => void): Promise<Reply> {
    const content = {
      code,
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: true,
    };
    return await this.request('execute_request', content, onId);
  }

  /** Ends the kernel at once. Safe to call twice. */
  async stop(): Promise<void> {
    const gone =
      this.child.exitCode !== null || this.child.signalCode !== null || this.child.pid === undefined;
    if (!gone) {
      const exit = new Promise((resolve) => this.child.once('exit', resolve));
      this.child.kill('SIGKILL');
      await exit;
    }
    if (!this.shell.closed) this.shell.close();
    if (!this.iopub.closed) this.iopub.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async request(
    type: string,
    content: Record<string, unknown>,
    onId?: (id: string) => void,
  ): Promise<Reply> {
    if (this.ended) throw new KernelDied(this.ended);
    const { id, frames } = encodeRequest(this.key, this.session, type, content);
    onId?.(id);
    return await new Promise<Reply>((resolve, reject) => {
      this.pending.set(id, { idle: false, resolve, reject });
      // An empty frame would be an envelope; the kernel's router adds our identity by itself.
      this.shell.send(frames).catch(reject);
    });
  }

  /** Published messages are lost until the subscription stands: ask until both channels answer. */
  private async waitUntilReady(limit: number): Promise<void> {
    const deadline = Date.now() + limit * 1000;
    for (;;) {
      const answer = this.request('kernel_info_request', {}).then(() => true);
      answer.catch(() => {});
      const pause = new Promise<false>((resolve) => setTimeout(() => resolve(false), 250));
      if (await Promise.race([answer, pause])) return;
      if (Date.now() > deadline)
        throw new KernelDied(`the kernel did not answer within ${limit} s${this.lastWords()}`);
    }
  }

  private listen(): void {
    const receive = async (socket: Dealer | Subscriber, handle: (message: Message) => void) => {
      for await (const frames of socket) handle(decode(this.key, frames as Buffer[]));
    };
    const lost = (error: Error) => this.end(`sent what cannot be read: ${error.message}`);
    receive(this.shell, (message) => {
      const pending = this.pending.get(message.parent);
      if (!pending) return;
      pending.reply = {
        status: (message.content.status as Reply['status'] | undefined) ?? 'ok',
        executionCount: (message.content.execution_count as number | undefined) ?? null,
      };
      this.settle(message.parent, pending);
    }).catch(lost);
    receive(this.iopub, (message) => {
      const pending = this.pending.get(message.parent);
      if (pending && message.type === 'status' && message.content.execution_state === 'idle') {
        pending.idle = true;
        this.settle(message.parent, pending);
      }
      this.onMessage(message);
    }).catch(lost);
  }

  private settle(id: string, pending: Pending): void {
    if (!pending.reply || !pending.idle) return;
    this.pending.delete(id);
    pending.resolve(pending.reply);
  }

  private lastWords(): string {
    return this.log.trim() ? `; its last words:\n${this.log.trim()}` : '';
  }

  private end(reason: string): void {
    this.ended ??= `the kernel ${reason}${this.lastWords()}`;
    for (const { reject } of this.pending.values()) reject(new KernelDied(this.ended));
    this.pending.clear();
  }
}
