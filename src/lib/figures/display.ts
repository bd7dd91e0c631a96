/**
 * @file Figures in a notebook of the TypeScript kernel (tslab): one display message with three forms of the
 * figure, from which each front end takes the best that it knows.
 *
 *     application/vnd.plotly.v1+json   interactive: JupyterLab and classic Notebook with the kit's extension, VS Code
 *     image/png                        GitHub, nbviewer, any front end without plotly
 *     text/plain                       one sentence: terminals, screen readers
 *
 * tslab's own `display.raw` can carry one form only, so the message goes through the function beneath it.
 */
import { renderPng, sizeOf } from './render';
import type { FigureSpecification, Size } from './specification';

interface DisplayMessage {
  data: { [mime: string]: unknown };
  metadata: { [mime: string]: unknown };
  transient: { display_id?: string };
}

type WriteDisplay = (message: DisplayMessage, update: boolean) => void;

/**
 * Shows a figure under the cell. Throws where no notebook kernel runs: use `saveFigure` there. A figure fills
 * the width of the output unless its layout has one; `size` sets the PNG's.
 */
export async function display(figure: FigureSpecification, size: Partial<Size> = {}): Promise<void> {
  await send(figure, size, { update: false, withPng: true });
}

/**
 * Shows a table under the cell as the front end draws tables: as HTML in Jupyter and on GitHub, as lines of text elsewhere.
 * Outside a notebook it is printed.
 */
export function displayTable(table: { markdown(): string }): void {
  const text = table.markdown();
  const write = writer();
  if (!write) {
    process.stdout.write(`${text}\n`);
    return;
  }
  write({ data: { 'text/markdown': text, 'text/plain': text }, metadata: {}, transient: {} }, false);
}

/** A figure that changes while a cell runs, such as the curves of a training. */
export class LiveFigure {
  private static count = 0;
  private readonly id = `sightline-figure-${process.pid}-${LiveFigure.count++}`;
  private shown = false;
  private updated = 0;

  /** Updates closer together than `interval` milliseconds are left out; default 1,000. */
  constructor(private readonly interval = 1000) {}

  /**
   * Shows the figure, or puts it in the place of the one shown before. Call it with `last` for the final state:
   * that is shown whatever the interval, and only then is the PNG drawn, which takes about half a second.
   * Outside a notebook it does nothing, so that the same code runs in a script.
   */
  async update(figure: FigureSpecification, { last = false } = {}): Promise<void> {
    if (!inNotebook()) return;
    const now = Date.now();
    if (!last && this.shown && now - this.updated < this.interval) return;
    this.updated = now;
    const update = this.shown;
    this.shown = true;
    await send(figure, {}, { id: this.id, update, withPng: last });
  }
}

/** Whether a tslab kernel runs this code. */
export function inNotebook(): boolean {
  return writer() !== null;
}

async function send(
  figure: FigureSpecification,
  size: Partial<Size>,
  { id, update, withPng }: { id?: string; update: boolean; withPng: boolean },
): Promise<void> {
  const png = withPng ? await renderPng(figure, size) : undefined;
  const write = writer();
  if (!write) {
    throw new Error(
      'figures.display shows figures in a notebook of the TypeScript kernel; elsewhere use saveFigure',
    );
  }
  write(displayMessage(figure, sizeOf(figure, size), png, id), update);
}

/** The message for the front end; exported for tests. */
export function displayMessage(
  figure: FigureSpecification,
  size: Size,
  png?: Buffer,
  id?: string,
): DisplayMessage {
  const { data, layout } = JSON.parse(JSON.stringify({ data: figure.data, layout: figure.layout }));
  return {
    data: {
      'application/vnd.plotly.v1+json': {
        data,
        layout: { ...layout, height: size.height },
        config: { responsive: true, displaylogo: false },
      },
      ...(png ? { 'image/png': png.toString('base64') } : {}),
      'text/plain': `Figure: ${figure.description}`,
    },
    metadata: png ? { 'image/png': size } : {},
    transient: id ? { display_id: id } : {},
  };
}

/** tslab's writer of the running cell, or null outside a kernel. It changes from cell to cell: read it each time. */
function writer(): WriteDisplay | null {
  const path = Object.keys(require.cache).find((file) => /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(file));
  const loaded = path
    ? (require.cache[path]?.exports as { lastWriteDisplayData?: WriteDisplay | null })
    : undefined;
  return loaded?.lastWriteDisplayData ?? null;
}
