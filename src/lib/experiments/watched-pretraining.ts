/**
 * @file Pretraining as people look at it: a learning curve that grows below the cell, beside the two marks that say
 * what the loss means. A model that knows nothing gives every token of the vocabulary the same probability and loses
 * log V; one that knows how frequent each token is, but sees no context, cannot lose less than the unigram entropy.
 */
import { type FigureSpecification, type LearningRun, LiveFigure, learningCurve } from '../figures';
import { type Prepared, type RunResult, type TrainConfigInput, train } from '../training';
import { metricValues } from '../training/evaluation';
import { askedTokens, maskedUnigramEntropy, unigramEntropy } from './context-free';
import { CurveRecorder } from './curve-recorder';

const REDRAW_MS = 5000;

export interface PretrainingPlan {
  name: string;
  /** Of a task `causal-lm` or `masked-lm`, with absolute paths. */
  config: TrainConfigInput;
  /** Run folder, new or empty. */
  out: string;
  /** Draw the curve while it grows; default true. */
  live?: boolean;
}

export interface WatchedPretraining {
  name: string;
  /** The run folder. */
  out: string;
  result: RunResult;
  /** Trainable numbers. */
  parameters: number;
  /** V, and the loss of the same probability for every token. */
  vocabularySize: number;
  uniformLoss: number;
  /** Least loss of a model without context, on the tokens that validation asks for. */
  unigramEntropy: number;
  /** The same where the place itself may be seen, which a masked model does at 20 % of the places; else `null`. */
  maskedUnigramEntropy: number | null;
  /** Validation loss of the untrained weights, and of those that were kept. */
  lossBefore: number;
  loss: number;
  run: LearningRun;
  curve: FigureSpecification;
}

/** Trains one language model and draws its losses. Outside a notebook it draws nothing and returns the same. */
export async function watchPretraining(plan: PretrainingPlan): Promise<WatchedPretraining> {
  const recorder = new CurveRecorder(plan.name, 'other', 'loss');
  let measured: Start | null = null;
  const start = () => measured as Start; // measured before the first event
  const draw = () => pretrainingCurve(plan.name, [recorder.run], start());
  const live = new LiveFigure(REDRAW_MS);
  const result = await train(plan.config, plan.out, {
    onPrepared: async (prepared) => {
      measured = await measureStart(prepared);
      recorder.run.points.push({ step: 0, validation: measured.lossBefore });
    },
    onEvent: (event) => {
      if (event.kind === 'step' && event.step === 1)
        recorder.run.points.push({ step: 1, trainLoss: event.loss });
      recorder.note(event);
      if (event.kind === 'evaluation' && plan.live !== false) void live.update(draw());
    },
  });
  const curve = draw();
  if (plan.live !== false) await live.update(curve, { last: true });
  return {
    ...start(),
    name: plan.name,
    out: plan.out,
    result,
    parameters: result.parameters,
    loss: result.metrics.loss?.value as number,
    run: recorder.run,
    curve,
  };
}

/** Training and validation loss of language models with one vocabulary, with log V and the unigram entropy. */
export function pretrainingCurve(
  title: string,
  runs: readonly LearningRun[],
  marks: Pick<WatchedPretraining, 'uniformLoss' | 'unigramEntropy' | 'maskedUnigramEntropy'>,
): FigureSpecification {
  return learningCurve({
    title: `Pretraining: ${title}`,
    subtitle: 'Mean cross-entropy in nats a token; lower is better',
    // The values of several runs at their last step would stand over one another.
    runs: runs.length > 1 ? runs.map((run) => ({ ...run, bestStep: undefined })) : runs,
    loss: 'training loss',
    metric: 'validation loss',
    ceilings: [
      { name: 'log V: nothing known,', value: marks.uniformLoss },
      marks.maskedUnigramEntropy === null
        ? { name: 'unigram entropy: no context,', value: marks.unigramEntropy }
        : { name: 'no context,', value: marks.maskedUnigramEntropy },
    ],
  });
}

/** What is known before the first step. */
type Start = Pick<
  WatchedPretraining,
  'vocabularySize' | 'uniformLoss' | 'unigramEntropy' | 'maskedUnigramEntropy' | 'lossBefore'
>;

async function measureStart({ config, model, task, validation, tokenizer }: Prepared): Promise<Start> {
  const outputs = await model.outputs(validation, config.training.evaluationBatchSize);
  const asked = await askedTokens(validation);
  const replacements = tokenizer.vocabularySize - tokenizer.specialIds.size;
  return {
    vocabularySize: tokenizer.vocabularySize,
    uniformLoss: Math.log(tokenizer.vocabularySize),
    unigramEntropy: unigramEntropy(asked),
    maskedUnigramEntropy: config.task === 'masked-lm' ? maskedUnigramEntropy(asked, replacements) : null,
    lossBefore: metricValues(task, outputs, validation).loss as number,
  };
}
