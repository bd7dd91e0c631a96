/** @file How the ONNX graphs of an export are run: in Python's ONNX Runtime and, of text-only models, in transformers.js. */
import { basename } from 'node:path';
import { resultsTable } from '../../experiments/results-table';
import { isWritingTask } from '../../tasks';
import { promptIds } from '../export-text';
import type { OnnxAgreement } from '../onnx/agreement';
import type { OnnxFile } from '../onnx/export-onnx';
import type { TrainedModel } from '../trained-model';

/** A table of the files, and code to copy for the graph that reads a text whole. */
export function onnxSection(
  trained: TrainedModel,
  files: readonly OnnxFile[],
  agreements: readonly OnnxAgreement[],
): string {
  const { task, model } = trained;
  const guided = model.network.vision !== null;
  const writes = task.name === 'causal-lm' || isWritingTask(task.name);
  const table = resultsTable(
    files.map(({ path, precision, bytes }) => ({
      file: `onnx/${basename(path)}`,
      weights: precision,
      bytes,
    })),
    { columns: ['file', 'weights', { key: 'bytes', format: 'integer' }] },
  ).markdown();
  const inputs = guided
    ? '\n\n`pixel_values` is [batch, 3, height, width] in [0, 1], as the processor of `preprocessor_config.json` gives it (the graph normalizes); `image_present` is 1 for a picture and 0 for none.'
    : '';
  const parts = [`The graphs, with any batch size and length:\n\n${table}${inputs}`];
  if (agreements.length > 0) parts.push(agreementTable(agreements));
  if (!writes) parts.push(pythonCode(trained));
  if (guided)
    parts.push(
      'transformers.js has no class for a model that looks in this way: there its tokenizer is of use, and the graphs run in the ONNX Runtime that it brings.',
    );
  else if (writes) parts.push(browserWriting(trained));
  else if (model.config.text.modelType === 'bert' && task.name !== 'relation')
    parts.push(browserCode(task.name));
  return parts.join('\n\n');
}

function agreementTable(agreements: readonly OnnxAgreement[]): string {
  const table = resultsTable(
    agreements.map(({ precision, agreement, largestDifference }) => ({
      weights: precision,
      agreement,
      difference: largestDifference === null ? '' : largestDifference.toExponential(1),
    })),
    {
      columns: [
        'weights',
        { key: 'agreement', title: 'same answer as the model trained, %', format: 'percent' },
        { key: 'difference', title: 'largest difference of a logit' },
      ],
    },
  ).markdown();
  return `How nearly they answer as the model that was trained, in ONNX Runtime, on ${agreements[0]?.records} records:\n\n${table}`;
}

function pythonCode({ model }: TrainedModel): string {
  const { vision } = model.network;
  const pixels =
    vision?.config.modelType === 'features'
      ? 'feeds["features"] = features  # float32 [1, 1 + patches, width], of the published vision model'
      : `picture = Image.open("…").convert("RGB").resize((${vision?.imageSize}, ${vision?.imageSize}), Image.BILINEAR)  # or as preprocessor_config.json says\n` +
        'feeds["pixel_values"] = np.asarray(picture, np.float32).transpose(2, 0, 1)[None] / 255';
  const picture = vision ? [pixels, 'feeds["image_present"] = np.ones(1, np.float32)'] : [];
  return fenced('python', [
    'import numpy as np, onnxruntime',
    ...(vision && vision.config.modelType !== 'features' ? ['from PIL import Image'] : []),
    'from tokenizers import Tokenizer',
    'session = onnxruntime.InferenceSession("onnx/model.onnx")',
    'encoding = Tokenizer.from_file("tokenizer.json").encode("…")',
    'all_of = {"input_ids": encoding.ids, "attention_mask": encoding.attention_mask, "token_type_ids": encoding.type_ids}',
    'names = {one.name for one in session.get_inputs()}',
    'feeds = {name: np.array([ids], np.int64) for name, ids in all_of.items() if name in names}',
    ...picture,
    'logits = session.run(["logits"], feeds)[0]',
  ]);
}

function browserCode(task: string): string {
  const kinds: Record<string, string> = {
    'masked-lm': 'AutoModelForMaskedLM',
    ner: 'AutoModelForTokenClassification',
  };
  const kind = kinds[task] ?? 'AutoModelForSequenceClassification';
  return fenced('js', [
    `import { ${kind}, AutoTokenizer, env } from '@huggingface/transformers';`,
    "env.localModelPath = '..'; // the folder that this one stands in",
    "const tokenizer = await AutoTokenizer.from_pretrained('NAME', { local_files_only: true });",
    `const model = await ${kind}.from_pretrained('NAME', { local_files_only: true, dtype: 'fp32' }); // or 'fp16', 'q8'`,
    "const { logits } = await model(tokenizer('…'));",
  ]);
}

/** A text-only model that writes. */
function browserWriting(trained: TrainedModel): string {
  const apart = trained.model.network.text.decoder !== undefined;
  const kind = apart ? 'AutoModelForSeq2SeqLM' : 'AutoModelForCausalLM';
  const { before, after } = promptIds(trained) ?? { before: [], after: [] };
  return fenced('js', [
    `import { ${kind}, AutoTokenizer, Tensor, env } from '@huggingface/transformers';`,
    "env.localModelPath = '..'; // the folder that this one stands in",
    "const tokenizer = await AutoTokenizer.from_pretrained('NAME', { local_files_only: true });",
    `const model = await ${kind}.from_pretrained('NAME', { local_files_only: true, dtype: 'fp32' }); // or 'fp16', 'q8'`,
    "const told = tokenizer.encode('…', { add_special_tokens: false });",
    `const ids = [...${JSON.stringify(before)}, ...told, ...${JSON.stringify(after)}];`,
    "const row = (numbers) => new Tensor('int64', BigInt64Array.from(numbers, BigInt), [1, ids.length]);",
    'const written = await model.generate({ inputs: row(ids), attention_mask: row(ids.map(() => 1)) });',
    'console.log(tokenizer.batch_decode(written, { skip_special_tokens: true })); // what was told included, unless the decoder stands apart',
  ]);
}

const fenced = (language: string, lines: readonly string[]): string =>
  [`\`\`\`${language}`, ...lines, '```'].join('\n');
