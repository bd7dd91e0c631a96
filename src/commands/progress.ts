/** @file Progress on stderr: one bar that redraws itself on a terminal, a plain line now and then elsewhere. */

const REDRAW_MS = 100;
const LINE_MS = 10_000;
const WIDTH = 24;

export class Progress {
  private readonly terminal = process.stderr.isTTY === true;
  private readonly started = performance.now();
  private lastShown = Number.NEGATIVE_INFINITY;
  private drawn = false;

  /** `activity`, how far it has come, and what is worth knowing; `total` null where the end is not known. */
  update(activity: string, done: number, total: number | null, note = ''): void {
    const now = performance.now();
    const complete = total !== null && done >= total;
    if (!complete && now - this.lastShown < (this.terminal ? REDRAW_MS : LINE_MS)) return;
    this.lastShown = now;
    const counted = total === null ? `${done}` : `${done}/${total}`;
    if (!this.terminal) {
      process.stderr.write(`${activity} ${counted}${note ? `  ${note}` : ''}\n`);
      return;
    }
    const bar = total === null ? '' : ` ${drawBar(done / total)}`;
    this.draw(`${activity}${bar} ${counted}${note ? `  ${note}` : ''}`);
  }

  /** A line that stays. */
  say(line: string): void {
    this.clear();
    process.stderr.write(`${line}\n`);
  }

  /** Takes the bar away. */
  clear(): void {
    if (this.drawn) process.stderr.write('\r\x1b[K');
    this.drawn = false;
  }

  /** `m:ss` left, by the pace since this bar was made; '' where it cannot be told yet. */
  timeLeft(done: number, total: number, doneBefore = 0): string {
    const pace = (performance.now() - this.started) / (done - doneBefore);
    return Number.isFinite(pace) ? `${minutes((pace * (total - done)) / 1000)} left` : '';
  }

  private draw(line: string): void {
    const columns = process.stderr.columns ?? 80;
    process.stderr.write(`\r\x1b[K${line.slice(0, columns - 1)}`);
    this.drawn = true;
  }
}

function drawBar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * WIDTH);
  return `[${'█'.repeat(full)}${'·'.repeat(WIDTH - full)}]`;
}

/** `m:ss` of a number of seconds. */
export function minutes(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
