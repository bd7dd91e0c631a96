/** @file Live progress of a notebook: one line redrawn on a terminal, one line a step elsewhere. */
import { say } from '../parts/talk';

const TICK = 1000;

export class Progress {
  private readonly start = Date.now();
  private readonly terminal = process.stderr.isTTY === true;
  private timer: NodeJS.Timeout | undefined;
  private done = 0;
  private total = 0;
  private printed = -1;

  constructor(private readonly name: string) {
    if (this.terminal) this.timer = setInterval(() => this.draw(), TICK);
  }

  update(done: number, total: number): void {
    this.done = done;
    this.total = total;
    this.draw();
  }

  /** Ends the progress with a last line. */
  finish(verdict: string): void {
    clearInterval(this.timer);
    if (this.terminal) process.stderr.write('\r\x1b[2K');
    say(`${this.name}: ${verdict}`);
  }

  private draw(): void {
    const elapsed = `${((Date.now() - this.start) / 1000).toFixed(0)} s`;
    const running =
      this.done < this.total ? `cell ${this.done + 1} of ${this.total}` : `${this.total} cells done`;
    const at = this.total === 0 ? 'starting the kernel' : running;
    if (this.terminal) {
      const width = 20;
      const filled = this.total > 0 ? Math.round((width * this.done) / this.total) : 0;
      const bar = `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}]`;
      process.stderr.write(`\r\x1b[2K${this.name} ${bar} ${at}, ${elapsed}`);
    } else if (this.done !== this.printed && this.done < this.total) {
      this.printed = this.done;
      say(`${this.name}: ${at} (${elapsed})`);
    }
  }
}
