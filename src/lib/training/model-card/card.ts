/**
 * @file The model card, `README.md` of an export (Mitchell et al. 2019, "Model Cards for Model Reporting"): what the
 * model is, what it was measured to do and under which controls, on which data, for what it may be used and for what
 * not. Everything in it is read from the run; nobody's judgement stands in it.
 */
import { basename } from 'node:path';
import { resultsTable } from '../../experiments/results-table';
import { isLanguageModelTask } from '../../tasks';
import type { Metrics } from '../evaluation';
import type { ControlResult } from '../export-controls';
import type { ExportDtype, LoadablePart } from '../export-huggingface';
import { labelsOf, promptIds } from '../export-text';
import { type FinishedRun, type RunFile, runFiles } from '../finished-run';
import type { OnnxAgreement } from '../onnx/agreement';
import type { OnnxFile } from '../onnx/export-onnx';
import type { TrainedModel } from '../trained-model';
import { loadingSection } from './loading';
import { onnxSection } from './loading-onnx';
import { metadataBlock, rounded } from './metadata';

/** What whoever exports can say, and a run cannot. */
export interface CardSettings {
  /** Name of the model; that of the run's folder by default. */
  name?: string;
  /** Identifier of the weights' license, as the hub lists them. */
  license?: string | null;
  /** ISO 639 codes of the texts. */
  languages?: readonly string[];
}

export interface ExportFacts {
  parts: readonly LoadablePart[];
  headBeside: boolean;
  controls: readonly ControlResult[] | null;
  dtype?: ExportDtype;
  onnx: readonly OnnxFile[];
  /** Of the graphs with the model, one a precision; may be empty. */
  agreements: readonly OnnxAgreement[];
}

type Run = Pick<FinishedRun, 'config' | 'result' | 'folder'>;

/** The whole card as Markdown. */
export function modelCard(
  run: Run,
  trained: TrainedModel,
  facts: ExportFacts,
  settings: CardSettings = {},
): string {
  const { config, result } = run;
  const name = settings.name ?? basename(run.folder.path);
  const files = runFiles(run);
  const measured = result.split === 'test' ? files.test : (files.validation ?? files.train);
  const head = metadataBlock({
    name,
    languages: settings.languages?.length ? settings.languages : ['und'],
    license: settings.license ?? null,
    library: libraryOf(trained, facts),
    pipeline: pipelineOf(trained),
    tags: tagsOf(trained),
    baseModel: baseModelOf(config.model.text),
    dataset: {
      name: measured ? basename(measured.path) : 'records',
      split: result.split,
      sha256: measured?.sha256 ?? null,
    },
    metrics: result.metrics,
  });
  const sections = [
    `# ${name}`,
    summary(trained, result.parameters),
    '## Results',
    results(run, facts.controls),
    '## How to load it',
    ...(facts.parts.length > 0
      ? [
          loadingSection({
            ...facts,
            task: trained.task.name,
            pooling: trained.model.config.pooling,
            prompt: promptIds(trained),
          }),
        ]
      : []),
    ...(facts.onnx.length > 0 ? [onnxSection(trained, facts.onnx, facts.agreements)] : []),
    '## Data',
    data(files, config),
    '## Training',
    training(run),
    '## Intended use and limits',
    limits(trained, facts),
  ];
  return `${head}\n\n${sections.join('\n\n')}\n`;
}

function libraryOf({ model }: TrainedModel, { parts, onnx }: ExportFacts): string {
  if (!model.network.vision) return parts.length > 0 ? 'transformers' : 'transformers.js';
  return onnx.length > 0 ? 'onnx' : 'sightline';
}

const PIPELINES: Record<string, [textOnly: string, guided: string]> = {
  classification: ['text-classification', 'visual-question-answering'],
  ner: ['token-classification', 'token-classification'],
  relation: ['text-classification', 'text-classification'],
  regression: ['text-classification', 'image-text-to-text'],
  qa: ['text-generation', 'visual-question-answering'],
  translation: ['translation', 'image-text-to-text'],
  summarization: ['summarization', 'image-text-to-text'],
  dialogue: ['text-generation', 'image-text-to-text'],
  captioning: ['text-generation', 'image-to-text'],
  generation: ['text-generation', 'image-text-to-text'],
  'causal-lm': ['text-generation', 'text-generation'],
  'masked-lm': ['fill-mask', 'fill-mask'],
};

function pipelineOf({ task, model }: TrainedModel): string | null {
  return PIPELINES[task.name]?.[model.network.vision ? 1 : 0] ?? null;
}

function tagsOf({ task, model }: TrainedModel): string[] {
  const { text, vision, fusion, gate } = model.config;
  const looks = vision ? ['multimodal', vision.modelType, `fusion-${fusion.kind}`] : ['text-only'];
  return ['sightline', task.name, text.modelType, ...looks, ...(gate ? ['relevance-gate'] : [])];
}

const baseModelOf = (text: unknown): string | null =>
  typeof text === 'string' && text.startsWith('hub:') ? text.slice(4).replace(/@.*$/, '') : null;

function summary({ task, model, head }: TrainedModel, parameters: number): string {
  const { text, vision, fusion, gate, pooling } = model.config;
  const looks = vision
    ? `It reads a text with a ${text.modelType} and looks at a picture with a ${vision.modelType}; the two are joined by ${fusion.kind}${gate ? ', and a relevance gate says how far the picture is let in' : ''}.`
    : `It reads text alone, with a ${text.modelType}.`;
  const labels = labelsOf({ task });
  const told = labels
    ? ` It chooses among ${labels.length} labels: ${labels.slice(0, 20).join(', ')}${labels.length > 20 ? ', …' : ''}.`
    : '';
  const pooled =
    labels && task.name === 'classification'
      ? ` The text becomes one state by ${pooling === 'mean' ? 'the mean of its tokens' : "the network's own pooler"}${labels.length === 2 && head.loss !== 'cross-entropy' ? '; it was trained with one logit z, which stands here as the two 0 and z' : ''}.`
      : '';
  return `A model of the task ${task.name} with ${parameters.toLocaleString('en')} parameters, trained with Sightline. ${looks}${told}${pooled}`;
}

/** The metrics of the run, and those of the controls beneath. */
function results({ result, config }: Run, controls: readonly ControlResult[] | null): string {
  const names = Object.keys(result.metrics);
  const row = (shown: string, metrics: Metrics) => ({
    shown,
    ...Object.fromEntries(
      names.map((name) => {
        const { value, low, high } = metrics[name] ?? {
          value: Number.NaN,
          low: Number.NaN,
          high: Number.NaN,
        };
        return [name, `${rounded(value)} [${rounded(low)}, ${rounded(high)}]`];
      }),
    ),
  });
  const words: Record<string, string> = {
    shuffled: "control: another record's picture",
    none: 'control: no picture',
  };
  const guided = config.model.fusion.kind !== 'none';
  const rows = [
    row(guided ? 'its own picture' : 'text alone', result.metrics),
    ...(controls ?? []).map(({ condition, metrics }) => row(words[condition] ?? condition, metrics)),
  ];
  const table = resultsTable(rows, {
    columns: [{ key: 'shown', title: `${result.split}, ${result.records} records` }, ...names],
  }).markdown();
  const note = controls
    ? 'A model that does as well under the controls was not guided by the picture.'
    : guided
      ? 'The controls (another picture, no picture) were not measured for this export.'
      : 'It looks at no picture, so there are no controls.';
  const groups = isLanguageModelTask(config.task)
    ? 'stretches of the text'
    : 'groups of records that share a picture or a text';
  return `With 95 % intervals (bootstrap over ${groups}):\n\n${table}\n\n${note}`;
}

function data(
  files: Record<'train' | 'validation' | 'test', RunFile | null>,
  config: FinishedRun['config'],
): string {
  const { validation, limit } = config.data;
  const rows = Object.entries(files).flatMap(([part, file]) =>
    file ? [{ part, file: basename(file.path), 'SHA-256': file.sha256 }] : [],
  );
  const part = isLanguageModelTask(config.task)
    ? 'The last tenth of the training text'
    : 'A tenth of the training groups, by seed,';
  const split = validation === null ? `\n\n${part} was split off for validation.` : '';
  const drawn =
    limit === null ? '' : `\n\nOf the training records ${limit} were learned from, drawn by seed.`;
  return rows.length > 0
    ? resultsTable(rows).markdown() + split + drawn
    : 'The run did not keep hashes of its files.';
}

function training({ config, result }: Run): string {
  const { training: settings, seed } = config;
  const versions = Object.entries(result.versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${result.steps} steps of ${settings.batchSize * settings.accumulation} records, learning rate ${settings.learningRate}, seed ${seed}; the weights are those of step ${result.bestStep}, the best on validation.`,
    `${Math.round(result.seconds)} seconds on ${result.device}; ${versions.join(', ')}.`,
  ].join('\n');
}

function limits(
  { task, model, knowsNoPicture }: TrainedModel,
  { controls, dtype = 'F32' }: ExportFacts,
): string {
  const lines = [
    `It was made for texts${model.network.vision ? ' and pictures' : ''} like those of its training data, for the task ${task.name}; of anything else nothing is known.`,
    'It was not examined for bias, safety or robustness; no decision about people should rest on it.',
    `A text has at most ${model.network.text.maxLength} tokens.`,
  ];
  if (model.network.vision && !knowsNoPicture)
    lines.push('It was never shown a record without a picture: what it says without one was not learned.');
  if (model.network.vision && !controls) lines.push('Whether the picture matters was not measured here.');
  if (dtype !== 'F32')
    lines.push(`The weights were rounded to ${dtype}; the results above are those of the 32-bit weights.`);
  return lines.map((line) => `- ${line}`).join('\n');
}
