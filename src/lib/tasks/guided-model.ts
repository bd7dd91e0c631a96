/**
 * @file A network with the head of a task and its parameters: what is trained, evaluated, saved and exported. Its two
 * compiled functions are the training step's loss and the outputs.
 */
import { sequentialBatches } from '../data';
import { type Compiled, compile, type RandomStream, tf } from '../engine';
import { InputError } from '../errors';
import { type GuidedInputs, GuidedNetwork, type GuidedNetworkConfig, relevanceLoss } from '../fusion';
import { createParameters, type ParameterScope, type ParameterSpecification, type Parameters } from '../nn';
import { type Batch, type BatchSource, disposeBatch } from './source';
import type { Objective, OutputRows, TargetTensors, WriteOptions } from './task';

type OutputTensors = { [name: string]: tf.Tensor };

export class GuidedModel {
  readonly network: GuidedNetwork;
  readonly parameters: Parameters;
  private compiledOutputs: Compiled<[Batch['inputs'], TargetTensors], OutputTensors> | null = null;

  /** New weights from `seed`; `parameters.load` brings trained ones. */
  constructor(
    readonly config: GuidedNetworkConfig,
    readonly task: Objective,
    seed: number,
  ) {
    this.network = new GuidedNetwork(config);
    this.parameters = createParameters(this.specifications(), seed);
  }

  specifications(): ParameterSpecification[] {
    return [...this.network.specifications(), ...this.task.specifications(this.network.width)];
  }

  /**
   * Mean loss [] of a batch, with the gate's where there is one; with a stream it trains (dropout is on). `params` in
   * place of the model's own: with what learns beside them.
   */
  loss(
    inputs: GuidedInputs,
    targets: TargetTensors,
    random?: RandomStream,
    params: ParameterScope = this.parameters,
  ): tf.Tensor {
    const options = random ? { random } : {};
    const fused = this.network.forward(params, inputs, options);
    const loss = this.task.loss(params, fused, targets, options);
    const { gate } = this.config;
    const { relevant } = targets;
    if (!gate || !fused.relevance || !relevant || gate.supervision === 'none') return loss;
    const present = inputs.picturePresent ?? tf.ones([relevant.shape[0] as number]);
    return tf.add(loss, tf.mul(relevanceLoss(gate, fused.relevance, { relevant, present }), gate.lossWeight));
  }

  /** What the task asks for of each row, and `relevance` [B], what the gate says of the picture. */
  outputTensors(
    inputs: GuidedInputs,
    targets: TargetTensors,
    params: ParameterScope = this.parameters,
  ): OutputTensors {
    const fused = this.network.forward(params, inputs);
    const outputs = this.task.outputs(params, fused, targets);
    return fused.relevance ? { ...outputs, relevance: tf.sigmoid(fused.relevance.logits) } : outputs;
  }

  /** Outputs of every row, in order. `onProgress` hears how many are done. */
  async outputs(
    source: BatchSource,
    batchSize: number,
    onProgress?: (done: number) => void,
  ): Promise<OutputRows> {
    this.compiledOutputs ??= compile(
      (inputs: Batch['inputs'], targets: TargetTensors): OutputTensors => this.outputTensors(inputs, targets),
      { state: this.parameters.variables(), name: 'outputs' },
    );
    return outputsOf(source, batchSize, this.compiledOutputs, onProgress);
  }

  /**
   * `outputs`, and what the model writes, for tasks whose answer is written. Under `decoding` what it writes alone: loss and
   * choices are of the model as it is. Throws an `InputError` where the task writes nothing that could be decoded so.
   */
  async allOutputs(source: BatchSource, options: Omit<WriteOptions, 'model'>): Promise<OutputRows> {
    const { batchSize, decoding, onProgress } = options;
    const writes = this.task.write?.bind(this.task);
    if (decoding) {
      if (writes) return writes(source, { ...options, model: this });
      throw new InputError(
        `guidance: a ${this.task.name} model writes nothing that could be guided; train a task whose answer is written`,
      );
    }
    const outputs = await this.outputs(source, batchSize, writes ? undefined : onProgress);
    return writes ? { ...outputs, ...(await writes(source, { ...options, model: this })) } : outputs;
  }

  dispose(): void {
    this.compiledOutputs?.dispose();
    this.parameters.dispose();
  }
}

/** What `compute` says of every row, in order, batch by batch of equal shapes. `onProgress` hears how many are done. */
export async function outputsOf(
  source: BatchSource,
  batchSize: number,
  compute: (inputs: Batch['inputs'], targets: TargetTensors) => Promise<OutputTensors>,
  onProgress?: (done: number) => void,
): Promise<OutputRows> {
  const collected: OutputRows = {};
  const size = Math.min(batchSize, source.count);
  for (const rows of sequentialBatches(source.count, size)) {
    // A short last batch is filled up with its first row, so that it has the shapes of the others.
    const filled = Int32Array.from({ length: size }, (_, i) => rows[Math.min(i, rows.length - 1)] as number);
    const start = rows[0] as number;
    source.prefetch(
      Int32Array.from({ length: size }, (_, i) => Math.min(start + size + i, source.count - 1)),
    );
    const batch = await source.batch(filled);
    const outputs = await compute(batch.inputs, batch.targets);
    collect(collected, outputs, start, rows.length, source.count);
    tf.dispose(outputs);
    disposeBatch(batch);
    onProgress?.(start + rows.length);
  }
  return collected;
}

/** Copies the first `count` rows of a batch's outputs to their place among all `total` rows. */
function collect(all: OutputRows, outputs: OutputTensors, start: number, count: number, total: number): void {
  for (const [name, tensor] of Object.entries(outputs)) {
    const rowShape = tensor.shape.slice(1);
    const size = rowShape.reduce((a, b) => a * b, 1);
    const data = tensor.dataSync() as Float32Array | Int32Array;
    all[name] ??= {
      data: data instanceof Int32Array ? new Int32Array(total * size) : new Float32Array(total * size),
      rowShape,
    };
    (all[name] as OutputRows[string]).data.set(data.subarray(0, count * size), start * size);
  }
}
