/** @file What stands below every section: how to run it again, on what it was run, and what it took. */
import { availableParallelism } from 'node:os';
import type { FinishedPart, Study } from './study';

/** @param seeds what the command line said; a part that names seeds of its own does not heed it. */
export function factsOf(study: Study, parts: readonly FinishedPart[], seeds = study.seeds): string {
  const lines = parts.flatMap(({ plan, ledger }) =>
    plan.cells.flatMap(({ id }) => {
      const line = ledger.get(id);
      return line?.status === 'finished' ? [line] : [];
    }),
  );
  const all = (of: (part: FinishedPart) => readonly string[]) => [...new Set(parts.flatMap(of))].join('; ');
  const seconds = lines.map((line) => line.seconds);
  const total = seconds.reduce((sum, one) => sum + one, 0);
  const left = study.parts.filter((part) => !parts.some((done) => done.part === part));
  const open = parts.reduce((sum, { summary: { cells } }) => sum + cells.open + cells.failed, 0);
  return [
    `- Command: \`npm run results -- ${study.name}${seeds === study.seeds ? '' : ` --seeds ${seeds}`}\``,
    `- Records: ${all(({ part }) => [part.data.description])}.`,
    `- Seeds: ${seedsOf(parts)}.`,
    `- Code: ${all(({ summary }) => summary.codeVersions)}. Device: ${all(({ summary }) => summary.devices)}, ${availableParallelism()} cores.`,
    `- ${lines.length} trainings with their evaluations in ${Math.round(total)} seconds of wall time, the longest in ${Math.round(Math.max(0, ...seconds))}${open > 0 ? `; ${open} have failed or not run` : ''}.`,
    ...(left.length > 0 ? [`- Not run yet: ${left.map(({ name }) => name).join(', ')}.`] : []),
  ].join('\n');
}

/** `1, 2, 3; 1 of pictures, qa-words`: those that most parts have, then others with the parts that have them. */
function seedsOf(parts: readonly FinishedPart[]): string {
  const byName = new Map<string, string[]>();
  for (const { plan, part } of parts) {
    const seeds = plan.config.seeds.map((seed) => JSON.stringify(seed)).join(', ');
    byName.set(seeds, [...(byName.get(seeds) ?? []), part.name]);
  }
  const [first, ...others] = [...byName].sort(([, a], [, b]) => b.length - a.length);
  return [first?.[0], ...others.map(([seeds, names]) => `${seeds} of ${names.join(', ')}`)].join('; ');
}
