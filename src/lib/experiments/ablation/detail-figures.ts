/** @file Figures of what stands behind the rows: learning curves, gate reliability, the best classifier's confusions, attention. */
import {
  attentionOnPicture,
  confusionMatrix,
  type FigureSpecification,
  lineWithBand,
  reliabilityDiagram,
} from '../../figures';
import { boundLines } from './bound';
import { MODELS } from './details';
import { isShare } from './scores';
import type { AblationSummary, SummaryRow } from './summary';

/** By the names of their files; those that the grid has something for. */
export function detailFigures(summary: AblationSummary): [string, FigureSpecification][] {
  const made: [string, FigureSpecification | null][] = [
    ['learning-curves', curvesFigure(summary)],
    ['gate-reliability', gateFigure(summary)],
    ['confusions', confusionsFigure(summary)],
  ];
  return made.filter((entry): entry is [string, FigureSpecification] => entry[1] !== null);
}

const roleOf = (looks: boolean) => (looks ? 'vision-guided' : 'text-only');

/** Where the best model that attends to patches looks before it answers; `null` where there is none. */
export async function attentionFigure(summary: AblationSummary): Promise<FigureSpecification | null> {
  const { attended } = summary.details;
  if (!attended) return null;
  return attentionOnPicture({
    title: `${summary.name}: where it looks before it answers`,
    subtitle: `${attended.name}, of the best ${summary.metric}; the first ${summary.split} records whose picture may matter; attention of the last block, mean of its heads`,
    columns: 4,
    items: attended.records.map(({ picture, prompt, target, written, correct, weights }) => ({
      image: picture,
      weights,
      ...(prompt ? { text: prompt } : {}),
      truth: target,
      answers: [{ name: 'it', text: written, role: 'vision-guided', correct }],
    })),
  });
}

function curvesFigure(summary: AblationSummary): FigureSpecification | null {
  const { curves } = summary.details;
  if (!curves) return null;
  const { metric, lines } = curves;
  const share = isShare(metric);
  const scale = share ? 100 : 1;
  const scaled = (values: readonly number[]) => values.map((value) => scale * value);
  const many = lines.some(({ seeds }) => seeds > 1);
  return lineWithBand({
    title: `${summary.name}: learning curves`,
    subtitle: `On validation records${many ? '; mean over seeds, bands from the lowest to the highest' : ''}${firstModels(summary)}`,
    series: lines.map(({ name, looks, steps, mean, lowest, highest, seeds }) => ({
      name,
      ...roleAmong(
        lines.map((line) => roleOf(line.looks)),
        roleOf(looks),
      ),
      x: steps,
      y: scaled(mean),
      ...(seeds > 1 ? { low: scaled(lowest), high: scaled(highest) } : {}),
    })),
    xTitle: 'step',
    yTitle: share ? `validation ${metric}, %` : `validation ${metric}`,
    // The bound is of the records of the table, which are others, unless those are validation records.
    ceilings: summary.split === 'validation' && metric === summary.metric ? boundLines(summary, scale) : [],
  });
}

/** Said where there are more. */
function firstModels({ details }: AblationSummary): string {
  return details.models > MODELS ? `; the first ${MODELS} of ${details.models} models` : '';
}

function gateFigure(summary: AblationSummary): FigureSpecification | null {
  const { name, details, split } = summary;
  if (details.gates.length === 0) return null;
  return reliabilityDiagram({
    title: `${name}: does the gate mean what it says?`,
    subtitle: `Of the ${split} records that say whether their picture matters, all seeds together; areas as records, bars are 95 % intervals (Wilson), on the dashed line a gate is calibrated${firstModels(summary)}`,
    series: details.gates.map((gate) => ({
      name: `${gate.name}: calibration error ${gate.calibrationError.toFixed(3)}`,
      bins: gate.bins.map(({ said, relevant, ...rest }) => ({ x: said, y: relevant, ...rest })),
    })),
    xTitle: 'P(picture is relevant) that the gate says, mean of a bin',
    yTitle: 'share of relevant pictures',
  });
}

function confusionsFigure({ name, details, metric, split }: AblationSummary): FigureSpecification | null {
  const { confusions } = details;
  if (!confusions) return null;
  const { seeds, others } = confusions;
  const grouped =
    others > 0 ? '; in the last cell without colour rare labels are right or taken for one another' : '';
  return confusionMatrix({
    title: `${name}: what is taken for what`,
    subtitle: `${confusions.name}, of the best ${metric}; ${split} records${seeds > 1 ? ` of ${seeds} seeds together` : ''}${grouped}`,
    labels: confusions.labels,
    lastIsGroup: others > 0,
    counts: confusions.counts,
  });
}

/** The role, whose colour is one, where no other line has it. */
export function roleAmong(
  all: readonly SummaryRow['role'][],
  role: SummaryRow['role'] | undefined,
): { role?: SummaryRow['role'] } {
  return role && all.filter((other) => other === role).length === 1 ? { role } : {};
}
