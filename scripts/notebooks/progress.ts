/** @file Live progress of the notebooks that run: one line redrawn on a terminal, one line a cell elsewhere. */
import { say } from '../parts/talk';

const TICK = 1000;
const CLEAR = '\r\x1b[2K';

/** One notebook's line. */
export interface Progress {
  update(done: number, total: number): void;
  /** Ends the progress with a last line. */
  finish(verdict: string): void;
}

interface Running {
  name: string;
  start: number;
  done: number;
  total: number;
}

/** All that run at once share the terminal's last line. */
export class ProgressBoard {
  private readonly terminal = process.stderr.isTTY === true;
  private readonly running = new Set<Running>();
  private timer: NodeJS.Timeout | undefined;

  begin(name: string): Progress {
    const one: Running = { name, start: Date.now(), done: 0, total: 0 };
    let printed = -1;
    this.running.add(one);
    if (this.terminal) this.timer ??= setInterval(() => this.draw(), TICK);
    return {
      update: (done, total) => {
        Object.assign(one, { done, total });
        if (this.terminal) this.draw();
        else if (done !== printed && done < total) {
          printed = done;
          say(`${name}: ${placeOf(one)} (${elapsed(one)})`);
        }
      },
      finish: (verdict) => {
        this.running.delete(one);
        if (this.running.size === 0) {
          clearInterval(this.timer);
          this.timer = undefined;
        }
        if (this.terminal) process.stderr.write(CLEAR);
        say(`${name}: ${verdict}`);
      },
    };
  }

  private draw(): void {
    const width = Math.max(3, Math.floor(20 / this.running.size));
    const line = [...this.running]
      .map((one) => `${one.name} [${bar(one, width)}] ${placeOf(one)}, ${elapsed(one)}`)
      .join('   ');
    // A line that wraps would not be cleared.
    process.stderr.write(`${CLEAR}${line.slice(0, Math.max(20, (process.stderr.columns ?? 80) - 1))}`);
  }
}

function placeOf({ done, total }: Running): string {
  if (total === 0) return 'starting the kernel';
  return done < total ? `cell ${done + 1} of ${total}` : `${total} cells done`;
}

function elapsed({ start }: Running): string {
  return `${((Date.now() - start) / 1000).toFixed(0)} s`;
}

function bar({ done, total }: Running, width: number): string {
  const filled = total > 0 ? Math.round((width * done) / total) : 0;
  return `${'#'.repeat(filled)}${'.'.repeat(width - filled)}`;
}
