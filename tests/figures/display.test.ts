/** @file The notebook message: three forms in one bundle, through tslab's own writer; live figures update in place. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { resultsTable } from '../../src/lib/experiments';
import { display, displayTable, inNotebook, LiveFigure } from '../../src/lib/figures';
import { examples } from './examples';

const jupyter = require('tslab/dist/jupyter.js') as {
  lastWriteDisplayData: ((message: Message, update: boolean) => void) | null;
};

interface Message {
  // biome-ignore lint/suspicious/noExplicitAny: MIME bundles are open
  data: Record<string, any>;
  metadata: Record<string, unknown>;
  transient: { display_id?: string };
}

/** What a running cell would send. */
function record(): { message: Message; update: boolean }[] {
  const sent: { message: Message; update: boolean }[] = [];
  jupyter.lastWriteDisplayData = (message, update) => sent.push({ message, update });
  return sent;
}

afterEach(() => {
  jupyter.lastWriteDisplayData = null;
});

const figure = examples.bars;
if (!figure) throw new Error();

describe('displayTable', () => {
  const table = resultsTable([{ loss: 'p | q', nats: 1.5 }]);

  it('sends Markdown, which front ends draw as a table, and the same as plain text', () => {
    const sent = record();
    displayTable(table);
    expect(sent).toEqual([
      {
        message: {
          data: { 'text/markdown': table.markdown(), 'text/plain': table.markdown() },
          metadata: {},
          transient: {},
        },
        update: false,
      },
    ]);
    expect(table.markdown()).toMatch(/^\| loss +\| +nats \|\n/);
  });

  it('prints where no notebook runs', () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    displayTable(table);
    expect(write).toHaveBeenCalledExactlyOnceWith(`${table.markdown()}\n`);
    write.mockRestore();
  });
});

describe('display', () => {
  it('sends plotly, PNG and words in one message', async () => {
    const sent = record();
    await display(figure);
    expect(sent).toHaveLength(1);
    const [{ message, update }] = sent as [(typeof sent)[0]];
    const { data, metadata } = message;
    expect(Object.keys(data)).toEqual(['application/vnd.plotly.v1+json', 'image/png', 'text/plain']);
    const plotly = data['application/vnd.plotly.v1+json'];
    expect(plotly.data[0].y).toEqual([9000, 9034, 2500, 2400, 2450, 605]);
    expect(plotly.layout.width).toBeUndefined();
    expect(plotly.layout.height).toBeGreaterThan(300);
    expect(Buffer.from(data['image/png'], 'base64').subarray(1, 4).toString()).toBe('PNG');
    expect(metadata['image/png']).toEqual(figure.size);
    expect(data['text/plain']).toBe(`Figure: ${figure.description}`);
    expect(update).toBe(false);
  });

  it('outside a notebook says what to use', async () => {
    expect(inNotebook()).toBe(false);
    await expect(display(figure)).rejects.toThrow('saveFigure');
  });
});

describe('live figure', () => {
  it('updates in place, skips what comes too fast, and ends with the PNG', async () => {
    const sent = record();
    const live = new LiveFigure(60_000);
    await live.update(figure);
    await live.update(figure); // within the interval: left out
    await live.update(figure, { last: true });
    expect(sent.map(({ update }) => update)).toEqual([false, true]);
    const [first, last] = sent.map(({ message }) => message);
    expect(first?.transient.display_id).toBe(last?.transient.display_id);
    expect(first?.transient.display_id).toBeTruthy();
    expect(first?.data['image/png']).toBeUndefined();
    expect(last?.data['image/png']).toBeTruthy();
  });

  it('is silent outside a notebook', async () => {
    await expect(new LiveFigure().update(figure)).resolves.toBeUndefined();
  });
});
