/** @file A peer in Python: a script of bench/peers that answers JSON lines, run by the environment of `npm run setup:peers`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { places } from '../src/lib';

/** The interpreter that has the peers, or `null` where they are not installed. */
export function peerPython(): string | null {
  const windows = process.platform === 'win32';
  const own = places.projectFolder('.venv-peers', windows ? 'Scripts/python.exe' : 'bin/python');
  const named = process.env.SIGHTLINE_PEERS_PYTHON ?? own;
  return existsSync(named) ? named : null;
}

export class PythonPeer {
  private readonly child: ChildProcess;
  private readonly waiting: { answered: (line: string) => void; failed: (error: Error) => void }[] = [];
  private said = '';

  constructor(python: string, script: string) {
    const path = places.projectFolder('bench', 'peers', script);
    this.child = spawn(python, [path], { stdio: ['pipe', 'pipe', 'pipe'] });
    createInterface({ input: this.child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      this.waiting.shift()?.answered(line);
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.said = (this.said + text).slice(-2000);
    });
    this.child.on('close', (code) => {
      const error = new Error(`${script} ended with ${code}: ${this.said.trim().split('\n').at(-1) ?? ''}`);
      for (const { failed } of this.waiting.splice(0)) failed(error);
    });
    this.child.stdin?.on('error', () => {}); // it is gone: the answer to come says so
  }

  /** Sends a request; throws what the script says went wrong. */
  async ask<R>(request: Record<string, unknown>): Promise<R> {
    if (this.child.exitCode !== null) throw new Error(`it has ended: ${this.said.trim()}`);
    const line = await new Promise<string>((answered, failed) => {
      this.waiting.push({ answered, failed });
      this.child.stdin?.write(`${JSON.stringify(request)}\n`);
    });
    const answer = JSON.parse(line) as R & { failure?: string };
    if (answer.failure) throw new Error(answer.failure);
    return answer;
  }

  close(): void {
    this.child.stdin?.end();
  }
}
