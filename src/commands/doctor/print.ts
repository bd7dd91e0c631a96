/** @file The doctor's report for people: one section a subject, a mark before each line, no more than it takes. */
import type { DoctorReport } from './report';

type Mark = 'good' | 'bad' | 'none';
const MARKS = { good: '✓', bad: '✗', none: '·' } as const;
const COLORS = { good: 'green', bad: 'red', none: 'dim' } as const;
/** Terminal codes (SGR). */
const CODES = { green: 32, red: 31, dim: 2, bold: 1 } as const;

export function printed(report: DoctorReport, colored: boolean): string {
  const paint = (style: keyof typeof CODES, text: string) =>
    colored ? `\x1b[${CODES[style]}m${text}\x1b[0m` : text;
  const line = (mark: Mark, text: string) => `  ${paint(COLORS[mark], MARKS[mark])} ${text}`;
  const section = (title: string, lines: string[]) => [paint('bold', title), ...lines, ''].join('\n');
  const { machine, device, training, devices, packages, notebooks, data, missing, adapters } = report;

  const trial = training.works
    ? `${training.losses.length - 1} steps, loss ${training.losses.map((loss) => loss.toFixed(3)).join(' → ')}; first step ` +
      `${training.firstMilliseconds.toFixed(0)} ms with compilation, last ${training.lastMilliseconds.toFixed(1)} ms`
    : training.reason;
  // Why a device is missing stands beside it, above.
  const others = missing.filter(({ kind }) => kind !== 'device');
  const present = packages.filter(({ version }) => version);
  const width = Math.max(...present.map(({ name }) => name.length));
  return [
    section('Training', [
      line(training.works ? 'good' : 'bad', trial),
      line('none', `on the device ${device.device}${threads(device)}: ${device.reason.split(';')[0]}`),
    ]),
    section(
      'Devices',
      devices.map(({ device: name, works, reason }) =>
        line(works ? 'good' : 'none', `${name.padEnd(10)} ${reason}`),
      ),
    ),
    section('Machine', [
      line(
        'none',
        `${machine.system}; ${machine.processor}, ${machine.cores} cores, ${gibibytes(machine.memoryBytes)}`,
      ),
      line(machine.nodeSupported ? 'good' : 'bad', `Node ${machine.node} (wanted: ${machine.nodeWanted})`),
      line('none', `adapters: ${adapterNames(adapters)}`),
      line('none', `providers in onnxruntime-node: ${report.providers.join(', ')}`),
    ]),
    section(
      'Notebooks',
      Object.values(notebooks).map(({ works, reason }) => line(works ? 'good' : 'bad', reason)),
    ),
    section('Data', [
      ...data.real.map(({ name, path, what }) =>
        line(path ? 'good' : 'none', `${name.padEnd(10)} ${path ? what : 'absent'}`),
      ),
      line('none', `made by the kit in data/: ${data.made.join(', ') || 'nothing yet'}`),
    ]),
    section(
      'Packages',
      present.map(({ name, real, version }) =>
        line('none', `${name.padEnd(width)} ${version}${real === name ? '' : ` (${real})`}`),
      ),
    ),
    section(
      others.length > 0 ? 'Missing' : 'Nothing else is missing',
      others.map(({ what, use, how }) => line('none', `${what}, for ${use}\n      ${how}`)),
    ),
    report.canTrain ? paint('green', 'The kit can train here.') : paint('red', 'The kit cannot train here.'),
    '',
  ].join('\n');
}

function threads({ device, threads: count }: DoctorReport['device']): string {
  return device === 'cpu' ? ` (${count} threads)` : '';
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

function adapterNames({ nvidia, vulkanDrivers, renderNodes }: DoctorReport['adapters']): string {
  const names = [...nvidia, ...vulkanDrivers.map((path) => `Vulkan driver ${path}`), ...renderNodes];
  if (names.length > 0) return names.join('; ');
  return process.platform === 'linux' ? 'none found' : 'not listed on this system';
}
