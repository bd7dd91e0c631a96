/** @file The ONNX graphs of a trained model, by the names under which transformers.js looks for them. */
import { type GraphFields, recordDynamic } from '../../engine';
import { InputError } from '../../errors';
import { isWritingTask, type Objective } from '../../tasks';
import type { GuidedModel } from '../../tasks/guided-model';
import { decoderGraphs, type GraphFunction } from './decoder-graphs';
import { encoderDecoderGraphs, wholeTextGraph } from './encoder-graphs';
import { BATCH, integers, SEQUENCE, tensorNamed } from './signature';

/** What of a trained model is exported. */
export interface ExportableModel {
  model: Pick<GuidedModel, 'network' | 'parameters'>;
  task: Pick<Objective, 'name' | 'logits' | 'spans'>;
}

/** Throws an `InputError` where the task has no logits to export. */
export function graphFunctions({ model, task }: ExportableModel): {
  [file: string]: GraphFunction;
} {
  const { network, parameters } = model;
  const { text } = network;
  if (task.name === 'causal-lm' || isWritingTask(task.name)) {
    return text.decoder
      ? encoderDecoderGraphs(network, parameters, text.decoder)
      : decoderGraphs(network, parameters);
  }
  if (task.name === 'masked-lm') {
    const logits = (states: Parameters<typeof text.languageModel.logits>[1]) =>
      text.languageModel.logits(parameters, states);
    return { model: wholeTextGraph(network, parameters, ({ states }) => logits(states)) };
  }
  const { logits, spans = [] } = task;
  if (!logits) throw new InputError(`${task.name}: the task has no logits to export`);
  const masks = Object.fromEntries(spans.map((span) => [`${span}_mask`, integers(BATCH, SEQUENCE)]));
  const graph = wholeTextGraph(
    network,
    parameters,
    (fused, tensors) => {
      const told = spans.map((span) => [span, tensorNamed(tensors, `${span}_mask`)]);
      return logits(parameters, fused, Object.fromEntries(told));
    },
    masks,
  );
  return { model: graph };
}

/** The graphs with the model's weights in them. */
export async function onnxGraphs(trained: ExportableModel): Promise<Map<string, GraphFields>> {
  const { parameters } = trained.model;
  const arrays = await parameters.toArrays();
  const weights = parameters.entries().map(([name, variable]) => ({
    name,
    variable,
    data: (arrays.get(name) as { data: Float32Array }).data,
  }));
  return new Map(
    Object.entries(graphFunctions(trained)).map(([file, { fn, ...signature }]) => [
      file,
      recordDynamic(fn, { ...signature, weights, name: file }),
    ]),
  );
}
