/** @file Shows how far a grid is, and how far the cell. */
import type { experiments } from '../lib';
import { minutes, Progress } from './progress';

export class GridWatcher {
  progress = new Progress();
  private doneBefore = 0;
  private steps = 0;
  private place = '';

  readonly onProgress = (activity: string, done: number, total: number | null): void => {
    // Many short waits: their ends are not worth a line each.
    if (total === null || done < total) this.progress.update(activity, done, total);
  };

  show(event: experiments.AblationEvent): void {
    switch (event.kind) {
      case 'plan':
        this.doneBefore = event.done;
        this.progress = new Progress();
        this.progress.say(
          `${event.cells} cells, ${event.done} of them done` +
            (event.torn.length > 0
              ? `; passed over what a killed process left in line ${event.torn.join(', ')} of the ledger`
              : '') +
            (event.foreign > 0 ? `; passed over ${event.foreign} cells of another config or other data` : ''),
        );
        break;
      case 'cell':
        this.place = `cell ${event.number}/${event.cells}`;
        this.progress.say(`${this.place}: ${event.cell.name} (${event.cell.id})`);
        break;
      case 'training':
        this.showTraining(event.event);
        break;
      case 'finished': {
        const scores = Object.entries(event.metrics).map(
          ([name, { value }]) => `${name} ${value.toFixed(4)}`,
        );
        this.progress.say(
          `done ${event.done}/${event.cells}: ${event.cell.name}: ${scores.join(', ')} in ${minutes(event.seconds)}` +
            `; ${this.progress.timeLeft(event.done, event.cells, this.doneBefore)}`,
        );
        break;
      }
      case 'failed':
        this.progress.say(`failed: ${event.cell.name} (${event.cell.id}): ${event.error}`);
        break;
      case 'spent':
        this.progress.say(`${event.what} are spent; ${event.open} cells are not begun`);
        break;
      case 'waiting':
        this.progress.update(`waiting for another process, cells`, event.cells, null);
    }
  }

  private showTraining(event: Extract<experiments.AblationEvent, { kind: 'training' }>['event']): void {
    if (event.kind === 'start') this.steps = event.steps;
    if (event.kind === 'step') {
      const note = `epoch ${event.epoch + 1}  loss ${event.loss.toFixed(4)}`;
      this.progress.update(`${this.place} step`, event.step, this.steps, note);
    }
    if (event.kind === 'testing') this.progress.update(`${this.place} testing`, event.done, event.total);
  }
}
