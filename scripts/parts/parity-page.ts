/**
 * @file `docs/parity.md`: what each script of `tests/parity` said when it last ran, and on which day. A run of some scripts
 * replaces their sections and leaves the others.
 */
import { tmpdir } from 'node:os';
import { ROOT } from './project';

export interface ParityOutcome {
  /** `metrics.py` */
  script: string;
  /** `2026-11-24` */
  day: string;
  passed: boolean;
  output: string;
}

const HEAD = `# Against the Python originals

What the scripts of [tests/parity](../tests/parity) said when they last ran (\`npm run parity\`, which writes this page):
PyTorch, transformers, safetensors, scikit-learn and the others make the reference values that the tests repeat, and load
what this kit has exported. The versions are those of \`scripts/requirements-parity.txt\` and \`scripts/requirements-torch.txt\`.
`;

/** Last lines that are kept of each script. */
const LINES = 24;

/** The page after a run; `before` is the page as it stood, '' where there was none. */
export function parityPage(before: string, outcomes: readonly ParityOutcome[]): string {
  const sections = new Map<string, string>();
  for (const section of before.split(/^(?=## )/m).slice(1)) {
    const script = /^## (\S+)/.exec(section)?.[1];
    if (script) sections.set(script, section.trim());
  }
  for (const one of outcomes) sections.set(one.script, sectionOf(one));
  const sorted = [...sections].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, section]) => section);
  return `${[HEAD.trim(), ...sorted].join('\n\n')}\n`;
}

function sectionOf({ script, day, passed, output }: ParityOutcome): string {
  const lines = cleaned(output)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const kept = lines.slice(-LINES);
  if (lines.length > kept.length) kept.unshift(`… ${lines.length - kept.length} lines before`);
  const said = kept.length > 0 ? `\n\n\`\`\`text\n${kept.join('\n')}\n\`\`\`` : '';
  return `## ${script} · ${day} · ${passed ? 'agrees' : 'FAILED'}${said}`;
}

/** Without colours, and without the places of the machine that it ran on. */
function cleaned(output: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with that character.
  const plain = output.replaceAll('\r', '').replace(/\x1b\[[0-9;]*m/g, '');
  return plain.replaceAll(ROOT, '.').replaceAll(tmpdir(), '…').trimEnd();
}
