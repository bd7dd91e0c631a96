/** @file How the ONNX graphs of an export are run: in Python's ONNX Runtime and, of text-only models, in transformers.js. */
import { basename } from 'node:path';
import { resultsTable } from '../../experiments/results-table';
import { isWritingTask } from '../../tasks';
import type { OnnxFile } from '../onnx/export-onnx';
import type { TrainedModel } from '../trained-model';

/** A table of the files, and code to copy for the graph that reads a text whole. */
export function onnxSection(trained: TrainedModel, files: readonly OnnxFile[]): string {
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
  if (!writes) parts.push(pythonCode(guided));
  if (!guided && !writes && task.name !== 'relation') parts.push(browserCode(task.name));
  return parts.join('\n\n');
}

function pythonCode(guided: boolean): string {
  const picture = guided
    ? [
        '# feeds["pixel_values"] = pixels  # float32 [1, 3, S, S] in [0, 1]',
        '# feeds["image_present"] = np.ones(1, np.float32)',
      ]
    : [];
  return fenced('python', [
    'import numpy as np, onnxruntime',
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

const fenced = (language: string, lines: readonly string[]): string =>
  [`\`\`\`${language}`, ...lines, '```'].join('\n');
