/**
 * @file A model that writes answers, as people look at it while it learns: its losses below the cell, beside the least
 * loss of any model that sees the text alone,
 *
 *     floor = Σ_text n(text)·H(answer | text) / Σ tokens of all answers        (nats a token, ends included)
 *
 * counted from the validation records, and whatever numbers of its parameters are to be watched: gates that open.
 */
import { type AnyRecord, type RecordSet, readRecords } from '../data';
import { type FigureSpecification, type LearningRun, LiveFigure, learningCurve } from '../figures';
import { textFormat, writingTaskNamed } from '../tasks';
import type { Tokenizer } from '../text';
import { type Prepared, type RunResult, type TrainConfigInput, train } from '../training';
import { metricValues } from '../training/evaluation';
import { CurveRecorder } from './curve-recorder';

const REDRAW_MS = 5000;
/** What an untrained network loses in its first steps would leave no room for the rest. */
const FIRST_STEPS = 30;

export interface WritingPlan {
  name: string;
  role?: LearningRun['role'];
  /** Of a task whose answer is written, with absolute paths and a validation file. */
  config: TrainConfigInput;
  /** Run folder, new or empty. */
  out: string;
  /** The run whose weights it goes on from: its curve is drawn before this one's, on one axis of steps. */
  after?: WatchedWriting;
  /** Numbers to note at each step: a parameter's first value by its name. */
  watch?: Readonly<Record<string, string>>;
  /** Draw the curve while it grows; default true. */
  live?: boolean;
}

export interface WatchedWriting {
  name: string;
  /** The run folder. */
  out: string;
  result: RunResult;
  /** Validation loss of the weights that it began with, in nats a token. */
  lossBefore: number;
  /** No function of the text alone loses less on the validation records. */
  textOnlyFloor: number;
  run: LearningRun;
  curve: FigureSpecification;
  /** `steps[i]` is where `values[name][i]` was read. */
  watched: { steps: number[]; values: Record<string, number[]> };
}

/** Trains one model and draws its losses. Outside a notebook it draws nothing and returns the same. */
export async function watchWriting(plan: WritingPlan): Promise<WatchedWriting> {
  const { name, role = 'other', after, watch = {}, live: isLive = true } = plan;
  const recorder = new CurveRecorder(name, role, 'loss');
  const watched: WatchedWriting['watched'] = { steps: [], values: {} };
  let start: Pick<WatchedWriting, 'lossBefore' | 'textOnlyFloor'> = { lossBefore: 0, textOnlyFloor: 0 };
  let read: (step: number) => void = () => {};
  const draw = () =>
    learningCurve({
      title: 'Learning to answer',
      subtitle: 'Mean cross-entropy of the answers, in nats a token; lower is better',
      loss: 'training loss',
      metric: 'validation loss',
      runs: inOneLine(after?.run, recorder.run),
      ceilings: [{ name: 'text-only floor', value: start.textOnlyFloor }],
    });
  const live = new LiveFigure(REDRAW_MS);
  const result = await train(plan.config, plan.out, {
    onPrepared: async (prepared) => {
      start = await measureStart(prepared);
      recorder.run.points.push({ step: 0, validation: start.lossBefore });
      read = (step) => {
        watched.steps.push(step);
        for (const [label, parameter] of Object.entries(watch)) {
          watched.values[label] ??= [];
          watched.values[label].push(prepared.model.parameters.get(parameter).dataSync()[0] as number);
        }
      };
      read(0);
    },
    onEvent: (event) => {
      recorder.note(event);
      if (event.kind === 'evaluation') {
        read(event.step);
        if (isLive) void live.update(draw());
      }
    },
  });
  const curve = draw();
  if (isLive) await live.update(curve, { last: true });
  return { ...start, name, out: plan.out, result, run: recorder.run, curve, watched };
}

/** The second run begins where the first one ends; values of runs before stand in the way of the last one's. */
function inOneLine(first: LearningRun | undefined, second: LearningRun): LearningRun[] {
  const settled = (run: LearningRun) => ({
    ...run,
    points: run.points.filter(({ step }) => step >= FIRST_STEPS),
  });
  if (!first) return [second.points.some(({ step }) => step >= FIRST_STEPS) ? settled(second) : second];
  const end = first.points.at(-1)?.step ?? 0;
  const shifted = second.points.map((point) => ({ ...point, step: end + point.step }));
  const bestStep = second.bestStep === undefined ? undefined : end + second.bestStep;
  return [
    { ...settled(first), bestStep: undefined },
    { ...second, points: shifted, bestStep },
  ];
}

async function measureStart({ config, model, task, validation, tokenizer }: Prepared) {
  const outputs = await model.outputs(validation, config.training.evaluationBatchSize);
  const set = await readRecords(config.data.validation as string, config.task as 'qa');
  return {
    lossBefore: metricValues(task, outputs, validation).loss as number,
    textOnlyFloor: textOnlyFloor(set as unknown as RecordSet, config.task, tokenizer),
  };
}

/** Least mean loss, in nats a token, of a function of the text alone on these records. Throws where nothing is written. */
export function textOnlyFloor({ records }: RecordSet, taskName: string, tokenizer: Tokenizer): number {
  const task = writingTaskNamed(taskName);
  if (!task) throw new TypeError(`${taskName} writes no answer`);
  const format = textFormat(tokenizer);
  const counts = new Map<string, Map<string, number>>();
  let tokens = 0;
  for (const record of records as AnyRecord[]) {
    const [prompt, target] = [task.prompt(record), task.target(record)];
    const answers = counts.get(prompt) ?? new Map<string, number>();
    counts.set(prompt, answers);
    answers.set(target, (answers.get(target) ?? 0) + 1);
    tokens += format.target(target).length;
  }
  let nats = 0;
  for (const answers of counts.values()) {
    const all = [...answers.values()].reduce((sum, one) => sum + one, 0);
    for (const one of answers.values()) nats -= one * Math.log(one / all);
  }
  return nats / tokens;
}
