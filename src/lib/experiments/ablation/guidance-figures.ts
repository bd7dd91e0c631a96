/**
 * @file Guidance by its strength: of each model and each rule the metric under its pictures and under shuffled ones, beside
 * plain decoding and what spends the rule's cutoff or its passes without a contrast; each with the passes that it costs.
 */
import { type GuidanceConfig, parseDecoding } from '../../decoding';
import { type BandSeries, type FigureSpecification, lineWithBand } from '../../figures';
import { boundLines } from './bound';
import { guidanceControls } from './guidance';
import { settingsName } from './plan';
import type { AblationSummary, SummaryRow } from './summary';

/** So many figures are looked at. */
const FIGURES = 12;

/** What a rule's strength is called in its config, and to a reader. */
const STRENGTHS: Partial<Record<GuidanceConfig['rule'], { setting: string; title: string }>> = {
  cfg: { setting: 'scale', title: 'scale of classifier-free guidance (1: none)' },
  vcd: { setting: 'alpha', title: 'α of visual contrastive decoding (0: none)' },
  icd: { setting: 'alpha', title: 'α of instruction contrastive decoding (0: none)' },
  m3id: { setting: 'forgetting', title: 'forgetting rate of M3ID' },
};

interface Guided {
  row: SummaryRow;
  rule: GuidanceConfig['rule'];
  strength: number;
  /** All that is the same along a line: the rule's other settings, and the model. */
  family: string;
}

/** By the names of their files; none where nothing was decoded under guidance. */
export function guidanceFigures(summary: AblationSummary): [string, FigureSpecification][] {
  const families = new Map<string, Guided[]>();
  for (const row of summary.rows) {
    const guided = row.role === 'vision-guided' && row.estimate !== null ? guidedBy(row) : null;
    if (guided) families.set(guided.family, [...(families.get(guided.family) ?? []), guided]);
  }
  const named = new Map<string, number>();
  return [...families.values()].slice(0, FIGURES).map((family) => {
    const { rule } = family[0] as Guided;
    const number = 1 + (named.get(rule) ?? 0);
    named.set(rule, number);
    return [`guidance-${rule}${number === 1 ? '' : `-${number}`}`, strengthFigure(summary, family)];
  });
}

/** `null` where the row is decoded by no rule that has a strength. */
function guidedBy(row: SummaryRow): Guided | null {
  const [first] = row.guidance === null ? [] : parseDecoding(row.guidance).rules;
  const setting = first && STRENGTHS[first.rule]?.setting;
  if (!first || !setting) return null;
  const { rule, [setting]: strength, ...others } = first as Record<string, unknown> & GuidanceConfig;
  const family = JSON.stringify([rule, others, row.settings, row.text, row.gate]);
  return { row, rule, strength: strength as number, family };
}

function strengthFigure(summary: AblationSummary, family: Guided[]): FigureSpecification {
  const { metric, share } = summary;
  const scale = share ? 100 : 1;
  const points = [...family].sort((a, b) => a.strength - b.strength);
  const { row: first, rule } = points[0] as Guided;
  const x = points.map(({ strength }) => strength);
  const sameModel = (one: SummaryRow) =>
    one.text === first.text &&
    one.gate === first.gate &&
    JSON.stringify(one.settings) === JSON.stringify(first.settings);
  const own = summary.rows.filter((one) => sameModel(one) && one.estimate !== null);
  const find = (condition: string, guidance: string | null) =>
    own.find((one) => one.condition === condition && one.guidance === guidance);

  const along = (name: string, rows: readonly (SummaryRow | undefined)[], role?: BandSeries['role']) => {
    const known = rows.flatMap((row, i) => (row ? [{ row, x: x[i] as number }] : []));
    const take = (which: 'value' | 'low' | 'high') =>
      known.map(({ row }) => scale * (row.estimate as NonNullable<SummaryRow['estimate']>)[which]);
    if (known.length === 0) return [];
    const series: BandSeries = {
      name: `${name}, ${passesOf(known.map(({ row }) => row))}`,
      ...(role ? { role } : {}),
      x: known.map((one) => one.x),
      y: take('value'),
      low: take('low'),
      high: take('high'),
    };
    return [series];
  };
  /** Of what has no strength: a level line. */
  const level = (name: string, row: SummaryRow | undefined, dashed = false) =>
    along(name, row ? x.map(() => row) : []).map(({ low: _, high: __, ...series }) => ({
      ...series,
      dashed,
    }));

  const alone = new Map(
    points.flatMap(({ row }) =>
      guidanceControls(row).flatMap(({ guidance }) =>
        guidance === row.guidance || guidance === null ? [] : [[guidance, find(row.condition, guidance)]],
      ),
    ) as [string, SummaryRow | undefined][],
  );
  const { title } = STRENGTHS[rule] as { title: string };
  const model = settingsName(first.settings);
  return lineWithBand({
    title: `${summary.name}: what guidance by ${rule} gives, and costs`,
    subtitle: `${model ? `${model}; ` : ''}bands are 95 % intervals over seeds and clusters of records; passes: rows read for each token written`,
    series: [
      ...along(
        `${first.condition} pictures`,
        points.map(({ row }) => row),
        'vision-guided',
      ),
      ...(first.condition === 'shuffled'
        ? []
        : along(
            'shuffled pictures',
            points.map(({ row }) => find('shuffled', row.guidance)),
            'control',
          )),
      ...level('plain decoding', find(first.condition, null)),
      ...[...alone].flatMap(([guidance, row]) => level(guidance.replace(':', ' of '), row, true)),
    ],
    xTitle: title,
    yTitle: share ? `${metric}, %` : metric,
    ceilings: boundLines(summary, scale),
  });
}

/** `2.0 passes`: of plain decoding it is one row a token. */
function passesOf(rows: readonly SummaryRow[]): string {
  const passes = rows.map(({ metrics }) => metrics.passesPerToken ?? 1);
  const mean = passes.reduce((sum, one) => sum + one, 0) / passes.length;
  return `${mean.toFixed(1)} ${mean.toFixed(1) === '1.0' ? 'pass' : 'passes'}`;
}
