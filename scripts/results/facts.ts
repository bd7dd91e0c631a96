/** @file What stands below every section: how to run it again, on what it was run, and what it took. */
import { availableParallelism } from 'node:os';
import type { FinishedPart, Study } from './study';

export function factsOf(study: Study, parts: readonly FinishedPart[]): string {
  const lines = parts.flatMap(({ plan, ledger }) =>
    plan.cells.flatMap(({ id }) => {
      const line = ledger.get(id);
      return line?.status === 'finished' ? [line] : [];
    }),
  );
  const all = (of: (part: FinishedPart) => readonly string[]) => [...new Set(parts.flatMap(of))].join('; ');
  const seconds = lines.map((line) => line.seconds);
  const total = seconds.reduce((sum, one) => sum + one, 0);
  const open = parts.reduce((sum, { summary: { cells } }) => sum + cells.open + cells.failed, 0);
  const counts = new Set(parts.map(({ plan }) => plan.config.seeds.length));
  const seeds = Math.max(...counts);
  return [
    `- Command: \`npm run results -- ${study.name}${seeds === study.seeds ? '' : ` --seeds ${seeds}`}\``,
    `- Records: ${all(({ part }) => [part.data.description])}.`,
    `- Seeds: ${all(({ plan, part }) => [`${plan.config.seeds.map((seed) => JSON.stringify(seed)).join(', ')}${counts.size > 1 ? ` (${part.name})` : ''}`])}.`,
    `- Code: ${all(({ summary }) => summary.codeVersions)}. Device: ${all(({ summary }) => summary.devices)}, ${availableParallelism()} cores.`,
    `- ${lines.length} trainings with their evaluations in ${Math.round(total)} seconds of wall time, the longest in ${Math.round(Math.max(0, ...seconds))}${open > 0 ? `; ${open} have failed or not run` : ''}.`,
  ].join('\n');
}
