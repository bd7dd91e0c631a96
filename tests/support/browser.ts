/**
 * @file A page as a reader meets it: laid out by Chromium where it is installed, else parsed by jsdom, which knows
 * elements but no sizes. A script is added to a copy of the page and says what it finds.
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { JSDOM } from 'jsdom';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

export interface LookedAt {
  by: 'chromium' | 'jsdom';
  title: string;
  headings: string[];
  rows: number;
  /** Sizes of the drawings in CSS pixels; 0 × 0 in jsdom. */
  figures: { width: number; height: number; label: string | null; texts: number }[];
  /** Pixels by which the page is wider than the window. */
  overflow: number;
  /** Things that the page asked of another place. */
  requests: number;
}

const SCRIPT = `(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const figures = all('figure svg:first-of-type').filter((svg) => svg.parentElement.tagName === 'FIGURE').map((svg) => {
    const { width, height } = svg.getBoundingClientRect();
    const label = svg.parentElement.getAttribute('aria-label');
    return { width, height, label, texts: svg.querySelectorAll('text, path').length };
  });
  const found = { title: document.title, headings: all('h1, h2').map((one) => one.textContent), rows: all('tbody tr').length,
    figures, overflow: document.documentElement.scrollWidth - window.innerWidth,
    requests: typeof performance.getEntriesByType === 'function' ? performance.getEntriesByType('resource').length : 0 };
  const said = document.createElement('pre');
  said.id = 'looked-at';
  said.textContent = JSON.stringify(found);
  document.body.append(said);
})();`;

/** Looks at the page in the file, in a window of 1280 × 900 pixels. */
export async function lookAt(path: string): Promise<LookedAt> {
  const page = readFileSync(path, 'utf8').replace('</body>', `<script>${SCRIPT}</script></body>`);
  const copy = join(dirname(path), 'looked-at.html');
  writeFileSync(copy, page);
  const options = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--window-size=1280,900',
    '--virtual-time-budget=5000',
  ];
  const html = CHROMIUM
    ? (
        await promisify(execFile)(CHROMIUM, [...options, '--dump-dom', `file://${copy}`], {
          maxBuffer: 1 << 28,
        })
      ).stdout
    : new JSDOM(page, { runScripts: 'dangerously' }).serialize();
  const said = new JSDOM(html).window.document.getElementById('looked-at')?.textContent;
  if (!said) throw new Error(`${path}: the script of the page did not run`);
  return { by: CHROMIUM ? 'chromium' : 'jsdom', ...JSON.parse(said) };
}
