/** @file The ONNX files of a trained model, in the precisions that transformers.js has names for. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeModel, type GraphFields } from '../../engine';
import { InputError } from '../../errors';
import { withEightBitWeights } from '../../export/onnx/eight-bit-weights';
import { withHalfWeights } from '../../export/onnx/half-weights';
import { type ExportableModel, onnxGraphs } from './graphs';

/** What a precision does to the graph, and how its files end; `int8` is what transformers.js calls q8. */
const PRECISIONS = {
  fp32: { suffix: '', change: (graph: GraphFields) => graph },
  fp16: { suffix: '_fp16', change: withHalfWeights },
  int8: { suffix: '_quantized', change: withEightBitWeights },
} as const;

export type OnnxPrecision = keyof typeof PRECISIONS;
export const ONNX_PRECISIONS = Object.keys(PRECISIONS) as readonly OnnxPrecision[];

export interface OnnxFile {
  /** Below the folder: `onnx/model_fp16.onnx`. */
  path: string;
  precision: OnnxPrecision;
  bytes: number;
}

/** A protobuf message cannot be longer. */
const LONGEST_FILE = 2 ** 31 - 1;

/** `onnx/<graph>.onnx` of a precision, as transformers.js names it. */
export function onnxFileName(graph: string, precision: OnnxPrecision): string {
  return `${graph}${PRECISIONS[precision].suffix}.onnx`;
}

/**
 * Writes the graphs of the model to `folder`/onnx: `model`; of models that look and write also `vision_encoder`,
 * `relevance_gate`, `image_prefix`; of encoder–decoder networks `encoder_model` and `decoder_model_merged`. Throws an
 * `InputError` where the task has no logits to export, or a file would be longer than 2 GiB.
 */
export async function exportOnnx(
  trained: ExportableModel,
  folder: string,
  precisions: readonly OnnxPrecision[] = ONNX_PRECISIONS,
): Promise<OnnxFile[]> {
  const graphs = await onnxGraphs(trained);
  await mkdir(join(folder, 'onnx'), { recursive: true });
  const files: OnnxFile[] = [];
  for (const [name, graph] of graphs) {
    for (const precision of precisions) {
      const bytes = encoded(PRECISIONS[precision].change(graph), name, trained.task.name, precision);
      const path = join('onnx', onnxFileName(name, precision));
      await writeFile(join(folder, path), bytes, { flush: true });
      files.push({ path, precision, bytes: bytes.length });
    }
  }
  return files;
}

function encoded(graph: GraphFields, name: string, task: string, precision: OnnxPrecision): Uint8Array {
  const weights = graph.initializer.reduce((total, { raw_data }) => total + raw_data.length, 0);
  if (weights > LONGEST_FILE) {
    throw new InputError(
      `${name}: an ONNX file holds 2 GiB, and its weights in ${precision} take ${(weights / 2 ** 30).toFixed(1)}; export fp16 or int8 alone`,
    );
  }
  return encodeModel(graph, { task, precision });
}
